public import Trading
public import Units

/// What a fill changed, for results.
public struct AppliedFill: Hashable, Sendable, BitwiseCopyable {
    /// The order after the fill.
    public let order: Order
    /// The fill.
    public let fill: FillReport
    /// What it did to the position.
    public let change: Position.Change
    /// The position after it.
    public let position: Position
    /// Profit that it realised, in the settlement asset; nil for what is not a contract.
    public let realized: Amount?
    /// ``OrderReason/liquidated`` or ``OrderReason/expired`` where the venue itself closed the position.
    public let reason: OrderReason
}
