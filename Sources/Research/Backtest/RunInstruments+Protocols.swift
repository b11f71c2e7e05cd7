internal import MarketData
internal import Markets
internal import StrategyKit
internal import Units

extension BacktestPlan {
    /// The protocols through which the plan's strategies operate.
    func operatedInstruments(_ registry: StrategyRegistry) -> [InstrumentID] {
        var operated: [InstrumentID] = []
        for planned in strategies {
            guard let type = registry.strategy(named: planned.strategy) else { continue }
            // What is wrong with parameters is told when the run is prepared.
            let parameters = Parameters.resolve(
                planned.parameters, schema: type.descriptor.parameters
            ).parameters
            for id in type.operates(parameters, shareClass: shareClass) where !operated.contains(id) {
                operated.append(id)
            }
        }
        return operated
    }
}

extension RunInstruments {
    /// An instrument of a run with protocols: tokens of protocols are counted in the asset behind them, WETH
    /// is ETH, and a pair that has only ratios prices its assets without being traded.
    static func onChain(
        _ id: InstrumentID, _ series: [MarketSeries], _ override: InstrumentOverride?,
        _ calendar: SessionCalendar?
    ) throws(BacktestError) -> Instrument {
        let pair = SymbolPair.split(id.symbol)
        let (baseName, quoteName): (String, String) =
            switch id.type {
            case .aToken, .debtToken, .base: (id.symbol, id.symbol)
            case .lst: (id.symbol, Asset.ether.symbol)
            default: pair
            }
        guard let base = override?.base ?? Asset(baseName)?.unwrapped,
            let quote = override?.quote ?? Asset(quoteName)?.unwrapped
        else {
            throw .badInstrument(
                id, "its symbol names no base and quote asset; declare them under instruments")
        }
        let traded = series.filter { [.bars, .quotes, .trades].contains($0.kind) }
        let ratios = series.filter { $0.kind == .ratio }
        let isReference = id.type == .spot && traded.isEmpty && !ratios.isEmpty
        if id.type == .spot && base == quote { throw .badInstrument(id, "base and quote are both \(base)") }
        let scale = (isReference ? ratios : traded).map(\.priceScale).max() ?? Scale(0)
        if scale > finestPrices {
            throw .badInstrument(
                id, "its prices have \(scale) decimals, at most \(finestPrices) are read")
        }
        return Instrument(
            id: id, base: base, quote: quote, priceScale: scale, quantityScale: Scale(8),
            tickSize: Price(mantissa: try step(override?.tickSize, scale, id, "tick")),
            lotSize: Quantity(mantissa: try step(override?.lotSize, Scale(8), id, "lot")),
            daysPerYear: daysPerYear(calendar), calendar: calendar, isReference: isReference,
            isPool: id.type == .spot && id.venue.isDecentralised)
    }
}
