/// The probability that the true Sharpe ratio of returns is above a threshold, given that skewed and
/// heavy-tailed returns make an estimate of it less certain.
///
/// `Φ((s - t) / e)` with `s` the Sharpe ratio of one period, `t` the threshold of one period, and the
/// standard error `e = √((1 - g₃ s + (g₄ - 1) / 4 · s²) / (n - 1))`, where `g₃` is the skewness, `g₄` the
/// kurtosis (3 for a normal distribution) and `n` the number of periods. Skewness and kurtosis are the sample
/// figures of ``ReturnStatistics``, so that the probability is that of quantstats 0.0.86.
///
/// Source: D. H. Bailey and M. López de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk
/// 15(2), 2012, equations 8 to 11.
public struct ProbabilisticSharpe: Hashable, Sendable {
    /// The probability, 0 to 1.
    public let value: Double
    /// The Sharpe ratio of one period, as estimated.
    public let sharpe: Double
    /// The Sharpe ratio of one period that it is held against.
    public let threshold: Double
    /// Standard error of the estimate, above 0.
    public let standardError: Double
    /// Number of periods.
    public let periods: Int

    /// A probability as it was recorded.
    init(value: Double, sharpe: Double, threshold: Double, standardError: Double, periods: Int) {
        (self.value, self.sharpe, self.threshold) = (value, sharpe, threshold)
        (self.standardError, self.periods) = (standardError, periods)
    }

    /// A probability from the moments of returns.
    ///
    /// - Parameters:
    ///   - sharpe: Sharpe ratio of one period, not annualised.
    ///   - threshold: of one period; 0 asks whether there is any skill.
    ///   - periods: number of returns.
    ///   - skewness: 0 for a normal distribution.
    ///   - kurtosis: 3 for a normal distribution.
    /// - Returns: nil with fewer than two periods, and where the standard error is not above 0.
    public init?(
        sharpe: Double, threshold: Double = 0, periods: Int, skewness: Double, kurtosis: Double
    ) {
        guard periods >= 2 else { return nil }
        let variance = (1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe) / Double(periods - 1)
        let error = variance.squareRoot()
        // Not above zero, or not a number.
        guard error > 0, error.isFinite, threshold.isFinite else { return nil }
        value = NormalDistribution.cumulative((sharpe - threshold) / error)
        (self.sharpe, self.threshold, standardError, self.periods) = (sharpe, threshold, error, periods)
    }

    /// The probability for the returns of some figures.
    ///
    /// - Parameter threshold: Sharpe ratio of one period, not annualised.
    /// - Returns: nil where Sharpe ratio, skewness or kurtosis are not defined.
    public init?(_ figures: ReturnStatistics, threshold: Double = 0) {
        guard let sharpe = figures.sharpePerPeriod, let skewness = figures.skewness,
            let kurtosis = figures.kurtosis
        else { return nil }
        self.init(
            sharpe: sharpe, threshold: threshold, periods: figures.periods, skewness: skewness,
            kurtosis: kurtosis)
    }

    /// The number of periods from which on this Sharpe ratio would be above the threshold with a given
    /// confidence: the minimum track record length, equation 11 of the same source.
    ///
    /// - Parameter confidence: 0.95 for 95 percent, between 0 and 1.
    /// - Returns: nil when the Sharpe ratio is not above the threshold, or confidence not in range.
    public func minimumPeriods(confidence: Double = 0.95) -> Double? {
        guard sharpe > threshold, let quantile = NormalDistribution.quantile(confidence) else { return nil }
        let variance = standardError * standardError * Double(periods - 1)
        let distance = quantile / (sharpe - threshold)
        return finite(1 + variance * distance * distance)
    }
}
