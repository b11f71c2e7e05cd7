public import Units

/// The figures of one run of many: a few hundred bytes, whatever the length of the run. Each is what a
/// single run of the same plan gives, to the last bit.
public struct PointResult: Hashable, Sendable {
    /// First moment of trading; nil when there was none.
    public let start: Instant?
    /// End of the last step; nil when there was none.
    public let end: Instant?
    /// Distinct times at which data became visible.
    public let steps: Int
    /// Equity before the first step, in the share class.
    public let initialEquity: ExactDecimal
    /// Equity after the last step.
    public let finalEquity: ExactDecimal
    /// Fees paid, positive.
    public let fees: ExactDecimal
    /// Closed round trips.
    public let trades: Int
    /// Fills.
    public let fills: Int
    /// Figures of the period returns.
    public let returns: ReturnStatistics
    /// See ``BacktestStatistics/maxDrawdown``.
    public let maxDrawdown: Double?
    /// See ``BacktestStatistics/calmar``.
    public let calmar: Double?
    /// See ``BacktestStatistics/exposure``.
    public let exposure: Double?
    /// The periods of the statistics; nil unless they were asked for.
    public let periods: PointPeriods?

    /// The figures of a result.
    ///
    /// - Parameter keepsPeriods: whether to keep the return of each period too.
    public init(_ result: BacktestResult, keepsPeriods: Bool = false) {
        let statistics = BacktestStatistics(result)
        (start, end, steps) = (result.start, result.end, result.steps)
        (initialEquity, finalEquity) = (result.initialEquity, result.finalEquity)
        (fees, trades, fills) = (result.fees, result.tradeCount, result.fillCount)
        (returns, maxDrawdown) = (statistics.returns, statistics.maxDrawdown)
        (calmar, exposure) = (statistics.calmar, statistics.exposure)
        let curve = result.equity
        periods =
            keepsPeriods
            ? PointPeriods(ends: curve.periods.dropFirst().map(\.time), returns: curve.periodReturns) : nil
    }

    /// Change of equity as a fraction; see ``ReturnStatistics/totalReturn``.
    public var totalReturn: Double? { returns.totalReturn }
    /// See ``ReturnStatistics/sharpe``.
    public var sharpe: Double? { returns.sharpe }
}

/// The period returns of one run: one a UTC day, or one a bar when bars are a day or longer.
public struct PointPeriods: Hashable, Sendable {
    /// End of each period.
    public let ends: [Instant]
    /// Its time-weighted return; nil where equity at its start was not above zero.
    public let returns: [Double?]

    /// Periods.
    public init(ends: [Instant], returns: [Double?]) { (self.ends, self.returns) = (ends, returns) }
}
