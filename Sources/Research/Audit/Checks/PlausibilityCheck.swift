/// Whether the result is better than markets are.
///
/// Thresholds: notable from a Sharpe ratio of 4 over at least 60 periods, or 90 % winners among at least 30
/// trades with profits of ten times the losses. Carry and market making may have such figures; a directional
/// rule hardly ever. Source: our own; the best known funds stay below 3 over years.
struct PlausibilityCheck: AuditCheck {
    static let name = "too-good"
    static let activity = "plausibility"

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let (returns, trades) = (subject.statistics.returns, subject.statistics.trades)
        let sharpe = returns.periods >= HistoryCheck.least ? returns.sharpe ?? 0 : 0
        let isMany = subject.result.roundTrips.count >= SampleSizeCheck.least
        let wins = isMany ? trades.hitRate ?? 0 : 0
        let factor = trades.profitFactor ?? (wins == 1 ? .infinity : 0)
        let figure =
            "Sharpe \(NumberText.ratio(returns.sharpe)), \(NumberText.percent(trades.hitRate, 0)) winners"
        guard sharpe >= 4 || (wins >= 0.9 && factor >= 10) else {
            return [
                Self.fine("The result is not better than markets are", figure, "Nothing out of the ordinary.")
            ]
        }
        return [
            AuditFinding(
                check: Self.name, weight: .notable, title: "The result is too good to be taken on trust",
                figure: figure,
                detail: "Figures like these come from carry and market making, and more often from an error: "
                    + "prices that could not be had, costs left out, or knowledge of the future.",
                remedy: "Follow ten trades by hand, from the data of the decision to the fill.")
        ]
    }
}
