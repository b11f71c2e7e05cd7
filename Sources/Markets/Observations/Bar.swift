public import Units

/// Open, high, low, close and volume of one span of time. Visible only at ``closeTime``.
public struct Bar: Hashable, Sendable, BitwiseCopyable {
    /// Start of the span.
    public var openTime: Instant
    /// End of the span; the bar exists for a strategy from here on.
    public var closeTime: Instant
    /// First price.
    public var open: Price
    /// Highest price.
    public var high: Price
    /// Lowest price.
    public var low: Price
    /// Last price.
    public var close: Price
    /// Traded base quantity, at the series' own volume scale; nil is not told apart from 0.
    public var volume: Quantity

    /// A bar.
    @inlinable public init(
        openTime: Instant, closeTime: Instant, open: Price, high: Price, low: Price, close: Price,
        volume: Quantity
    ) {
        self.openTime = openTime
        self.closeTime = closeTime
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }
}
