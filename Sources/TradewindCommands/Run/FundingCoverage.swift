internal import MarketData
internal import Markets
internal import Research
internal import RunFiles
internal import Units

/// Refuses a run whose funding ends before its prices do: what is missing at the end would be taken for
/// intervals without funding.
struct FundingCoverage {
    let run: RunFile

    /// The problem of a contract whose funding ends before its bars do; nil where it does not.
    func problem(_ funding: MarketSeries, among series: [MarketSeries]) -> FailureProblem? {
        let bars = series.first { $0.kind == .bars && $0.instrument == funding.instrument }
        return bars.flatMap { problem(funding, $0) }
    }

    private func problem(_ funding: MarketSeries, _ bars: MarketSeries) -> FailureProblem? {
        let times = funding.columns.visibleTime
        guard times.count > 1, let end = lastClose(bars) else { return nil }
        let last = Instant(nanoseconds: times[times.count - 1])
        let interval = FundingCoverage.interval(times)
        let missing = (end.nanoseconds - last.nanoseconds - 1) / interval.nanoseconds
        guard missing > 0 else { return nil }
        let place = place(of: funding.instrument)
        return FailureProblem(
            code: "funding-ends-early",
            message: "the funding of \(funding.instrument) ends at \(last), but its bars go on to \(end): "
                + "\(missing) settlement\(missing == 1 ? " is" : "s are") missing (one every \(interval))",
            file: place.file, line: place.line,
            remedy: "give funding that lasts as long as the bars, or end the run before: window.end: \(last)")
    }

    /// The close of the last bar within the window.
    private func lastClose(_ bars: MarketSeries) -> Instant? {
        guard case .bars(let columns, _) = bars.columns else { return nil }
        let count =
            run.plan.end.map { columns.openTime.lowerBound(of: $0.nanoseconds) } ?? columns.openTime.count
        return count > 0 ? Instant(nanoseconds: columns.closeTime[count - 1]) : nil
    }

    /// The median distance of two stamps that follow each other, to the whole second.
    private static func interval(_ times: Column) -> Timespan {
        let second = Timespan.second.nanoseconds
        let distances = (1..<times.count).map { times[$0] - times[$0 - 1] }.sorted()
        let median = distances[distances.count / 2]
        return Timespan(nanoseconds: max(second, (median + second / 2) / second * second))
    }

    private func place(of instrument: InstrumentID) -> SourcePlace {
        switch run.data {
        case .files(let files):
            files.first { $0.instrument == instrument && $0.spec.kind == .funding }?.place
                ?? run.place(of: "data")
        case .catalogue(let reference):
            reference.choices.first { $0.instrument == instrument && ($0.kind ?? .funding) == .funding }?
                .place ?? reference.place
        }
    }
}
