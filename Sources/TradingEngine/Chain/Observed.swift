public import Markets
internal import StrategyKit
internal import Units

/// Observations of one step, waiting for the strategies.
@usableFromInline struct ObservedBar: BitwiseCopyable {
    @usableFromInline var bar: Bar
    @usableFromInline var instrument: Int32
}

@usableFromInline struct ObservedQuote: BitwiseCopyable {
    @usableFromInline var quote: Quote
    @usableFromInline var instrument: Int32
}

@usableFromInline struct ObservedTrade: BitwiseCopyable {
    @usableFromInline var trade: TradeTick
    @usableFromInline var instrument: Int32
}

/// News of an order, due at a time.
@usableFromInline struct StrategyNews: BitwiseCopyable {
    var due: Instant
    var book: Int32
    var update: OrderUpdate
    /// How the strategy's view of position and working quantity changes with it.
    var positionChange: Int64
    var workingChange: Int64
}
