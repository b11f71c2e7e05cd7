public import Units

/// Exposure, margin and funding of a run with contracts, over a span of its steps. Fractions are of equity;
/// what does not apply is nil.
public struct RiskPoint: Hashable, Sendable {
    /// End of the span.
    public var time: Instant
    /// Highest gross exposure: sum of the absolute values of all positions, over equity.
    public var gross: Double
    /// Net exposure furthest from zero: sum of the signed values of all positions, over equity.
    public var net: Double
    /// Lowest margin ratio of any venue, as the venue's rules define it.
    public var marginRatio: Double?
    /// Funding received since the start less funding paid, in the share class, at the end of the span.
    public var funding: Double
    /// Lowest health factor of any loan.
    public var healthFactor: Double?
    /// Highest debt over collateral of any loan.
    public var loanToValue: Double?
    /// Shortest adverse move to a liquidation, as a fraction of the price.
    public var liquidationDistance: Double?
    /// Net delta furthest from zero, in the share class.
    public var netDelta: Double?
    /// The same in dollars; nil where nothing of the run tells what the share class is worth.
    public var netDeltaInDollars: Double?

    /// A point.
    public init(time: Instant, gross: Double, net: Double, marginRatio: Double?, funding: Double) {
        (self.time, self.gross, self.net) = (time, gross, net)
        (self.marginRatio, self.funding) = (marginRatio, funding)
    }

    /// This span and the one after it as one.
    func joined(with next: RiskPoint) -> RiskPoint {
        func least(_ value: KeyPath<RiskPoint, Double?>) -> Double? {
            [self[keyPath: value], next[keyPath: value]].compactMap { $0 }.min()
        }
        func furthest(_ value: KeyPath<RiskPoint, Double?>) -> Double? {
            [self[keyPath: value], next[keyPath: value]].compactMap { $0 }.max { abs($0) < abs($1) }
        }
        var joined = RiskPoint(
            time: next.time, gross: max(gross, next.gross), net: abs(next.net) > abs(net) ? next.net : net,
            marginRatio: least(\.marginRatio), funding: next.funding)
        joined.healthFactor = least(\.healthFactor)
        joined.loanToValue = furthest(\.loanToValue)
        joined.liquidationDistance = least(\.liquidationDistance)
        joined.netDelta = furthest(\.netDelta)
        joined.netDeltaInDollars = furthest(\.netDeltaInDollars)
        return joined
    }
}

/// Follows exposure, margin and funding step by step in constant memory, in spans of equal numbers of
/// steps: of each the extremes stay.
public struct RiskRecorder: Sendable {
    private let limit: Int
    private var points: [RiskPoint] = []
    private var width = 1
    private var filled = 0

    /// A recorder.
    ///
    /// - Parameter limit: the most points, even and at least 2.
    public init(limit: Int = 4_096) {
        precondition(limit >= 2 && limit % 2 == 0, "points are joined by pairs")
        self.limit = limit
    }

    /// Adds the state after one step; numbers that are not finite are left out.
    public mutating func append(_ point: RiskPoint) {
        guard point.gross.isFinite, point.net.isFinite, point.funding.isFinite else { return }
        var point = point
        func finite(_ value: inout Double?) { if value?.isFinite == false { value = nil } }
        finite(&point.marginRatio)
        finite(&point.healthFactor)
        finite(&point.loanToValue)
        finite(&point.liquidationDistance)
        finite(&point.netDelta)
        finite(&point.netDeltaInDollars)
        if filled > 0 {
            points[points.count - 1] = points[points.count - 1].joined(with: point)
        } else {
            if points.count == limit { joinPairs() }
            points.append(point)
        }
        filled = filled + 1 == width ? 0 : filled + 1
    }

    private mutating func joinPairs() {
        for pair in 0..<points.count / 2 {
            points[pair] = points[2 * pair].joined(with: points[2 * pair + 1])
        }
        points.removeLast(points.count - points.count / 2)
        width *= 2
    }

    /// The curve so far; nil without a step.
    public var curve: RiskCurve? { points.isEmpty ? nil : RiskCurve(points: points) }
}

/// Exposure, margin and funding over a run with contracts.
public struct RiskCurve: Hashable, Sendable {
    /// Spans in time order.
    public let points: [RiskPoint]

    /// A curve.
    public init(points: [RiskPoint]) { self.points = points }

    /// Lowest margin ratio; nil where there was none.
    public var worstMarginRatio: Double? { points.compactMap(\.marginRatio).min() }

    /// Lowest health factor; nil without a loan.
    public var worstHealthFactor: Double? { points.compactMap(\.healthFactor).min() }

    /// Net exposure furthest from zero, without its sign; nil without a point.
    public var maxAbsDelta: Double? { points.map { abs($0.net) }.max() }
}
