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

/// A reserve of a lending pool whose rates our own deposit and debt move.
public struct RateImpactPool: Hashable, Sendable {
    /// The deposit (`aToken`) of the reserve.
    public let instrument: InstrumentID
    /// All deposits without ours in whole tokens, from the start until a series tells; negative where only a
    /// series does.
    public let supplied: ExactDecimal
    /// All variable debt without ours, likewise.
    public let borrowed: ExactDecimal
    /// How the rates follow from the use of the reserve; nil keeps the calibration for its asset.
    public let rates: TwoSlopeRates?

    /// What stands for a total that only a series tells.
    public static let recorded = ExactDecimal(-1)

    /// A reserve.
    public init(
        instrument: InstrumentID, supplied: ExactDecimal, borrowed: ExactDecimal, rates: TwoSlopeRates? = nil
    ) {
        (self.instrument, self.supplied, self.borrowed) = (instrument, supplied, borrowed)
        self.rates = rates
    }

    /// The asset of the reserve.
    package var asset: Asset? { Asset(instrument.symbol)?.unwrapped }

    /// Whether its totals need a series.
    public var isRecorded: Bool { supplied.isNegative || borrowed.isNegative }
}

/// What a run decides about its chain.
public struct ChainRules: Hashable, Sendable {
    /// From asking a staking protocol for ETH to its payment; nil is each protocol's own: 3 days at Lido, 7
    /// at ether.fi.
    public var unstakingDelay: Timespan?
    /// Caps of lending pools, each instrument once; what is not named has none.
    public var caps: [PoolCap]

    /// Reserves whose rates our own size moves, each once; the others have the recorded interest whatever we
    /// hold.
    public var impacts: [RateImpactPool]

    /// Rules; each protocol's own delay, no caps and no impact unless given.
    public init(unstakingDelay: Timespan? = nil, caps: [PoolCap] = [], impacts: [RateImpactPool] = []) {
        (self.unstakingDelay, self.caps, self.impacts) = (unstakingDelay, caps, impacts)
    }
}
