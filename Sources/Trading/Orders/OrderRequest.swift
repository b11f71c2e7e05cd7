public import Markets
public import Units

/// Number of an order within its run, from 1 up. Texts for people and venues are derived from it.
public struct OrderID: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The number; 0 is no order.
    public let number: UInt64

    /// An order number.
    @inlinable public init(_ number: UInt64) { self.number = number }

    /// No order.
    public static let none = OrderID(0)

    @inlinable public static func < (a: OrderID, b: OrderID) -> Bool { a.number < b.number }
}

/// How far a trailing stop follows the best price.
public enum TrailingDistance: Hashable, Sendable, BitwiseCopyable {
    /// A distance in price.
    case price(Price)
    /// A fraction of the best price.
    case fraction(BasisPoints)
}

/// When and at which price an order may trade.
public enum OrderType: Hashable, Sendable, BitwiseCopyable {
    /// At once, at the market's price.
    case market
    /// At this price or better.
    case limit(Price)
    /// Becomes a market order when the market trades at this price or beyond.
    case stop(Price)
    /// Becomes a limit order when the market trades at the stop price or beyond.
    case stopLimit(stop: Price, limit: Price)
    /// A stop that follows the best price since the order was placed.
    case trailingStop(TrailingDistance)

    /// Name in files and messages: `stop-limit`.
    public var name: String {
        switch self {
        case .market: "market"
        case .limit: "limit"
        case .stop: "stop"
        case .stopLimit: "stop-limit"
        case .trailingStop: "trailing-stop"
        }
    }
}

/// How long an order works.
public enum TimeInForce: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// Until it fills or is cancelled.
    case goodTillCancelled = 0
    /// Until the end of the session, or of the UTC day where the market never closes.
    case day
    /// Fills what it can on the first data after it arrives; the rest is cancelled.
    case immediateOrCancel
    /// Fills whole on the first data after it arrives, or is cancelled.
    case fillOrKill

    /// `gtc`, `day`, `ioc`, `fok`.
    public var name: String {
        switch self {
        case .goodTillCancelled: "gtc"
        case .day: "day"
        case .immediateOrCancel: "ioc"
        case .fillOrKill: "fok"
        }
    }
}

/// What a strategy asks for.
public struct OrderRequest: Hashable, Sendable, BitwiseCopyable {
    /// Which instrument.
    public var instrument: InstrumentIndex
    /// Buy or sell.
    public var side: Side
    /// How much, positive, a multiple of the lot size.
    public var quantity: Quantity
    /// Type and prices.
    public var type: OrderType
    /// How long it works.
    public var timeInForce: TimeInForce
    /// Whether it must rest: rejected when it would trade on arrival. Limit orders only.
    public var isPostOnly: Bool
    /// Whether it may only make a position smaller: cut to the position, cancelled when there is none.
    public var isReduceOnly: Bool

    /// An order to ask for.
    @inlinable public init(
        _ side: Side, _ quantity: Quantity, of instrument: InstrumentIndex, type: OrderType = .market,
        timeInForce: TimeInForce = .goodTillCancelled, isPostOnly: Bool = false, isReduceOnly: Bool = false
    ) {
        self.instrument = instrument
        self.side = side
        self.quantity = quantity
        self.type = type
        self.timeInForce = timeInForce
        self.isPostOnly = isPostOnly
        self.isReduceOnly = isReduceOnly
    }

    /// The quantity with the side's sign; 0 when it is not positive, as such an order is refused.
    @inlinable public var signedQuantity: Int64 { quantity.mantissa > 0 ? side.sign * quantity.mantissa : 0 }
}
