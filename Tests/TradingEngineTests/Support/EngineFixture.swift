import Accounting
import Markets
import Risk
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

/// Instruments, observations and reports for engines under test.
enum EngineFixture {
    static func instrument(_ symbol: String, venue: String = "test", price: Int = 2, quantity: Int = 8)
        -> Instrument
    {
        let pair = SymbolPair.split(symbol)
        return Instrument(
            id: InstrumentID("\(venue):spot:\(symbol)")!, base: Asset(pair.base)!, quote: Asset(pair.quote)!,
            priceScale: Scale(price), quantityScale: Scale(quantity))
    }

    static func engine(
        _ instruments: [Instrument] = [instrument("BTCUSDT")], kinds: [[SeriesKind]]? = nil,
        shareClass: String = "USDT", books: [EngineBook], limits: RiskLimits = RiskLimits(),
        allowsShortSpot: Bool = true, allowsOverdraft: Bool = true,
        sink: ((UnsafeRawBufferPointer) -> Void)? = nil
    ) throws -> Engine {
        let engine = try Engine(
            setup: EngineSetup(
                instruments: instruments, series: kinds ?? instruments.map { _ in [.bars] },
                shareClass: Asset(shareClass)!, books: books, limits: limits,
                allowsShortSpot: allowsShortSpot,
                allowsOverdraft: allowsOverdraft, recordsJournal: true, inputs: "test"),
            logSink: sink)
        try engine.open(at: time(0))
        return engine
    }

    static func time(_ minutes: Int) -> Instant { Instant.epoch + minutes * .minute }

    static func bar(_ close: Int64, at minutes: Int) -> Bar {
        let price = Price(mantissa: close)
        return Bar(
            openTime: time(minutes - 1), closeTime: time(minutes), open: price, high: price, low: price,
            close: price, volume: .zero)
    }

    static func quote(_ bid: Int64, _ ask: Int64, at minutes: Int) -> Quote {
        Quote(
            time: time(minutes), bid: Price(mantissa: bid), ask: Price(mantissa: ask),
            bidSize: Quantity(mantissa: 1), askSize: Quantity(mantissa: 1))
    }

    /// A fill of an order at a price of two decimals, with the fee in hundredths of a millionth.
    static func fill(
        _ order: UInt64, _ quantity: Int64, _ price: Int64, reference: Int64? = nil, fee: Int128 = 0,
        at time: Instant
    ) -> VenueReport {
        .filled(
            FillReport(
                order: OrderID(order), time: time, quantity: Quantity(mantissa: quantity),
                price: Price(mantissa: price * 10_000),
                referencePrice: Price(mantissa: (reference ?? price) * 10_000),
                fee: Amount(units: fee), liquidity: .taker))
    }
}

extension Engine {
    /// One whole step with bars, without a venue; returns the commands.
    @discardableResult
    func step(_ minutes: Int, bars: [(Int64, Int)] = [], reports: [(VenueReport, Instant)] = []) throws
        -> [VenueCommand]
    {
        beginStep(at: EngineFixture.time(minutes))
        for (close, index) in bars {
            try observe(bar: EngineFixture.bar(close, at: minutes), of: InstrumentIndex(index))
        }
        for (report, known) in reports { try apply(report, knownAt: known) }
        try decide()
        var commands: [VenueCommand] = []
        forEachCommand { commands.append($0) }
        try endStep()
        return commands
    }
}
