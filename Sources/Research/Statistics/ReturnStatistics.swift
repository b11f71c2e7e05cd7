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
/// in empyrical 0.5.5.
public struct ReturnStatistics: Hashable, Sendable {
    /// Number of periods.
    public let periods: Int
    /// Periods in a year.
    public let periodsPerYear: Double
    /// `product of (1 + r) - 1`; without flows that is final over initial equity, less 1. Nil where a
    /// period between flows started with no equity above zero.
    public let totalReturn: Double?
    /// `(1 + total return) ^ (periods per year / periods) - 1`. Nil with fewer than two periods, or when
    /// everything was lost.
    public let annualizedReturn: Double?
    /// Sample standard deviation of the returns (n - 1) times the square root of the periods per year. Nil
    /// with fewer than two periods.
    public let volatility: Double?
    /// Mean over sample standard deviation of the returns, times the square root of the periods per year.
    /// Nil with fewer than two periods or without deviation.
    public let sharpe: Double?
    /// Mean over downside deviation, times the square root of the periods per year; the downside deviation
    /// is the root of the mean of `min(r, 0)^2` over all periods. Nil with fewer than two periods or
    /// without a loss.
    public let sortino: Double?
    /// Historical expected shortfall at 5 %: the mean of the lowest `floor((n - 1) / 20) + 1` returns; a
    /// loss is negative. Nil with fewer than two periods.
    public let expectedShortfall: Double?
    /// The highest return of a period.
    public let best: Double?
    /// The lowest return of a period.
    public let worst: Double?
    /// Fraction of the periods with a return above zero.
    public let positivePeriods: Double?

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
            (annualizedReturn, volatility, sharpe, sortino) = (nil, nil, nil, nil)
            (expectedShortfall, best, worst, positivePeriods) = (nil, nil, nil, nil)
            return
        }
        let count = Double(known.count)
        let growth = growth ?? known.reduce(1) { $0 * (1 + $1) }
        totalReturn = finite(growth - 1)
        best = known.max()
        worst = known.min()
        positivePeriods = Double(known.count { $0 > 0 }) / count
        guard known.count >= 2 else {
            (annualizedReturn, volatility, sharpe, sortino) = (nil, nil, nil, nil)
            expectedShortfall = nil
            return
        }
        annualizedReturn =
            growth > 0 ? finite(Double.pow(growth, periodsPerYear / count) - 1) : nil
        let mean = known.reduce(0, +) / count
        let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let downside = known.reduce(0) { $0 + min($1, 0) * min($1, 0) } / count
        let year = periodsPerYear.squareRoot()
        let deviation = variance.squareRoot()
        volatility = finite(deviation * year)
        // Equal returns differ by rounding alone: a deviation that small is none.
        sharpe = deviation > abs(mean) * 1e-12 ? finite(mean / deviation * year) : nil
        sortino = downside > 0 ? finite(mean / downside.squareRoot() * year) : nil
        let tail = known.sorted().prefix((known.count - 1) / 20 + 1)
        expectedShortfall = finite(tail.reduce(0, +) / Double(tail.count))
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
