internal import MarketData
internal import Markets
internal import Simulation
internal import Units

/// The instruments of a run, made from its series: sorted by key, with units from data and overrides.
struct RunInstruments {
    let instruments: [Instrument]
    /// Series sorted by instrument, then kind; the order of their files plays no part.
    let series: [MarketSeries]
    /// Place of each series' instrument.
    let indices: [Int]
    /// Kinds by instrument.
    let kinds: [[SeriesKind]]
    /// Decimals of volumes in bars, by instrument.
    let volumeScales: [Scale]

    /// - Parameter operated: instruments of protocols that strategies use, with series or without.
    init(
        _ given: [MarketSeries], operated: [InstrumentID] = [], overrides: [InstrumentOverride],
        calendars: [InstrumentID: SessionCalendar]
    ) throws(BacktestError) {
        series = given.sorted { a, b in
            a.instrument != b.instrument ? a.instrument < b.instrument : a.kind < b.kind
        }
        for (a, b) in zip(series, series.dropFirst()) where a.instrument == b.instrument && a.kind == b.kind {
            throw .duplicateSeries(a.instrument, a.kind)
        }
        var ids: [InstrumentID] = []
        for one in series where ids.last != one.instrument { ids.append(one.instrument) }
        for id in operated where !ids.contains(id) { ids.append(id) }
        ids.sort()
        let hasProtocols = ids.contains { $0.type.isProtocolToken }
        var instruments: [Instrument] = []
        var kinds: [[SeriesKind]] = []
        var volumeScales: [Scale] = []
        for id in ids {
            let own = series.filter { $0.instrument == id }
            let override = overrides.first { $0.instrument == id }
            instruments.append(
                hasProtocols && id.type != .perp && id.type != .future
                    ? try RunInstruments.onChain(id, own, override, calendars[id])
                    : try RunInstruments.make(id, own, override, calendars[id]))
            kinds.append(own.map(\.kind))
            volumeScales.append(own.first { $0.kind == .bars }?.quantityScale ?? Scale(0))
        }
        try RunInstruments.checkRolls(instruments)
        self.instruments = instruments
        self.kinds = kinds
        self.volumeScales = volumeScales
        indices = series.map { one in ids.firstIndex(of: one.instrument) ?? 0 }
    }

    /// The most decimals of prices: 64 bits hold no price of one unit beyond it.
    static let finestPrices = Scale(18)

    private static func make(
        _ id: InstrumentID, _ series: [MarketSeries], _ override: InstrumentOverride?,
        _ calendar: SessionCalendar?
    ) throws(BacktestError) -> Instrument {
        let pair = SymbolPair.split(id.symbol)
        guard let base = override?.base ?? Asset(pair.base), let quote = override?.quote ?? Asset(pair.quote)
        else {
            throw .badInstrument(
                id, "its symbol names no base and quote asset; declare them under instruments")
        }
        if base == quote { throw .badInstrument(id, "base and quote are both \(base)") }
        var priced = series.filter { [.bars, .quotes, .trades, .mark].contains($0.kind) }
        // A contract may be marked by its index price alone.
        if priced.isEmpty && id.type.isContract { priced = series.filter { $0.kind == .index } }
        let priceScale = priced.map(\.priceScale).max() ?? Scale(0)
        if priceScale > finestPrices {
            throw .badInstrument(
                id, "its prices have \(priceScale) decimals, at most \(finestPrices) are read")
        }
        let quantityScale = Scale(8)
        let tick = try step(override?.tickSize, priceScale, id, "tick")
        let lot = try step(override?.lotSize, quantityScale, id, "lot")
        return Instrument(
            id: id, base: base, quote: quote, priceScale: priceScale, quantityScale: quantityScale,
            tickSize: Price(mantissa: tick), lotSize: Quantity(mantissa: lot),
            daysPerYear: daysPerYear(calendar), calendar: calendar, contract: try contract(id, override))
    }

    /// The terms of a contract: as given, else the standard ones with the venue's own taker fee.
    private static func contract(
        _ id: InstrumentID, _ override: InstrumentOverride?
    ) throws(BacktestError) -> ContractTerms? {
        guard id.type.isContract else {
            if override?.contract == nil { return nil }
            throw .badInstrument(id, "only perpetuals and dated futures have contract terms")
        }
        var terms = override?.contract ?? .standard
        if override?.contract == nil, let fees = VenueFees.schedule(of: id.venue, type: id.type) {
            do throws(ContractProblem) {
                terms = try ContractTerms(
                    liquidationFee: ExactDecimal(
                        mantissa: Int128(fees.taker.millionths), scale: Scale(10)))
            } catch { throw .badInstrument(id, error.description) }
        }
        if id.type == .future && terms.expiry == nil {
            throw .badInstrument(
                id, "a dated future needs its expiry: give instruments.\(id).contract.expiry")
        }
        if id.type == .perp && terms.expiry != nil {
            throw .badInstrument(id, "a perpetual has no expiry; name it \(id.venue):future:\(id.symbol)")
        }
        return terms
    }

    /// Refuses a roll into what is not there or does not fit.
    private static func checkRolls(_ instruments: [Instrument]) throws(BacktestError) {
        for instrument in instruments {
            guard let roll = instrument.contract?.roll else { continue }
            guard let next = instruments.first(where: { $0.id == roll.into }) else {
                throw .badInstrument(
                    instrument.id, "it rolls into \(roll.into), of which the run holds no series")
            }
            if let problem = instrument.rollProblem(into: next) {
                throw .badInstrument(instrument.id, "it cannot roll into \(roll.into): \(problem)")
            }
        }
    }

    /// As the exchange's calendar says; 252 for sessions of one that is not among them.
    static func daysPerYear(_ calendar: SessionCalendar?) -> Int {
        guard let calendar else { return ExchangeCalendar.always.daysPerYear }
        return ExchangeCalendar(rawValue: calendar.name)?.daysPerYear ?? 252
    }

    static func step(
        _ decimal: ExactDecimal?, _ scale: Scale, _ id: InstrumentID, _ name: String
    ) throws(BacktestError) -> Int64 {
        guard let decimal else { return 1 }
        guard let mantissa = decimal.exactMantissa(at: scale), let value = Int64(exactly: mantissa), value > 0
        else {
            throw .badInstrument(
                id,
                "its \(name) \(decimal) is not a positive multiple of 10^-\(scale), the finest its data allow"
            )
        }
        return value
    }
}
