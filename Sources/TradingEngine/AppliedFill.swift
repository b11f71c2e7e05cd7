public import Trading

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
}
