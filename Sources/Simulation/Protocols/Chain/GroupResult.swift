/// How a group ended.
public enum GroupOutcome: Hashable, Sendable {
    /// All of it happened.
    case done
    /// None of it happened, the gas is paid: an operation (by its place in the group; nil: the group as a
    /// whole) failed.
    case reverted(ChainRefusal, operation: Int?)
    /// It was not sent, and nothing was paid: the group is empty, names nothing that exists, is beyond
    /// the gas limit, or the wallet cannot pay the gas.
    case notSent(ChainRefusal)
}

/// What executing a group gave.
public struct GroupResult: Sendable {
    /// What is held afterwards.
    public let state: ChainState
    /// Every change, in order. Interest that the pool had already credited is among them also when the
    /// group reverted.
    public let effects: [ChainEffect]
    /// How it ended.
    public let outcome: GroupOutcome
    /// Units of gas that were paid for.
    public let gasUnits: Int128
}
