package import Accounting
package import Markets
internal import Units

extension Engine {
    /// The first half of ``observe(trade:of:)``, for a trade that no strategy sees: marks move.
    package func mark(_ trade: TradeTick, of instrument: InstrumentIndex) throws(LedgerError) {
        try mark(trade.price, of: instrument.position, by: .trades)
    }

    /// Whether nobody reaches a venue now.
    package func isOut(_ venue: Venue) -> Bool { setup.outages.holds(of: venue, at: now) }
}
