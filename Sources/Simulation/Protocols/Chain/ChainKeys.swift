/// A token of a ``ChainModel``, by its place in ``ChainModel/tokens``.
public struct TokenKey: Hashable, Sendable, BitwiseCopyable {
    /// The place, from 0.
    public let index: Int
    /// A token by its place.
    public init(_ index: Int) { self.index = index }
}

/// A reserve of the lending pool, by its place in ``ChainModel/reserves``.
public struct ReserveKey: Hashable, Sendable, BitwiseCopyable {
    /// The place, from 0.
    public let index: Int
    /// A reserve by its place.
    public init(_ index: Int) { self.index = index }
}

/// A staking protocol, by its place in ``ChainModel/staking``.
public struct StakingKey: Hashable, Sendable, BitwiseCopyable {
    /// The place, from 0.
    public let index: Int
    /// A staking protocol by its place.
    public init(_ index: Int) { self.index = index }
}

/// A pair of tokens that a decentralised exchange swaps, by its place in ``ChainModel/pairs``.
public struct PairKey: Hashable, Sendable, BitwiseCopyable {
    /// The place, from 0.
    public let index: Int
    /// A pair by its place.
    public init(_ index: Int) { self.index = index }
}
