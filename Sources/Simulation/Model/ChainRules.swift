public import Markets
public import Units

/// The most that a pool takes in, or lends, of an asset.
public struct PoolCap: Hashable, Sendable {
    /// The deposit (`aToken`) or debt (`debtToken`) that is capped.
    public let instrument: InstrumentID
    /// The most, in whole tokens.
    public let amount: ExactDecimal

    /// A cap.
    public init(instrument: InstrumentID, amount: ExactDecimal) {
        (self.instrument, self.amount) = (instrument, amount)
    }
}

/// What a run decides about its chain.
public struct ChainRules: Hashable, Sendable {
    /// From asking a staking protocol for ETH to its payment; nil is each protocol's own: 3 days at Lido, 7
    /// at ether.fi.
    public var unstakingDelay: Timespan?
    /// Caps of lending pools, each instrument once; what is not named has none.
    public var caps: [PoolCap]

    /// Rules; each protocol's own delay and no caps unless given.
    public init(unstakingDelay: Timespan? = nil, caps: [PoolCap] = []) {
        (self.unstakingDelay, self.caps) = (unstakingDelay, caps)
    }
}
