public import Units

/// Buy or sell.
public enum Side: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// Takes the base asset, gives the quote asset.
    case buy = 0
    /// Gives the base asset, takes the quote asset.
    case sell = 1

    /// The other side.
    @inlinable public var opposite: Side { self == .buy ? .sell : .buy }
    /// `BUY` or `SELL`.
    public var name: String { self == .buy ? "BUY" : "SELL" }
    /// 1 for buy, -1 for sell.
    @inlinable public var sign: Int64 { self == .buy ? 1 : -1 }
}

/// One trade of the market between others.
public struct TradeTick: Hashable, Sendable, BitwiseCopyable {
    /// When it happened.
    public var time: Instant
    /// Its price.
    public var price: Price
    /// Its quantity, at the instrument's quantity scale.
    public var quantity: Quantity
    /// The side that took liquidity, where the venue says.
    public var aggressor: Side?

    /// A trade.
    @inlinable public init(time: Instant, price: Price, quantity: Quantity, aggressor: Side?) {
        self.time = time
        self.price = price
        self.quantity = quantity
        self.aggressor = aggressor
    }
}
