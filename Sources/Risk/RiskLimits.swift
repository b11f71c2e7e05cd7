public import Units

/// Limits that no strategy can pass. Nil is without limit.
public struct RiskLimits: Hashable, Sendable {
    /// Largest notional of one order, in the instrument's quote asset: quantity x price, of a linear contract
    /// times its size, of an inverse one quantity x size.
    public var maxOrderNotional: ExactDecimal?
    /// Largest absolute position of one instrument after an order and all working ones of its side fill, as
    /// notional in its quote asset, counted alike.
    public var maxPositionNotional: ExactDecimal?
    /// Most working orders of one strategy. Bounded always, so that a run's memory is.
    public var maxWorkingOrders: Int

    /// Limits; only the number of working orders is limited unless given.
    public init(
        maxOrderNotional: ExactDecimal? = nil, maxPositionNotional: ExactDecimal? = nil,
        maxWorkingOrders: Int = 10_000
    ) {
        self.maxOrderNotional = maxOrderNotional
        self.maxPositionNotional = maxPositionNotional
        self.maxWorkingOrders = maxWorkingOrders
    }

    /// Whether any limit is on notional.
    var hasNotionalLimits: Bool { maxOrderNotional != nil || maxPositionNotional != nil }
}
