internal import Markets
internal import TradingEngine
internal import Units

/// Venues that nobody reaches for a while.
extension SimulatedExchange {
    /// Whether the venue of an instrument is out at a moment.
    @inline(__always)
    func isOut(_ index: Int, at time: Instant) -> Bool {
        hasOutages && model.outages.holds(of: venues[index].instrument.id.venue, at: time)
    }

    /// Whether it is out at any moment of a span.
    func isOut(_ index: Int, from start: Instant, to end: Instant) -> Bool {
        hasOutages && model.outages.holds(of: venues[index].instrument.id.venue, from: start, to: end)
    }
}
