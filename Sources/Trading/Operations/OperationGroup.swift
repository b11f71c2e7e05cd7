public import Units

/// Number of an atomic group within its run, from 1 up.
public struct GroupID: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The number.
    public let number: UInt64

    /// A group's number.
    @inlinable public init(_ number: UInt64) { self.number = number }

    @inlinable public static func < (a: GroupID, b: GroupID) -> Bool { a.number < b.number }
}

/// What a strategy means by a change of its positions. The same five for every mode.
public enum PositionAction: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// From nothing to the whole position.
    case entryFull = 0
    /// More of it, as after a deposit.
    case entryPartial
    /// Less of it, as for a withdrawal.
    case exitPartial
    /// All of it.
    case exitFull
    /// Rewards and remainders into the share class.
    case sellDust

    /// Kebab-case name: `entry-full`.
    public var name: String {
        switch self {
        case .entryFull: "entry-full"
        case .entryPartial: "entry-partial"
        case .exitPartial: "exit-partial"
        case .exitFull: "exit-full"
        case .sellDust: "sell-dust"
        }
    }
}

/// Operations that one transaction carries: all of them happen, in their order, or none; gas is paid once,
/// and also when none happened.
public struct OperationGroup: Hashable, Sendable {
    /// The operations, the first is number 1.
    public let operations: [DeFiOperation]
    /// What the strategy means by it.
    public let action: PositionAction
    /// Most that a swap may give less than its market ratio says.
    public let slippageLimit: BasisPoints
    /// How long it is valid after it was asked for.
    public let deadline: Timespan

    /// The most operations of a group.
    public static let longest = 16
    /// The slippage limit where nothing is said: 50 basis points.
    public static let defaultSlippageLimit = BasisPoints(millionths: 50_000_000)
    /// The deadline where nothing is said: 1800 seconds.
    public static let defaultDeadline = 1800 * Timespan.second

    /// A group.
    public init(
        _ action: PositionAction, _ operations: [DeFiOperation],
        slippageLimit: BasisPoints = OperationGroup.defaultSlippageLimit,
        deadline: Timespan = OperationGroup.defaultDeadline
    ) {
        (self.action, self.operations) = (action, operations)
        (self.slippageLimit, self.deadline) = (slippageLimit, deadline)
    }
}
