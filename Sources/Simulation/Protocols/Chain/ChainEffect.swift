public import Accounting

/// Where a balance stands.
public enum ChainAccount: Hashable, Sendable {
    /// The wallet's balance of a token.
    case wallet(TokenKey)
    /// The deposit at a reserve (the aToken), in units of the token.
    case deposit(ReserveKey)
    /// The debt at a reserve (the variable debt token); a positive amount is owed.
    case debt(ReserveKey)
    /// What waits in a staking protocol's queue, in wei of the native token.
    case unstaking(StakingKey)
    /// What a flash loan is owed inside a group; a positive amount is owed, none after a group.
    case flashLoan(TokenKey)

    /// Whether a positive balance is owed rather than owned.
    public var isLiability: Bool {
        switch self {
        case .debt, .flashLoan: true
        case .wallet, .deposit, .unstaking: false
        }
    }

    /// The token in which it is counted.
    public func token(_ model: ChainModel) -> TokenKey {
        switch self {
        case .wallet(let token), .flashLoan(let token): token
        case .deposit(let reserve), .debt(let reserve): model.reserves[reserve.index].token
        case .unstaking: model.native
        }
    }
}

/// What kind of change an effect is.
public enum ChainEffectKind: Hashable, Sendable {
    /// Between accounts of one token: the moves of an operation sum to zero, liabilities counted negative.
    case moved
    /// One side of an exchange of tokens, by staking, unstaking or a swap at the market's rate.
    case exchanged
    /// Something gained or lost, by its cause: interest, gas, slippage, rewards, liquidation, dust.
    case caused(Cause)
}

/// One change of one balance.
///
/// The effects of a group sum, for each account, to the change of the state.
public struct ChainEffect: Hashable, Sendable {
    /// Which balance.
    public let account: ChainAccount
    /// By how much, in units of the account's token, signed. Of a debt, positive is more debt.
    public let change: Int128
    /// What kind of change.
    public let kind: ChainEffectKind
    /// The operation's place in its group, from 0; -1 for gas and for interest posted before the first.
    public let operation: Int

    /// An effect from its parts.
    public init(account: ChainAccount, change: Int128, kind: ChainEffectKind, operation: Int) {
        (self.account, self.change, self.kind) = (account, change, kind)
        self.operation = operation
    }
}
