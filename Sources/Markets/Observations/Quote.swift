public import Units

/// Best bid and ask with their sizes.
public struct Quote: Hashable, Sendable, BitwiseCopyable {
    /// When the venue published it.
    public var time: Instant
    /// Best price at which others buy.
    public var bid: Price
    /// Best price at which others sell.
    public var ask: Price
    /// Quantity at the bid, at the instrument's quantity scale.
    public var bidSize: Quantity
    /// Quantity at the ask, at the instrument's quantity scale.
    public var askSize: Quantity

    /// A quote.
    @inlinable public init(time: Instant, bid: Price, ask: Price, bidSize: Quantity, askSize: Quantity) {
        self.time = time
        self.bid = bid
        self.ask = ask
        self.bidSize = bidSize
        self.askSize = askSize
    }
}
