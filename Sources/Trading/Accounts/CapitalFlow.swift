public import Units

/// Capital that comes into a run or is taken out of it at a moment.
public struct CapitalFlow: Hashable, Sendable {
    /// When; it is taken up at the first step at or after it.
    public let time: Instant
    /// How much of the share class: positive is a deposit, negative a withdrawal.
    public let amount: ExactDecimal

    /// A flow.
    public init(time: Instant, amount: ExactDecimal) { (self.time, self.amount) = (time, amount) }
}
