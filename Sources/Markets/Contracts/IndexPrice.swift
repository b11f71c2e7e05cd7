public import Units

/// The index price of a contract: what its asset costs over the venues that its own venue looks at.
public struct IndexPrice: Hashable, Sendable {
    /// The price, in the quote asset.
    public let price: ExactDecimal
    /// The moment of the data's own stamp: from here on it is known.
    public let time: Instant

    /// A price of a moment.
    public init(price: ExactDecimal, time: Instant) { (self.price, self.time) = (price, time) }

    /// An index or mark price older than this is stale.
    public static let staleAge = Timespan.hour

    /// Whether it is too old to be gone by.
    public func isStale(at moment: Instant) -> Bool { moment.since(time) > IndexPrice.staleAge }
}
