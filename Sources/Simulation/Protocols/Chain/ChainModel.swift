public import Markets
public import Units

/// A token as the chain counts it.
public struct ChainToken: Sendable {
    /// What it is. ETH and WETH are one token here: wrapping is one to one, and Instadapp does it inside
    /// a group.
    public let asset: Asset
    /// Its decimals on the chain: 18 for ETH and its tokens, 6 for USDT.
    public let scale: Scale

    /// A token from its parts.
    public init(asset: Asset, scale: Scale) { (self.asset, self.scale) = (asset, scale) }
}

/// The protocols of a chain, as a run is configured: what exists, not what stands where.
///
/// ``ChainState`` holds what is owned, ``ChainMarket`` what the series say at a moment; all three are
/// indexed by the keys of the arrays here.
public struct ChainModel: Sendable {
    /// The tokens.
    public let tokens: [ChainToken]
    /// The token of the chain itself, ETH: what is staked and in which the price of gas is told.
    public let native: TokenKey
    /// The token in which gas is paid, ETH or a stable coin at the oracle price: a wallet of USDT alone can
    /// so pay without holding ETH.
    public let gasToken: TokenKey
    /// The rules of the lending pool.
    public let pool: LendingRules
    /// Its reserves.
    public let reserves: [LendingReserve]
    /// The staking protocols.
    public let staking: [StakingProtocol]
    /// The pairs that can be swapped.
    public let pairs: [SwapPair]
    /// What operations take of gas.
    public let gas: GasUnits
    /// What a flash loan costs.
    public let flashLoan: FlashLoanTerms

    /// A model whose parts agree.
    ///
    /// - Throws: all that disagrees: keys that name nothing, two reserves of one token, numbers out of
    ///   range.
    public init(
        tokens: [ChainToken], native: TokenKey, gasToken: TokenKey, pool: LendingRules = .aaveV3,
        reserves: [LendingReserve] = [], staking: [StakingProtocol] = [], pairs: [SwapPair] = [],
        gas: GasUnits = .standard, flashLoan: FlashLoanTerms = .morpho
    ) throws(ChainModelError) {
        self.tokens = tokens
        (self.native, self.gasToken) = (native, gasToken)
        (self.pool, self.reserves, self.staking) = (pool, reserves, staking)
        (self.pairs, self.gas, self.flashLoan) = (pairs, gas, flashLoan)
        let problems = self.problems
        guard problems.isEmpty else { throw ChainModelError(problems: problems) }
    }

    /// The reserve of a token, if the pool has one.
    public func reserve(of token: TokenKey) -> ReserveKey? {
        reserves.firstIndex { $0.token == token }.map { ReserveKey($0) }
    }

    /// The token of an asset, if the model has it.
    public func token(of asset: Asset) -> TokenKey? {
        tokens.firstIndex { $0.asset == asset }.map { TokenKey($0) }
    }

    /// The protocol that issues a token, if one does.
    public func staking(of token: TokenKey) -> StakingKey? {
        staking.firstIndex { $0.token == token }.map { StakingKey($0) }
    }

    func name(_ token: TokenKey) -> String { tokens[token.index].asset.symbol }

    func holds(_ key: TokenKey) -> Bool { tokens.indices.contains(key.index) }
    func holds(_ key: ReserveKey) -> Bool { reserves.indices.contains(key.index) }
    func holds(_ key: StakingKey) -> Bool { staking.indices.contains(key.index) }
    func holds(_ key: PairKey) -> Bool { pairs.indices.contains(key.index) }

    private var problems: [String] {
        var problems: [String] = []
        if !holds(native) { problems.append("the native token is not among the tokens") }
        if !holds(gasToken) { problems.append("the gas token is not among the tokens") }
        for (place, token) in tokens.enumerated() where token.scale.decimals > 27 {
            problems.append("token \(place), \(token.asset): more than 27 decimals")
        }
        for (place, reserve) in reserves.enumerated() {
            guard holds(reserve.token) else {
                problems.append("reserve \(place) names a token that does not exist")
                continue
            }
            let name = name(reserve.token)
            if self.reserve(of: reserve.token) != ReserveKey(place) {
                problems.append("\(name) has two reserves")
            }
            problems += reserve.terms.problems.map { "reserve \(name): \($0)" }
            if let caps = reserve.caps, caps.supply ?? 0 < 0 || caps.borrow ?? 0 < 0 {
                problems.append("reserve \(name): a cap is below 0")
            }
        }
        problems += (pool.efficiencyMode?.problems ?? []).map { "efficiency mode: \($0)" }
        for (place, protocolTerms) in staking.enumerated() {
            let sound =
                holds(protocolTerms.token) && protocolTerms.token != native
                && protocolTerms.minimum >= 0 && protocolTerms.delay.nanoseconds >= 0
            if !sound { problems.append("staking protocol \(place): token, minimum or delay is wrong") }
        }
        for (place, pair) in pairs.enumerated()
        where !holds(pair.base) || !holds(pair.quote) || pair.base == pair.quote {
            problems.append("pair \(place) does not name two tokens")
        }
        return problems
    }
}

/// What disagrees in a ``ChainModel``.
public struct ChainModelError: Error, Hashable, CustomStringConvertible {
    /// One sentence for each.
    public let problems: [String]

    public var description: String {
        "the protocols of the chain are described wrongly: " + problems.joined(separator: "; ")
    }
}
