internal import Markets
internal import StrategyKit
internal import Units

/// Observations of one step, waiting for the strategies.
struct ObservedBar: BitwiseCopyable {
    var bar: Bar
    var instrument: Int32
}

struct ObservedQuote: BitwiseCopyable {
    var quote: Quote
    var instrument: Int32
}

struct ObservedTrade: BitwiseCopyable {
    var trade: TradeTick
    var instrument: Int32
}

/// News of an order, due at a time.
struct StrategyNews: BitwiseCopyable {
    let due: Instant
    let book: Int32
    let update: OrderUpdate
    /// How the strategy's view of position and working quantity changes with it.
    let positionChange: Int64
    let workingChange: Int64
}
