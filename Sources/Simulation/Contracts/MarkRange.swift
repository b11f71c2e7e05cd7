package import Markets
internal import TradingEngine
package import Units

/// The lowest and highest price of a contract's mark over the bar that ended now, at the scale of its prices.
struct MarkRange {
    let instrument: Int
    let low: Int64
    let high: Int64
}

extension SimulatedClearing {
    /// A contract's marks moved between two prices since they were last known.
    package func marksMoved(of instrument: InstrumentIndex, low: Price, high: Price) {
        guard judgesExtremes, low.mantissa > 0, high.mantissa > 0 else { return }
        ranges.append(
            MarkRange(instrument: instrument.position, low: low.mantissa, high: high.mantissa))
    }

    /// Looks at all margin accounts with every contract of this step at its low, then at its high, and puts
    /// the marks back. What is liquidated there is closed there: the most careful reading of bars, which do
    /// not tell what happened first.
    func judgeRanges() throws {
        let closes = ranges.map { contracts.mark(of: $0.instrument)?.price ?? 0 }
        for range in ranges { try engine.move(mark: range.low, of: InstrumentIndex(range.instrument)) }
        try checkMargins(clearsCalls: false)
        for range in ranges { try engine.move(mark: range.high, of: InstrumentIndex(range.instrument)) }
        try checkMargins(clearsCalls: false)
        for (range, close) in zip(ranges, closes) {
            try engine.move(mark: close, of: InstrumentIndex(range.instrument))
        }
        ranges.removeAll(keepingCapacity: true)
    }
}
