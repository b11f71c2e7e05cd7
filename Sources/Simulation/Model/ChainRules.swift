public import Units

/// What a run decides about its chain.
public struct ChainRules: Hashable, Sendable {
    /// From asking a staking protocol for ETH to its payment; nil is each protocol's own: 3 days at Lido, 7
    /// at ether.fi.
    public var unstakingDelay: Timespan?

    /// Rules; each protocol's own delay unless given.
    public init(unstakingDelay: Timespan? = nil) { self.unstakingDelay = unstakingDelay }
}
