import Accounting
import Markets
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

@Suite("Marks in the share class")
struct PricePathTests {
    private func marks(
        _ symbols: [String], shareClass: String, closes: [Int64], venues: [String] = []
    ) throws -> [String] {
        let instruments = symbols.enumerated().map {
            EngineFixture.instrument($1, venue: venues.isEmpty ? "test" : venues[$0])
        }
        let engine = try EngineFixture.engine(
            instruments, shareClass: shareClass, books: [Script().book(capital: ExactDecimal(1))])
        try engine.step(1, bars: closes.enumerated().map { ($1, $0) })
        return instruments.indices.map { engine.mark(of: InstrumentIndex($0)).description }
    }

    @Test("an asset quoted in the share class is marked at its price, exactly")
    func direct() throws {
        #expect(try marks(["BTCUSDT"], shareClass: "USDT", closes: [4_321_012]) == ["43210.12"])
    }

    @Test("an asset that quotes the share class is marked at one over the price")
    func inverse() throws {
        // USDT in BTC at 40,000.00: 0.000025; at 30,000: a third, rounded half even at twelve decimals.
        let engine = try EngineFixture.engine(
            shareClass: "BTC", books: [Script().book(capital: ExactDecimal(1))])
        try engine.step(1, bars: [(4_000_000, 0)])
        let quote = engine.accounts(of: InstrumentIndex(0), book: 0).quote
        #expect(engine.mark(of: quote).description == "0.000025")
        #expect(engine.mark(of: InstrumentIndex(0)).description == "1")
        try engine.step(2, bars: [(3_000_000, 0)])
        #expect(engine.mark(of: quote).description == "0.000033333333")
        try engine.step(3, bars: [(1_500_000, 0)])
        #expect(engine.mark(of: quote).description == "0.000066666667")
    }

    @Test("two hops multiply, in the order of the path")
    func twoHops() throws {
        // ETH in BTC at 0.05, BTC in USDT at 40,000.
        #expect(
            try marks(["BTCUSDT", "ETHBTC"], shareClass: "USDT", closes: [4_000_000, 5]) == ["40000", "2000"])
        // Through an inverse hop: DOGE in BTC at 0.02, ETH share class by ETHBTC at 0.04: half an ETH.
        #expect(try marks(["DOGEBTC", "ETHBTC"], shareClass: "ETH", closes: [2, 4]) == ["0.5", "1"])
        // Rounded half even after each hop, at 28 decimals of value less 8 of the asset: 0.02 / 0.03 is
        // 0.66666666666666666667, then x 40,000.01.
        #expect(
            try marks(
                ["BTCUSDT", "DOGEETH", "BTCETH"], shareClass: "USDT", closes: [4_000_001, 2, 3])[1]
                == "26666.67333333333333346667")
    }

    @Test("each venue prices its own assets, and borrows a path where it has none")
    func venues() throws {
        #expect(
            try marks(
                ["BTCUSDT", "BTCUSDT", "ETHBTC"], shareClass: "USDT", closes: [4_000_000, 4_100_000, 5],
                venues: ["alpha", "beta", "beta"]) == ["40000", "41000", "2050"])
        #expect(
            try marks(
                ["BTCUSDT", "ETHBTC"], shareClass: "USDT", closes: [4_000_000, 5], venues: ["alpha", "beta"])
                == ["40000", "2000"])
    }

    @Test("the middle of a quote is the mark where there are quotes, else the close, else the trade")
    func sources() throws {
        let kinds: [[SeriesKind]] = [[.bars, .quotes, .trades], [.bars, .trades], [.trades]]
        let engine = try EngineFixture.engine(
            ["AUSDT", "BUSDT", "CUSDT"].map { EngineFixture.instrument($0) }, kinds: kinds,
            books: [Script().book()])
        engine.beginStep(at: EngineFixture.time(1))
        for index in 0..<3 {
            try engine.observe(bar: EngineFixture.bar(1_000, at: 1), of: InstrumentIndex(index))
            try engine.observe(
                trade: TradeTick(
                    time: EngineFixture.time(1), price: Price(mantissa: 2_000), quantity: .zero,
                    aggressor: nil),
                of: InstrumentIndex(index))
        }
        try engine.observe(quote: EngineFixture.quote(3_000, 3_001, at: 1), of: InstrumentIndex(0))
        #expect((0..<3).map { engine.mark(of: InstrumentIndex($0)).description } == ["30.005", "10", "20"])
        // A quote with one side, or without, leaves the mark as it was.
        try engine.observe(quote: EngineFixture.quote(0, 5_000, at: 1), of: InstrumentIndex(0))
        try engine.observe(quote: EngineFixture.quote(5_000, 0, at: 1), of: InstrumentIndex(0))
        #expect(engine.mark(of: InstrumentIndex(0)).description == "30.005")
    }

    @Test("without a path the run is refused by an error that names the asset, the class and the instruments")
    func noPath() throws {
        for (symbols, shareClass, asset) in [
            (["BTCUSDT"], "EUR", "EUR"), (["BTCUSDT", "ETHEUR"], "USDT", "ETH"), (["BTCUSDT"], "DAI", "BTC"),
        ] {
            do {
                _ = try EngineFixture.engine(
                    symbols.map { EngineFixture.instrument($0) }, shareClass: shareClass,
                    books: [Script().book()])
                Issue.record("\(symbols) in \(shareClass) was accepted")
            } catch let error as EngineError {
                guard case .noPricePath = error else {
                    Issue.record("\(error)")
                    continue
                }
                let text = error.description
                for part in symbols.map({ "test:spot:\($0)" }) + [shareClass] where !text.contains(part) {
                    Issue.record("\(part) is not in: \(text)")
                }
                #expect(asset == shareClass || text.contains(asset))
            }
        }
    }

    @Test("a price too large to value throws and does not crash")
    func overflow() throws {
        let script = Script { call, context in
            if case .bar = call { context.target(Quantity(mantissa: 100_000_000), of: InstrumentIndex(0)) }
        }
        for close in [Int64.max, Int64.max / 10_000 + 1, 1 << 60] {
            let engine = try EngineFixture.engine(books: [script.book()])
            #expect(throws: (any Error).self) {
                try engine.step(1, bars: [(close, 0)])
                _ = try engine.step(
                    2, bars: [(Int64.max, 0)],
                    reports: [
                        (
                            EngineFixture.fill(
                                1, 100_000_000, 900_000_000_000_000, at: EngineFixture.time(1)), .epoch
                        )
                    ])
                for minute in 3...4 { try engine.step(minute, bars: [(Int64.max, 0)]) }
            }
        }
        let quotes = try EngineFixture.engine(kinds: [[.quotes]], books: [script.book()])
        #expect(throws: (any Error).self) {
            try quotes.observe(
                quote: EngineFixture.quote(Int64.max, Int64.max, at: 1), of: InstrumentIndex(0))
        }
    }
}
