/// Whether the Sharpe ratio is more than the best of many trials reaches by luck.
///
/// The deflated Sharpe ratio is the probability that it is, given the number of trials and how far they lie
/// apart; when only their number is known, trials without skill are taken, whose Sharpe ratios have a
/// variance of 1 / (periods - 1). Threshold: serious below 0.95. Without a number of trials, the finding
/// tells how many the Sharpe ratio bears. Source: D. H. Bailey and M. López de Prado, "The Deflated Sharpe
/// Ratio", Journal of Portfolio Management 40(5), 2014.
struct TrialsCheck: AuditCheck {
    static let name = "trials"
    static let activity = "number of trials"

    static let confidence = 0.95
    /// The most trials of which is said that the Sharpe ratio bears them.
    static let mostTrials = 1_000_000

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let returns = subject.statistics.returns
        guard let sharpe = returns.sharpe, returns.periods > 2, sharpe > 0 else {
            return [Self.fine("No Sharpe ratio above zero to doubt", "", "The run has none.")]
        }
        let luck = 1 / Double(returns.periods - 1)
        guard let trials = subject.options.trials else {
            return [unknown(returns, variance: luck)]
        }
        guard
            let deflated = DeflatedSharpe(
                returns, trials: trials.count,
                variance: trials.annualVariance.map { $0 / returns.periodsPerYear } ?? luck)
        else { return [Self.fine("The Sharpe ratio cannot be judged", "", "Its tails are not defined.")] }
        let value = deflated.probability.value
        let year = returns.periodsPerYear.squareRoot()
        let figure =
            "deflated Sharpe \(NumberText.fixed(value, 3)) over \(NumberText.count(trials.count)) trials"
        let detail =
            "Luck alone lets the best of them reach a Sharpe ratio of "
            + "\(NumberText.ratio(deflated.threshold * year)) a year; this one has "
            + "\(NumberText.ratio(sharpe))."
        if value >= Self.confidence {
            return [Self.fine("The Sharpe ratio is more than the luck of many trials", figure, detail)]
        }
        return [
            AuditFinding(
                check: Self.name, weight: .serious, title: "The best of so many trials may be luck",
                figure: figure, detail: detail,
                remedy:
                    "Try fewer combinations, hold back data that no trial has seen (walk-forward), or use "
                    + "longer data.")
        ]
    }

    private func unknown(_ returns: ReturnStatistics, variance: Double) -> AuditFinding {
        func bears(_ trials: Int) -> Bool {
            (DeflatedSharpe(returns, trials: trials, variance: variance)?.probability.value ?? 0)
                >= Self.confidence
        }
        guard bears(1) else {
            return AuditFinding(
                check: Self.name, weight: .notable,
                title: "The Sharpe ratio is not above zero with confidence, even as a first trial",
                figure: "Sharpe \(NumberText.ratio(returns.sharpe))",
                detail: "Given its length and tails, chance reaches it in more than 5 of 100 cases.",
                remedy: "Use longer data; say how many combinations were tried with --trials.")
        }
        var (low, high) = (1, Self.mostTrials)
        while low < high {
            let middle = (low + high + 1) / 2
            if bears(middle) { low = middle } else { high = middle - 1 }
        }
        let most = low == Self.mostTrials ? "over a million" : NumberText.count(low)
        return AuditFinding(
            check: Self.name, weight: .fine, title: "How many were tried was not said",
            figure: "bears \(most) \(low == 1 ? "trial" : "trials")",
            detail: "With more combinations of parameters tried than that, the best of them may be luck. "
                + "Say how many with --trials.")
    }
}
