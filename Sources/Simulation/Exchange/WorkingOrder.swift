internal import Markets
public import Trading
public import Units

/// An order at the simulated exchange.
struct WorkingOrder: BitwiseCopyable {
    let id: OrderID
    let strategy: Int
    let side: Side
    let timeInForce: TimeInForce
    let isPostOnly: Bool
    let isReduceOnly: Bool
    /// What is left, at the instrument's quantity scale.
    var leaves: Int64
    /// What filled already; an amendment gives the new total.
    var filled: Int64 = 0
    /// Type with its prices; a triggered stop becomes `market` or `limit`.
    var type: OrderType
    /// When it reached the exchange: only data from here on can fill it.
    var activeFrom: Instant
    /// When its time in force ends; distant future for orders without end.
    var expires: Instant
    /// Whether it was already held against data: from then on it makes, before it takes.
    var hasRested = false
    /// Best price since it became active, for trailing stops; 0 before any.
    var bestPrice: Int64 = 0
    /// Quantity before it in the queue at its price; -1 while the level was not seen.
    var queueAhead: Int64 = -1
    /// Whether its stop was reached; ``type`` is then what it became.
    var hasTriggered = false
    /// Whether a post-only order on its way would trade against the market as last seen before it arrives.
    var wouldTake = false

    /// Whether it may not rest.
    var isImmediate: Bool { timeInForce == .immediateOrCancel || timeInForce == .fillOrKill }

    /// A type as the exchange works it: what a stop became, once it was reached.
    func effective(_ type: OrderType) -> OrderType {
        guard hasTriggered else { return type }
        switch type {
        case .market, .limit: return type
        case .stop, .trailingStop: return .market
        case .stopLimit(_, let limit): return .limit(limit)
        }
    }

    /// Whether a buy at `price` is no worse than this limit, or a sell.
    func isMarketable(at price: Int64, limit: Int64) -> Bool {
        side == .buy ? price <= limit : price >= limit
    }

    /// Whether a price reaches this stop.
    func isTriggered(by price: Int64, stop: Int64) -> Bool {
        side == .buy ? price >= stop : price <= stop
    }
}

/// A request about a working order that is on its way to the exchange.
struct PendingRequest: BitwiseCopyable {
    enum Change: BitwiseCopyable {
        case cancel
        case amend(quantity: Quantity, type: OrderType)
    }

    let order: OrderID
    let arrival: Instant
    let change: Change
    /// Whether a post-only order, so changed, would trade against the market as last seen.
    var wouldTake = false
}

/// A report and when the strategy hears of it.
public struct TimedReport: Hashable, Sendable, BitwiseCopyable {
    /// What the exchange says.
    public let report: VenueReport
    /// When it reaches the strategy.
    public let knownAt: Instant
}
