public import Units

/// What the series of a reserve say at a moment.
public struct ReserveMarket: Hashable, Sendable {
    /// The liquidity index: a deposit grows as it does.
    public var liquidityIndex: Ray
    /// The variable borrow index: a debt grows as it does.
    public var borrowIndex: Ray
    /// All deposits of the pool without ours, in units of the token; nil where not recorded.
    public var totalSupplied: Int128?
    /// All variable debt of the pool without ours; nil where not recorded.
    public var totalBorrowed: Int128?

    /// The state of a reserve from its parts.
    public init(
        liquidityIndex: Ray = .one, borrowIndex: Ray = .one, totalSupplied: Int128? = nil,
        totalBorrowed: Int128? = nil
    ) {
        (self.liquidityIndex, self.borrowIndex) = (liquidityIndex, borrowIndex)
        (self.totalSupplied, self.totalBorrowed) = (totalSupplied, totalBorrowed)
    }
}

/// What the recorded series of a chain say at a moment: only values known then.
public struct ChainMarket: Sendable {
    /// The moment.
    public var time: Instant
    /// By ``ReserveKey``.
    public var reserves: [ReserveMarket]
    /// Price of one whole token in USD at 8 decimals, as Aave's oracle tells it, by ``TokenKey``; 0 is
    /// unknown.
    public var oraclePrices: [Int128]
    /// ETH for one whole staking token at the protocol (the oracle ratio), by ``StakingKey``; 0 is unknown.
    public var stakingRatios: [Wad]
    /// Whole quote tokens for one whole base token on the exchange, before costs, by ``PairKey``; 0 is
    /// unknown.
    public var rates: [Wad]
    /// The price of a unit of gas in wei: gwei of the series times `10^9`.
    public var gasPrice: Int128

    /// Decimals of ``oraclePrices`` and of values in the pool's base currency, 8.
    public static let priceScale = Scale(8)

    /// A market in which nothing is known: indices and ratios are 1, prices and rates 0, gas is free.
    public init(model: ChainModel, time: Instant) {
        self.time = time
        reserves = Array(repeating: ReserveMarket(), count: model.reserves.count)
        oraclePrices = Array(repeating: 0, count: model.tokens.count)
        stakingRatios = Array(repeating: .one, count: model.staking.count)
        rates = Array(repeating: .zero, count: model.pairs.count)
        gasPrice = 0
    }

    /// Whether it has a place for everything in a model.
    func fits(_ model: ChainModel) -> Bool {
        reserves.count == model.reserves.count && oraclePrices.count == model.tokens.count
            && stakingRatios.count == model.staking.count && rates.count == model.pairs.count
    }
}
