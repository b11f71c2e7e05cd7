public import Units

/// How much of something an operation takes.
public enum ChainQuantity: Hashable, Sendable {
    /// Units of the token.
    case exact(Int128)
    /// All of it: the wallet's balance to supply, stake or swap; the deposit to withdraw; the debt to
    /// repay.
    case all
    /// What the operation before it in the group put into the wallet.
    case produced
}

/// A limit on how far a swap may end from a rate that was known when it was decided.
public struct SlippageLimit: Hashable, Sendable {
    /// Whole quote tokens for one whole base token.
    public let rate: Wad
    /// The most that the result may be worse than ``rate``; 50 basis points by default, as Instadapp's.
    public let maximum: BasisPoints

    /// A limit from its parts.
    public init(rate: Wad, maximum: BasisPoints = BasisPoints(millionths: 50_000_000)) {
        (self.rate, self.maximum) = (rate, maximum)
    }
}

/// Which way a swap goes through its pair.
public enum SwapDirection: Hashable, Sendable {
    /// Gives the base token for the quote token.
    case sellBase
    /// Gives the quote token for the base token.
    case buyBase
}

/// One operation on the chain.
public enum ChainOperation: Hashable, Sendable {
    /// Deposits at a reserve.
    case supply(ReserveKey, ChainQuantity)
    /// Takes a deposit back.
    case withdraw(ReserveKey, ChainQuantity)
    /// Borrows at the variable rate.
    case borrow(ReserveKey, Int128)
    /// Repays debt; more than is owed is what is owed.
    case repay(ReserveKey, ChainQuantity)
    /// Chooses or leaves the efficiency mode.
    case setEfficiencyMode(Bool)
    /// Stakes the native token and wraps the result.
    case stake(StakingKey, ChainQuantity)
    /// Asks the protocol for the native token back; it can be claimed after its delay.
    case unstake(StakingKey, ChainQuantity)
    /// Takes all that is due out of a protocol's queue.
    case claim(StakingKey)
    /// Swaps at the market's rate less costs.
    case swap(PairKey, SwapDirection, ChainQuantity, limit: SlippageLimit?)
    /// Borrows without collateral until the end of the group.
    case flashBorrow(TokenKey, Int128)
    /// Repays the flash loan of a token, with its fee.
    case flashRepay(TokenKey)
}

/// Operations that happen together or not at all, in one transaction.
public struct AtomicGroup: Hashable, Sendable {
    /// In order.
    public let operations: [ChainOperation]
    /// After this moment the transaction reverts. 1800 s after the decision by default of Uniswap's
    /// interface.
    public let deadline: Instant?

    /// The usual time from decision to deadline, 1800 s.
    public static let usualDeadline = Timespan(nanoseconds: 1_800_000_000_000)
    /// The most gas that a group may take, 5,000,000 units.
    public static let gasLimit: Int128 = 5_000_000

    /// A group from its operations.
    public init(_ operations: [ChainOperation], deadline: Instant? = nil) {
        (self.operations, self.deadline) = (operations, deadline)
    }
}
