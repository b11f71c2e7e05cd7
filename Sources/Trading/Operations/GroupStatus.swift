public import Units

/// Where an atomic group stands.
public enum GroupStatus: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// Asked for, not yet looked at.
    case pending = 0
    /// Sent to the chain.
    case submitted
    /// All of it happened.
    case executed
    /// None of it happened; its gas was paid.
    case reverted
    /// Its deadline passed before it was taken up; nothing was paid.
    case expired
    /// Refused before it was sent; nothing was paid.
    case refused

    /// Whether nothing follows any more.
    public var isTerminal: Bool { successors.isEmpty }

    /// Kebab-case name.
    public var name: String {
        switch self {
        case .pending: "pending"
        case .submitted: "submitted"
        case .executed: "executed"
        case .reverted: "reverted"
        case .expired: "expired"
        case .refused: "refused"
        }
    }

    /// The statuses that may follow.
    public var successors: [GroupStatus] {
        switch self {
        case .pending: [.submitted, .refused]
        case .submitted: [.executed, .reverted, .expired]
        case .executed, .reverted, .expired, .refused: []
        }
    }
}

/// A status of a group that does not follow from the one before.
public struct IllegalGroupTransition: Error, Hashable, CustomStringConvertible {
    /// Which group.
    public let group: GroupID
    /// Where it stood.
    public let from: GroupStatus
    /// Where it was to go.
    public let to: GroupStatus

    public var description: String {
        "group \(group.number) cannot go from \(from.name) to \(to.name)"
    }
}

/// Why a group was refused, reverted or expired. Stable: logs show ``name``.
public enum GroupFailure: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// None to give.
    case none = 0
    /// The run's window has not begun.
    case notTrading
    /// It has no operation, or more than ``OperationGroup/longest``.
    case badGroup
    /// An amount is not positive, or below the smallest unit of the token.
    case badAmount
    /// The operation does not go with its instrument, or the run does not simulate it.
    case notSupported
    /// The wallet, the deposit or the debt is smaller than the amount.
    case insufficientBalance
    /// The wallet cannot pay the gas.
    case insufficientGas
    /// No index, ratio or price is known yet for what it does.
    case noMark
    /// A cap of the pool.
    case capExceeded
    /// The loan would not be covered any more.
    case unhealthy
    /// A swap gives less than the slippage limit allows.
    case slippage
    /// A flash loan is not paid back within the group.
    case unpaidFlashLoan
    /// It was taken up after its deadline.
    case deadlinePassed
    /// The kill switch is engaged, and the group does not only reduce.
    case killSwitch
    /// Nobody reaches a venue that it needs.
    case venueUnavailable
    /// A risk monitor lets the account only reduce, and the group enters.
    case riskOverride

    /// Kebab-case name.
    public var name: String {
        switch self {
        case .none: ""
        case .notTrading: "not-trading"
        case .badGroup: "bad-group"
        case .badAmount: "bad-amount"
        case .notSupported: "not-supported"
        case .insufficientBalance: "insufficient-balance"
        case .insufficientGas: "insufficient-gas"
        case .noMark: "no-mark"
        case .capExceeded: "cap-exceeded"
        case .unhealthy: "unhealthy"
        case .slippage: "slippage"
        case .unpaidFlashLoan: "unpaid-flash-loan"
        case .deadlinePassed: "deadline-passed"
        case .killSwitch: "kill-switch"
        case .venueUnavailable: "venue-unavailable"
        case .riskOverride: "risk-override"
        }
    }
}

/// A group under way: what was asked for and where it stands.
public struct SubmittedGroup: Hashable, Sendable {
    /// Its number.
    public let id: GroupID
    /// Place of the strategy that asked.
    public let strategy: Int
    /// What was asked for.
    public let group: OperationGroup
    /// When.
    public let askedAt: Instant
    /// Where it stands.
    public private(set) var status = GroupStatus.pending
    /// Why it ended, where it did not execute.
    public private(set) var failure = GroupFailure.none
    /// Number of the operation that failed, from 1 up; 0 for none, or for the group as a whole.
    public private(set) var failedOperation = 0

    /// A group that was asked for.
    public init(id: GroupID, strategy: Int, group: OperationGroup, askedAt: Instant) {
        (self.id, self.strategy, self.group, self.askedAt) = (id, strategy, group, askedAt)
    }

    /// Moves to the next status; anything that does not follow is refused.
    public mutating func move(
        to next: GroupStatus, failure: GroupFailure = .none, operation: Int = 0
    ) throws(IllegalGroupTransition) {
        guard status.successors.contains(next) else {
            throw IllegalGroupTransition(group: id, from: status, to: next)
        }
        (status, self.failure, failedOperation) = (next, failure, operation)
    }

    /// The last moment at which it may be taken up.
    public var deadline: Instant { askedAt + group.deadline }
}

/// What became of a group.
public struct GroupReport: Hashable, Sendable {
    /// The group as it ended.
    public let group: SubmittedGroup
    /// What each operation moved, in the order of the operations, at the assets' ledger scales; empty where
    /// none happened.
    public let moved: [Amount]
    /// Gas paid, in ETH at its ledger scale.
    public let gas: Amount

    /// A report.
    public init(group: SubmittedGroup, moved: [Amount], gas: Amount) {
        (self.group, self.moved, self.gas) = (group, moved, gas)
    }
}
