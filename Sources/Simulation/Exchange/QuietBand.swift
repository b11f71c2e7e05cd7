public import Markets
public import Units

/// Prices between which quotes neither reach nor stand at any resting order of an instrument: most quotes are
/// done with after this look. Any request about the instrument takes the band away; the next quote that
/// passes all orders by sets it anew. What ends orders in between leaves it narrower than it could be, never
/// wider.
@usableFromInline struct QuietBand: Sendable, BitwiseCopyable {
    /// Both sides of the quote lie above this, the highest limit to buy, and above 0.
    @usableFromInline var above: Int64
    /// Both sides of the quote lie below this, the lowest limit to sell.
    @usableFromInline var below: Int64
    /// The first end of an order's time in force.
    @usableFromInline var until: Instant

    init(above: Int64, below: Int64, until: Instant) {
        (self.above, self.below, self.until) = (above, below, until)
    }

    /// The band of no quote.
    static let none = QuietBand(above: Int64.max, below: Int64.min, until: .distantPast)
    /// The band of every quote with both sides, before the first order narrows it.
    static let all = QuietBand(above: 0, below: Int64.max, until: .distantFuture)

    /// Leaves out what reaches a resting limit order, or stands at it.
    mutating func narrow(_ side: Side, limit: Int64, expires: Instant) {
        if side == .buy { above = max(above, limit) } else { below = min(below, limit) }
        until = min(until, expires)
    }

    /// Whether a quote lies within.
    @inlinable @inline(__always)
    func holds(_ quote: Quote) -> Bool {
        let (bid, ask) = (quote.bid.mantissa, quote.ask.mantissa)
        return bid > above && ask > above && bid < below && ask < below && quote.time < until
    }
}
