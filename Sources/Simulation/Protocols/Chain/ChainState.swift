public import Units

/// What stands at one reserve of the lending pool.
public struct LendingBalance: Hashable, Sendable, BitwiseCopyable {
    /// The deposit divided by the liquidity index: what the protocol stores.
    public internal(set) var scaledDeposit: Int128 = 0
    /// The deposit as last posted, in units of the token.
    public internal(set) var deposit: Int128 = 0
    /// The debt divided by the variable borrow index: what the protocol stores.
    public internal(set) var scaledDebt: Int128 = 0
    /// The debt as last posted, in units of the token.
    public internal(set) var debt: Int128 = 0
    /// The share of the recorded interest that the deposit earns until it is next looked at: below 1 where
    /// our own size lowers the rate.
    public internal(set) var depositShare = Ray.one
    /// The same of the interest on the debt: above 1 where our own size raises the rate.
    public internal(set) var debtShare = Ray.one

    /// Neither deposit nor debt.
    public init() {}
}

/// A withdrawal that waits in a staking protocol's queue.
public struct PendingUnstake: Hashable, Sendable, BitwiseCopyable {
    /// Where it waits.
    public let staking: StakingKey
    /// What it will pay in wei, fixed when asked.
    public let amount: Int128
    /// When it can be claimed.
    public let due: Instant
}

/// What one owner holds on a chain: a value, so that undoing is forgetting.
public struct ChainState: Hashable, Sendable {
    /// The wallet, in units of each token, by ``TokenKey``. Staking tokens lie here too.
    public internal(set) var wallet: [Int128]
    /// The lending position, by ``ReserveKey``.
    public internal(set) var lending: [LendingBalance]
    /// Whether the lending position has chosen the efficiency mode.
    public internal(set) var usesEfficiencyMode = false
    /// Withdrawals in queues, in the order in which they were asked.
    public internal(set) var pending: [PendingUnstake] = []

    /// An owner with nothing.
    public init(model: ChainModel) {
        wallet = Array(repeating: 0, count: model.tokens.count)
        lending = Array(repeating: LendingBalance(), count: model.reserves.count)
    }

    /// What stands at an account, as last posted. A debt is told as a positive amount.
    public func balance(_ account: ChainAccount) throws(ArithmeticOverflow) -> Int128 {
        switch account {
        case .wallet(let token): return wallet[token.index]
        case .deposit(let reserve): return lending[reserve.index].deposit
        case .debt(let reserve): return lending[reserve.index].debt
        case .flashLoan: return 0
        case .unstaking(let key):
            var sum: Int128 = 0
            for entry in pending where entry.staking == key {
                sum = try WideArithmetic.add(sum, entry.amount, "pending withdrawals")
            }
            return sum
        }
    }

    /// Puts tokens into the wallet, or takes them out: a deposit, a withdrawal or a transfer between
    /// venues.
    ///
    /// - Returns: why not, where the wallet holds less than is taken.
    public mutating func transfer(
        _ amount: Int128, of token: TokenKey, model: ChainModel
    ) throws(ArithmeticOverflow) -> ChainRefusal? {
        guard model.holds(token) else { return .unknown("a token") }
        let next = try WideArithmetic.add(
            wallet[token.index], amount, "\(model.name(token)) in the wallet")
        guard next >= 0 else {
            return .walletTooSmall(
                token: model.name(token), has: wallet[token.index],
                needs: amount == .min ? .max : -amount)
        }
        wallet[token.index] = next
        return nil
    }

    func fits(_ model: ChainModel) -> Bool {
        wallet.count == model.tokens.count && lending.count == model.reserves.count
    }
}
