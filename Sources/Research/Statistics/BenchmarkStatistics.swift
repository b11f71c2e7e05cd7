/// Figures of period returns beside those of a benchmark in the same periods. Risk-free rate 0; a figure that
/// is not defined is nil.
///
/// Sources: M. C. Jensen, "The Performance of Mutual Funds in the Period 1945-1964", Journal of Finance
/// 23(2), 1968 (alpha and beta); R. C. Grinold and R. N. Kahn, "Active Portfolio Management", 2nd ed. 2000,
/// chapter 5 (tracking error, information ratio).
public struct BenchmarkStatistics: Hashable, Sendable {
    /// Number of periods.
    public let periods: Int
    /// Return of the benchmark over the same periods, `product of (1 + b) - 1`.
    public var totalReturn: Double?
    /// Covariance with the benchmark over the benchmark's variance, both n - 1. Nil where the benchmark
    /// never moved.
    public var beta: Double?
    /// `(mean of returns - beta * mean of the benchmark's) * periods per year`.
    public var alpha: Double?
    /// Covariance over both standard deviations. Nil where one of the two never moved.
    public var correlation: Double?
    /// Sample standard deviation (n - 1) of the active returns, which are those less the benchmark's, times
    /// the square root of the periods per year.
    public var trackingError: Double?
    /// Mean over sample standard deviation of the active returns, times the square root of the periods per
    /// year. Nil where they are all equal.
    public var informationRatio: Double?

    /// Figures of returns beside a benchmark.
    ///
    /// - Parameters:
    ///   - returns: one a period; a nil return leaves every figure nil.
    ///   - benchmark: one a period; a nil return leaves every figure nil.
    ///   - periodsPerYear: above 0.
    /// - Precondition: as many of the one as of the other.
    public init(returns: [Double?], benchmark: [Double?], periodsPerYear: Double) {
        precondition(returns.count == benchmark.count, "a return of the benchmark for each period")
        periods = returns.count
        let (own, other) = (returns.compactMap { $0 }, benchmark.compactMap { $0 })
        guard own.count == periods, other.count == periods, periods > 0, own.allSatisfy(\.isFinite),
            other.allSatisfy(\.isFinite)
        else { return }
        totalReturn = finite(other.reduce(1) { $0 * (1 + $1) } - 1)
        guard periods >= 2 else { return }
        let (mine, theirs) = (ReturnMoments(own), ReturnMoments(other))
        let products = zip(own, other).map { ($0 - mine.mean) * ($1 - theirs.mean) }
        let covariance = CompensatedSum.of(products) / Double(periods - 1)
        if theirs.hasSpread {
            let slope = covariance / (theirs.deviation * theirs.deviation)
            beta = finite(slope)
            alpha = finite((mine.mean - slope * theirs.mean) * periodsPerYear)
            if mine.hasSpread { correlation = finite(covariance / (mine.deviation * theirs.deviation)) }
        }
        let active = ReturnMoments(zip(own, other).map { $0 - $1 })
        let year = periodsPerYear.squareRoot()
        trackingError = finite(active.deviation * year)
        // A copy of the benchmark differs from it by rounding alone.
        let differs = active.hasSpread && active.deviation > 1e-12 * theirs.deviation
        informationRatio = differs ? finite(active.mean / active.deviation * year) : nil
    }
}
