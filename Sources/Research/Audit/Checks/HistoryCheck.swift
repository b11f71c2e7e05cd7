/// Whether the history is long enough for its Sharpe ratio.
///
/// The minimum track record is the number of periods from which on a Sharpe ratio, with the skewness and
/// kurtosis of these returns, is above zero with 95 % confidence. Thresholds: serious below 60 periods or
/// when the history is shorter than the minimum track record; notable below a year. Source: D. H. Bailey and
/// M. López de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2), 2012, equation 11.
struct HistoryCheck: AuditCheck {
    static let name = "short-history"
    static let activity = "length of the history"

    static let least = 60

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let returns = subject.statistics.returns
        let periods = returns.periods
        let word = subject.result.periodsAreBars ? "bars" : "days"
        var figure = "\(NumberText.count(periods)) \(periods == 1 ? String(word.dropLast()) : word)"
        let needed = (returns.sharpe ?? 0) > 0 ? ProbabilisticSharpe(returns)?.minimumPeriods() : nil
        if let needed { figure += ", \(NumberText.fixed(needed.rounded(.up), 0)) needed" }
        let isTooShort = (needed ?? 0) > Double(periods)
        let detail =
            needed == nil
            ? "There is no Sharpe ratio above zero to confirm."
            : "So many \(word) it takes until a Sharpe ratio of \(NumberText.ratio(returns.sharpe)), with "
                + "these tails, is above zero with 95 % confidence."
        if periods < Self.least || isTooShort {
            return [
                AuditFinding(
                    check: Self.name, weight: .serious, title: "The history is too short for its result",
                    figure: figure, detail: detail,
                    remedy: "Use longer data; shorter bars do not help, as time is what counts.")
            ]
        }
        if Double(periods) < returns.periodsPerYear {
            return [
                AuditFinding(
                    check: Self.name, weight: .notable, title: "The history is shorter than a year",
                    figure: figure,
                    detail: detail + " A part of a year shows one kind of market.",
                    remedy: "Use data with rising, falling and quiet markets.")
            ]
        }
        return [Self.fine("The history is long enough for its Sharpe ratio", figure, detail)]
    }
}
