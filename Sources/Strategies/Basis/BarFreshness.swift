package import Markets
package import Units

/// Whether markets are open, as far as their bars tell: a market is closed when its last bar ended longer ago
/// than a bar lasts.
package struct BarFreshness: Sendable {
    private struct Market {
        let instrument: InstrumentIndex
        var closeTime = Instant.distantPast
        var span = Timespan.zero
    }

    private var markets: [Market]

    /// Markets without a bar so far.
    package init(_ instruments: [InstrumentIndex]) { markets = instruments.map { Market(instrument: $0) } }

    /// Takes note of a closed bar; those of other instruments do not matter.
    package mutating func receive(_ bar: Bar, of instrument: InstrumentIndex) {
        guard let place = markets.firstIndex(where: { $0.instrument == instrument }) else { return }
        markets[place].closeTime = bar.closeTime
        markets[place].span = bar.closeTime.since(bar.openTime)
    }

    /// Whether every market is open.
    package func areOpen(at time: Instant) -> Bool {
        markets.allSatisfy { time.since($0.closeTime) < $0.span }
    }
}
