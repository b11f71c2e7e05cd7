public import Markets
public import Units

/// What buying and holding a benchmark instrument from the start of a run would have given, in the same
/// periods as the run's statistics.
///
/// The benchmark stands at the close of its last bar that closed at or before a moment; before its first
/// bar has closed, at the open of that bar. Dividends are in it only as far as its prices are adjusted for
/// them, and costs are not.
public struct BenchmarkCurve: Hashable, Sendable {
    /// The benchmark.
    public let instrument: InstrumentID
    /// Value of one unit of money put into it at the start, over the run, thinned for a chart; the first
    /// is 1.
    public let points: [GrowthPoint]
    /// Return in each of ``EquityCurve/periods``; nil where its price was not above zero.
    public let periodReturns: [Double?]
    /// When its last bar that was used closed; nil when none closed before the end.
    public let lastClose: Instant?

    /// A curve.
    public init(
        instrument: InstrumentID, points: [GrowthPoint], periodReturns: [Double?], lastClose: Instant?
    ) {
        (self.instrument, self.points) = (instrument, points)
        (self.periodReturns, self.lastClose) = (periodReturns, lastClose)
    }

    /// The curve of an instrument's bars over the span of an equity curve.
    ///
    /// - Parameter limit: the most points, at least 4.
    /// - Returns: nil for a series that has no bars before the end of the run, or no price above zero at
    ///   its start.
    public init?(bars series: MarketSeries, over curve: EquityCurve, limit: Int = 2_000) {
        guard case .bars(let bars, _) = series.columns, bars.close.count > 0,
            let start = curve.periods.first?.time, let end = curve.periods.last?.time,
            bars.openTime[0] < end.nanoseconds
        else { return nil }
        func last(_ time: Instant) -> Int {
            let (next, overflow) = time.nanoseconds.addingReportingOverflow(1)
            return (overflow ? bars.closeTime.count : bars.closeTime.lowerBound(of: next)) - 1
        }
        func price(_ time: Instant) -> Double {
            let row = last(time)
            return Double(row < 0 ? bars.open[0] : bars.close[row])
        }
        let base = price(start)
        guard base > 0 else { return nil }
        let prices = curve.periods.map { price($0.time) }
        instrument = series.instrument
        periodReturns = zip(prices, prices.dropFirst()).map { before, after in
            before > 0 && after > 0 ? after / before - 1 : nil
        }
        let rows = max(0, last(start) + 1)..<max(0, last(start) + 1, last(end) + 1)
        lastClose = last(end) < 0 ? nil : Instant(nanoseconds: bars.closeTime[last(end)])
        var thinning = ChartThinning(rows: rows.count, buckets: max(1, limit / 4))
        for row in rows { thinning.append(time: bars.closeTime[row], value: Double(bars.close[row]) / base) }
        points =
            [GrowthPoint(time: start, growth: 1)]
            + thinning.finish().map { GrowthPoint(time: Instant(nanoseconds: $0.time), growth: $0.value) }
    }
}

/// The value of one unit of money at a moment, for charts.
public struct GrowthPoint: Hashable, Sendable {
    /// When.
    public let time: Instant
    /// Value of what was one at the start.
    public let growth: Double

    /// A point.
    public init(time: Instant, growth: Double) { (self.time, self.growth) = (time, growth) }
}
