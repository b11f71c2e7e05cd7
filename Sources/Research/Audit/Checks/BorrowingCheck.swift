internal import Markets
internal import Simulation

/// Whether the result needed money or coins that nobody lends for free: an overdraft without interest, or
/// spot sold short without a cost of borrowing.
///
/// The run is made again with both refused. Thresholds: serious when that leaves less than half of the
/// profit, notable otherwise. Source: Y. Luo and others, "Seven Sins of Quantitative Investing", Deutsche
/// Bank 2014 (the seventh: short positions that cannot be had at the assumed cost).
struct BorrowingCheck: AuditCheck {
    static let name = "borrowing"
    static let activity = "without borrowing"

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let shorts = subject.result.usedShortSpot
        let overdrawn = subject.result.equity.points.contains { $0.cash < 0 }
        guard shorts || overdrawn else {
            return [
                Self.fine(
                    "Nothing was borrowed", "", "No spot was held short and no cash balance was negative.")
            ]
        }
        var execution = subject.plan.execution
        execution.allowsShortSpot = false
        execution.allowsOverdraft = false
        let other = try subject.evaluate(RunVariation(execution: execution)).profit
        let isSerious = subject.profit > 0 && other < subject.profit / 2
        let what = [shorts ? "spot is sold short" : nil, overdrawn ? "cash is overdrawn" : nil]
            .compactMap { $0 }.joined(separator: " and ")
        return [
            AuditFinding(
                check: Self.name, weight: isSerious ? .serious : .notable,
                title: what.prefix(1).uppercased() + what.dropFirst() + " at no cost",
                figure: "profit \(subject.money(subject.profit)), \(subject.money(other)) without",
                detail: "In the run \(what) without interest or borrowing fee. Paper and live trading refuse "
                    + "it; a lender takes several percent a year, when there is one.",
                remedy: "Set execution.short-spot and execution.overdraft to refuse, trade smaller, or use a "
                    + "perpetual for the short side.")
        ]
    }
}
