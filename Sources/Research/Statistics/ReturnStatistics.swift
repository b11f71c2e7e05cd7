internal import RealModule
public import Units

/// Figures of a sequence of period returns.
///
/// Returns are those of ``EquityCurve/periodReturns``: one a UTC day, or one a bar when bars are a day or
/// longer, time-weighted between deposits and withdrawals. Risk-free rate and required return are 0. A
/// figure that is not defined is nil.
///
/// Sources: CFA Institute, "Global Investment Performance Standards" 2020, 2.A (time-weighted return);
/// W. F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21(1), 1994; F. A. Sortino and
/// R. van der Meer, "Downside Risk", Journal of Portfolio Management 17(4), 1991; Acerbi and Tasche,
/// "On the coherence of expected shortfall", Journal of Banking and Finance 26(7), 2002. Annualisation as
/// in empyrical-reloaded 0.7.1.
public struct ReturnStatistics: Hashable, Sendable {
    /// Number of periods.
    public let periods: Int
    /// Periods in a year.
    public let periodsPerYear: Double
    /// `product of (1 + r) - 1`; without flows that is final over initial equity, less 1. Nil where a
    /// period between flows started with no equity above zero.
    public var totalReturn: Double?
    /// Compound annual growth rate, `(1 + total return) ^ (periods per year / periods) - 1`. Nil with fewer
    /// than two periods, or when everything was lost.
    public var annualizedReturn: Double?
    /// Sample standard deviation of the returns (n - 1) times the square root of the periods per year. Nil
    /// with fewer than two periods.
    public var volatility: Double?
    /// Mean over sample standard deviation of the returns, times the square root of the periods per year.
    /// Nil with fewer than two periods or without deviation.
    public var sharpe: Double?
    /// The same for one period: not annualised. What the probabilistic and the deflated Sharpe ratio work on.
    public var sharpePerPeriod: Double?
    /// Mean over downside deviation, times the square root of the periods per year; the downside deviation
    /// is the root of the mean of `min(r, 0)^2` over all periods. Nil with fewer than two periods or
    /// without a loss.
    public var sortino: Double?
    /// Historical expected shortfall at 5 %: the mean of the lowest `floor((n - 1) / 20) + 1` returns; a
    /// loss is negative. Nil with fewer than two periods.
    public var expectedShortfall: Double?
    /// Absolute 95th percentile of the returns over the absolute 5th, percentiles interpolated between the
    /// neighbouring returns (definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages",
    /// The American Statistician 50(4), 1996): above 1, gains reach further than losses. Definition of
    /// empyrical. Nil with fewer than two periods or where the 5th percentile is 0.
    public var tailRatio: Double?
    /// Sample skewness, corrected for bias: `n √(n - 1) / (n - 2) · Σ(r - m)³ / (Σ(r - m)²)^(3/2)` with the
    /// mean `m`; below 0, losses reach further than gains. Source: Joanes and Gill, "Comparing measures of
    /// sample skewness and kurtosis", The Statistician 47(1), 1998, G1. Nil with fewer than three periods or
    /// without deviation.
    public var skewness: Double?
    /// Sample kurtosis, corrected for bias, G2 of the same source plus 3: 3 for a normal distribution, more
    /// for heavier tails. Nil with fewer than four periods or without deviation.
    public var kurtosis: Double?
    /// The highest return of a period.
    public var best: Double?
    /// The lowest return of a period.
    public var worst: Double?
    /// Fraction of the periods with a return above zero.
    public var positivePeriods: Double?

    /// The probability that the true Sharpe ratio is above 0; see ``ProbabilisticSharpe``.
    public var probabilisticSharpe: Double? { ProbabilisticSharpe(self)?.value }

    /// Figures of returns.
    ///
    /// - Parameters:
    ///   - returns: one a period; a nil return leaves every figure nil.
    ///   - periodsPerYear: above 0.
    ///   - growth: final over initial equity where there were no flows; nil takes the product of returns.
    public init(returns: [Double?], periodsPerYear: Double, growth: Double? = nil) {
        periods = returns.count
        self.periodsPerYear = periodsPerYear
        let known = returns.compactMap { $0 }
        guard known.count == returns.count, !known.isEmpty, known.allSatisfy(\.isFinite) else {
            totalReturn = growth.flatMap { finite($0 - 1) }
            return
        }
        let growth = growth ?? known.reduce(1) { $0 * (1 + $1) }
        totalReturn = finite(growth - 1)
        best = known.max()
        worst = known.min()
        positivePeriods = Double(known.count { $0 > 0 }) / Double(known.count)
        if known.count >= 2 { setSpreadFigures(known, growth) }
    }

    private mutating func setSpreadFigures(_ returns: [Double], _ growth: Double) {
        let count = Double(returns.count)
        annualizedReturn = growth > 0 ? finite(Double.pow(growth, periodsPerYear / count) - 1) : nil
        let moments = ReturnMoments(returns)
        let downside = CompensatedSum.mean(returns) { min($0, 0) * min($0, 0) }
        let year = periodsPerYear.squareRoot()
        volatility = finite(moments.deviation * year)
        // Equal returns differ by rounding alone: a deviation that small is none.
        sharpePerPeriod = moments.hasSpread ? finite(moments.mean / moments.deviation) : nil
        sharpe = sharpePerPeriod.flatMap { finite($0 * year) }
        sortino = downside > 0 ? finite(moments.mean / downside.squareRoot() * year) : nil
        (skewness, kurtosis) = (moments.skewness, moments.kurtosis)
        let sorted = returns.sorted()
        expectedShortfall = finite(CompensatedSum.mean(Array(sorted.prefix((returns.count - 1) / 20 + 1))))
        let low = abs(ReturnStatistics.percentile(sorted, 0.05))
        tailRatio = low > 0 ? finite(abs(ReturnStatistics.percentile(sorted, 0.95)) / low) : nil
    }

    /// The value below which a share of sorted numbers lies, interpolated between neighbours.
    static func percentile(_ sorted: [Double], _ share: Double) -> Double {
        precondition(!sorted.isEmpty && share >= 0 && share <= 1, "a share of some numbers")
        let place = share * Double(sorted.count - 1)
        let below = min(Int(place), sorted.count - 1)
        let above = min(below + 1, sorted.count - 1)
        let part = place - Double(below)
        return sorted[below] + (sorted[above] - sorted[below]) * part
    }
}

/// Periods in a year.
public enum Annualisation {
    /// Periods in a year for periods of a day, or of a given length when bars are longer than a day: then
    /// the calendar decides, 365 days over the length, whatever the market (52 weeks, 12 months).
    ///
    /// - Parameter daysPerYear: 365 where the market never closes, 252 for exchange sessions, or as the
    ///   run file says.
    public static func periodsPerYear(daysPerYear: Int, periodLength: Timespan) -> Double {
        guard periodLength > .day else { return Double(daysPerYear) }
        return 365 * Double(Timespan.day.nanoseconds) / Double(periodLength.nanoseconds)
    }
}

/// The number, or nil when it is infinite or not a number.
func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
