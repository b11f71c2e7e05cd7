internal import Markets
internal import Units

/// Bars without any movement while the instrument was held, and positions whose prices end before the run.
///
/// A bar is stale when open, high, low and close equal the close before: nothing traded, or the source
/// repeated itself. Marks, drawdown and volatility then look calmer than they were, and fills are taken at
/// prices that nobody quoted. Thresholds: serious from 20 % of the bars held, or when something is held to
/// the end whose prices ended more than a day and ten bars before; notable from 5 %. Source: A. W. Lo and
/// A. C. MacKinlay, "An econometric analysis of nonsynchronous trading", Journal of Econometrics 45, 1990;
/// the thresholds are our own.
struct StalePriceCheck: AuditCheck {
    static let name = "stale-prices"
    static let activity = "prices that stand still"

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let held = HeldBars.all(of: subject)
        if held.isEmpty {
            return [Self.fine("No bars were held", "", "The run held nothing whose prices are bars.")]
        }
        var (bars, stale) = (0, 0)
        for one in held { count(one, subject, &bars, &stale) }
        let share = bars == 0 ? 0 : Double(stale) / Double(bars)
        let figure = "\(NumberText.percent(share, 1)) of \(NumberText.count(bars)) bars held"
        var findings: [AuditFinding] = []
        for one in held {
            if let finding = endedEarly(one, subject) { findings.append(finding) }
        }
        if share < 0.05 {
            let title = "Prices moved while something was held"
            let detail = "Few bars repeat the close before them and nothing else."
            return findings.isEmpty ? [Self.fine(title, figure + " stand still", detail)] : findings
        }
        findings.append(
            AuditFinding(
                check: Self.name, weight: share >= 0.2 ? .serious : .notable,
                title: "Prices stood still while something was held", figure: figure,
                detail: "Such bars repeat the close before them: nothing traded, or the source repeated "
                    + "itself. Losses show late there, and fills are taken at prices nobody quoted.",
                remedy: "Check the source (data check), use longer bars or a market that trades."))
        return findings
    }

    private func count(
        _ one: HeldBars, _ subject: AuditSubject, _ held: inout Int, _ stale: inout Int
    ) {
        let bars = one.bars
        for row in one.rows.dropFirst() {
            if subject.holdings.quantity(of: one.instrument, at: bars.openTime[row]) == 0 { continue }
            held += 1
            let last = bars.close[row - 1]
            if bars.high[row] == last && bars.low[row] == last && bars.open[row] == last
                && bars.close[row] == last
            {
                stale += 1
            }
        }
    }

    /// A position at the end whose prices had ended before.
    private func endedEarly(_ one: HeldBars, _ subject: AuditSubject) -> AuditFinding? {
        guard one.bars.closeTime.count > 0 else { return nil }
        let last = one.bars.closeTime[one.bars.closeTime.count - 1]
        let end = subject.end.nanoseconds
        guard last < end, subject.holdings.quantity(of: one.instrument, at: end) != 0 else { return nil }
        let span = Instant(nanoseconds: one.bars.closeTime[0])
            .since(Instant(nanoseconds: one.bars.openTime[0]))
        let (ten, overflow) = span.nanoseconds.multipliedReportingOverflow(by: 10)
        let age = Instant(nanoseconds: end).since(Instant(nanoseconds: last))
        guard !overflow, age > Timespan(nanoseconds: max(ten, Timespan.day.nanoseconds)) else { return nil }
        return AuditFinding(
            check: Self.name, weight: .serious,
            title: "A position is valued at a price that is long gone",
            figure: "\(subject.instruments[one.instrument.position].id), \(NumberText.duration(age)) old",
            detail: "Its data end at \(NumberText.moment(Instant(nanoseconds: last))) UTC and the run goes "
                + "on: the position can neither be closed nor lose.",
            remedy: "End the window with the data, or close positions before the data end.")
    }
}
