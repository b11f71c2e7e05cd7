public import Units

/// Equity at one moment. Money is an integer at ``EquityCurve/scale``.
public struct EquityPoint: Hashable, Sendable {
    /// When.
    public var time: Instant
    /// Equity in the share class.
    public var equity: Int128
    /// The part of equity that is a balance of the share class asset.
    public var cash: Int128
    /// Net deposits up to here.
    public var netFlows: Int128

    /// A point.
    public init(time: Instant, equity: Int128, cash: Int128, netFlows: Int128) {
        (self.time, self.equity, self.cash, self.netFlows) = (time, equity, cash, netFlows)
    }
}

/// The deepest and the longest fall of equity below its preceding peak, over every step. With flows, peaks
/// move in proportion to equity when a flow arrives, as in a time-weighted index.
public struct DrawdownSummary: Hashable, Sendable {
    /// `(peak - trough) / peak` of the deepest fall, 0 or more: 0.1 is ten percent; nil when equity was
    /// not above zero at the start.
    public let deepest: Double?
    /// The peak before the deepest fall; nil without one.
    public let peak: Instant?
    /// The trough of the deepest fall; nil without one.
    public let trough: Instant?
    /// The longest time from a peak until equity was back at it, or until the end.
    public let longest: Timespan

    /// A summary.
    public init(deepest: Double?, peak: Instant?, trough: Instant?, longest: Timespan) {
        (self.deepest, self.peak, self.trough, self.longest) = (deepest, peak, trough, longest)
    }
}

/// Equity over a run, thinned so that it stays small and keeps its extremes. Made by ``EquityRecorder``.
public struct EquityCurve: Sendable {
    /// Decimals of the money in the points.
    public let scale: Scale
    /// Points in time order, at most 100,000.
    public let points: [EquityPoint]
    /// The points that statistics use: equity at the end of each UTC day with data, or at each step when
    /// bars are a day or longer; the initial capital first.
    public let periods: [EquityPoint]
    /// The time-weighted return of each period, one fewer than ``periods``; nil where equity at its start
    /// was not above zero.
    public let periodReturns: [Double?]
    /// Drawdown over every step.
    public let drawdown: DrawdownSummary
    /// Fraction of the steps after which something else than the share class asset was held; nil without
    /// steps.
    public let exposure: Double?

    /// A curve.
    ///
    /// - Precondition: one return fewer than periods, none without periods.
    public init(
        scale: Scale, points: [EquityPoint], periods: [EquityPoint], periodReturns: [Double?],
        drawdown: DrawdownSummary, exposure: Double?
    ) {
        precondition(periodReturns.count == max(0, periods.count - 1), "one return a period")
        (self.scale, self.points, self.periods) = (scale, points, periods)
        (self.periodReturns, self.drawdown, self.exposure) = (periodReturns, drawdown, exposure)
    }
}
