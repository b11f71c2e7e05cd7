/// The probability that the Sharpe ratio of the best of many trials is more than the luck of having tried:
/// the probabilistic Sharpe ratio whose threshold is the highest Sharpe ratio that trials without any skill
/// are expected to reach.
///
/// The threshold of one period is `√v · ((1 - γ) Φ⁻¹(1 - 1/N) + γ Φ⁻¹(1 - 1/(N e)))` with `N` the number of
/// independent trials, `v` the variance of their Sharpe ratios of one period and `γ` the constant of Euler
/// and Mascheroni; 0 for a single trial.
///
/// Source: D. H. Bailey and M. López de Prado, "The Deflated Sharpe Ratio: Correcting for Selection Bias,
/// Backtest Overfitting and Non-Normality", Journal of Portfolio Management 40(5), 2014, equations 1 and 2.
public struct DeflatedSharpe: Hashable, Sendable {
    /// The probability, 0 to 1; below 0.95 the result is not to be told from luck.
    public var value: Double { probability.value }
    /// Number of trials, 1 or more.
    public let trials: Int
    /// Variance of the trials' Sharpe ratios of one period.
    public let variance: Double
    /// The Sharpe ratio of one period that luck alone is expected to reach.
    public var threshold: Double { probability.threshold }
    /// The same with its standard error and the number of periods.
    public let probability: ProbabilisticSharpe

    /// A probability as it was recorded.
    init(trials: Int, variance: Double, probability: ProbabilisticSharpe) {
        (self.trials, self.variance, self.probability) = (trials, variance, probability)
    }

    /// The probability for the returns of the trial that was chosen.
    ///
    /// - Parameters:
    ///   - figures: of the trial that was chosen.
    ///   - trials: all that were tried, this one among them.
    /// - Returns: nil without a trial, and where the Sharpe ratio of `figures` is not defined.
    public init?(_ figures: ReturnStatistics, trials: TrialSharpes) {
        self.init(figures, trials: trials.count, variance: trials.variance)
    }

    /// The probability for the returns of the trial that was chosen.
    ///
    /// - Parameters:
    ///   - figures: of the trial that was chosen.
    ///   - trials: how many were tried, this one among them, 1 or more. Trials that resemble each other
    ///     count for less than their number: with all of them the result is on the careful side.
    ///   - variance: of the trials' Sharpe ratios of one period, not annualised, 0 or more.
    public init?(_ figures: ReturnStatistics, trials: Int, variance: Double) {
        guard let threshold = DeflatedSharpe.expectedMaximum(trials: trials, variance: variance),
            let probability = ProbabilisticSharpe(figures, threshold: threshold)
        else { return nil }
        (self.trials, self.variance, self.probability) = (trials, variance, probability)
    }

    /// The highest of the Sharpe ratios of a number of trials without skill, as expected.
    ///
    /// - Returns: nil without a trial, or for a variance below 0 or not finite; 0 for one trial.
    public static func expectedMaximum(trials: Int, variance: Double) -> Double? {
        guard trials >= 1, variance >= 0, variance.isFinite else { return nil }
        if trials == 1 { return 0 }
        let share = 1 / Double(trials)
        guard let first = NormalDistribution.upperQuantile(share),
            let second = NormalDistribution.upperQuantile(share / eulerNumber)
        else { return nil }
        return variance.squareRoot() * ((1 - eulerMascheroni) * first + eulerMascheroni * second)
    }

    /// Limit of the harmonic numbers less the logarithm. OEIS A001620.
    private static let eulerMascheroni = 0.577215664901532860606512090082
    /// Base of the natural logarithm. OEIS A001113.
    private static let eulerNumber = 2.718281828459045235360287471353
}

/// The Sharpe ratios of trials, in constant memory: their number, mean and variance.
///
/// Equal trials in equal order give equal figures; another order may differ in the last digits.
public struct TrialSharpes: Hashable, Sendable {
    /// Number of trials.
    public private(set) var count = 0
    /// Mean of their Sharpe ratios; 0 without a trial.
    public private(set) var mean = 0.0
    private var squares = 0.0

    /// No trial yet.
    public init() {}

    /// The given trials.
    public init(_ sharpesPerPeriod: some Sequence<Double?>) {
        for sharpe in sharpesPerPeriod { append(sharpe) }
    }

    /// Counts a trial.
    ///
    /// - Parameter sharpePerPeriod: its Sharpe ratio of one period, not annualised
    ///   (``ReturnStatistics/sharpePerPeriod``). Nil, as of a trial that never traded, counts as 0: it was
    ///   tried and earned nothing.
    public mutating func append(_ sharpePerPeriod: Double?) {
        let sharpe = sharpePerPeriod ?? 0
        count += 1
        let before = sharpe - mean
        mean += before / Double(count)
        squares += before * (sharpe - mean)
    }

    /// Sample variance (n - 1) of their Sharpe ratios, by Welford's method (Technometrics 4(3), 1962); 0
    /// with fewer than two trials.
    public var variance: Double { count < 2 ? 0 : squares / Double(count - 1) }
}
