internal import Units

/// Whether one trade or one month carries the result.
///
/// The share of the best trade, and of the best month, in the net profit. Thresholds: serious from a half,
/// notable from a quarter for a trade; months count when there are at least six, as fewer have large shares
/// by nature. The legs of hedged positions, which gain and lose against each other, are no trades. Source:
/// Y. Luo and others, "Seven Sins of Quantitative Investing", Deutsche Bank 2014 (the sixth: outliers); the
/// thresholds are our own.
struct ConcentrationCheck: AuditCheck {
    static let name = "concentration"
    static let activity = "what carries the result"

    static let leastMonths = 6

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let profit = subject.profit
        guard profit > 0 else {
            return [Self.fine("There is no profit to carry", subject.money(profit), "The run loses.")]
        }
        var findings: [AuditFinding] = []
        let best = subject.result.roundTrips.max { $0.profit < $1.profit }
        if subject.isInShareClass, !subject.isHedged, let best {
            let amount = best.profit.approximateDouble
            findings.append(
                finding(
                    "trade", amount / profit, notable: 0.25,
                    "the one entered at \(NumberText.moment(best.entryTime)) UTC earned "
                        + subject.money(amount), subject))
        }
        let months = monthlyProfits(subject)
        if months.count >= Self.leastMonths, let top = months.max(by: { $0.profit < $1.profit }) {
            findings.append(
                finding(
                    "month", top.profit / profit, notable: 0.5,
                    "\(top.name) earned \(subject.money(top.profit))",
                    subject))
        }
        if findings.isEmpty {
            return [Self.fine("Too short, or in too many currencies, to tell", "", "Nothing to compare.")]
        }
        return findings
    }

    private func finding(
        _ what: String, _ share: Double, notable: Double, _ words: String, _ subject: AuditSubject
    ) -> AuditFinding {
        let figure = "\(NumberText.percent(share, 0)) of the profit by the best \(what)"
        if share < notable {
            return Self.fine("No single \(what) carries the result", figure, "Of all, \(words).")
        }
        let rest = subject.money(subject.profit * (1 - share))
        return AuditFinding(
            check: Self.name, weight: share >= 0.5 ? .serious : .notable,
            title: "One \(what) carries the result", figure: figure,
            detail: "Of all, \(words); without it \(rest) are left. What happened once is an anecdote.",
            remedy: "Judge the strategy without its best \(what), and over longer data.")
    }

    /// Change of equity of each UTC month, in order.
    private func monthlyProfits(_ subject: AuditSubject) -> [(name: String, profit: Double)] {
        let curve = subject.result.equity
        let unit = WideArithmetic.approximateDouble(curve.scale.unit)
        var months: [(name: String, profit: Double)] = []
        for (before, after) in zip(curve.periods, curve.periods.dropFirst()) {
            let date = CivilDate(day: (after.time - Timespan(nanoseconds: 1)).day)
            let name = String(date.description.prefix(7))
            let change = (after.equity - after.netFlows) - (before.equity - before.netFlows)
            let amount = WideArithmetic.approximateDouble(change) / unit
            if months.last?.name == name {
                months[months.count - 1].profit += amount
            } else {
                months.append((name, amount))
            }
        }
        return months
    }
}
