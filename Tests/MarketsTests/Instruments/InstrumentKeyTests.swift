import Markets
import Testing
import Units

@Suite("Instrument keys")
struct InstrumentKeyTests {
    @Test("a key is read into its parts and written back")
    func roundTrips() {
        for type in InstrumentType.allCases {
            let text = "aave-v3:\(type.rawValue):BTC/USDT-241227-C"
            let id = InstrumentID(text)
            #expect(id?.venue.name == "aave-v3" && id?.type == type && id?.symbol == "BTC/USDT-241227-C")
            #expect(id?.description == text)
        }
        #expect(InstrumentID("binance:perp:ETHUSDT")! < InstrumentID("binance:spot:BTCUSDT")!)
    }

    @Test("hostile keys are refused")
    func refusals() {
        let long = String(repeating: "A", count: 65)
        for text in [
            "", ":", "::", ":::", "binance", "binance:spot", "binance:spot:", "binance::BTC", ":spot:BTC",
            "binance:spot:BTC:USDT", "Binance:spot:BTC", "binance:SPOT:BTC", "binance:spot:BTC USDT",
            "binance:spot:BTC\n", "binance:spot:BTC\0", "binance:spot:\"BTC\"", "binance:spot:A,B",
            "binance:spot:\u{7F}", "bin ance:spot:BTC", "binänce:spot:BTC", "binance:spot:" + long,
            String(repeating: "a", count: 33) + ":spot:BTC", " binance:spot:BTC", "../etc:spot:BTC",
        ] { #expect(InstrumentID(text) == nil, "\(text)") }
        #expect(InstrumentID("binance:spot:" + String(repeating: "A", count: 64)) != nil)
        var random = SplitMix64(seed: 72)
        let form = Array("binance:spot:BTC".utf8)
        for _ in 0..<3_000 {
            var bytes = form
            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            let text = String(decoding: bytes, as: UTF8.self)
            if let id = InstrumentID(text) { #expect(id.description == text) }
        }
    }

    @Test("assets and venues are short plain words")
    func names() {
        for good in ["BTC", "weETH", "1INCH", "USD.e", "A_B", "A-B"] { #expect(Asset(good) != nil) }
        for bad in ["", "BTC ", "B:C", "Ä", "B/C", String(repeating: "A", count: 33)] {
            #expect(Asset(bad) == nil)
        }
        #expect(Venue("aave-v3") != nil && Venue("") == nil && Venue("A") == nil && Venue("a_b") == nil)
        #expect(Asset("ETH")!.ledgerScale == Scale(18) && Asset("weETH")!.ledgerScale == Scale(18))
        #expect(Asset("BTC")!.ledgerScale == Scale(8) && Asset("USDT")!.ledgerScale == Scale(8))
    }

    @Test("symbols split into base and quote")
    func symbols() {
        let cases = [
            ("BTC/USDT", "BTC", "USDT"), ("BTC-USD", "BTC", "USD"), ("ETH_BTC", "ETH", "BTC"),
            ("BTCUSDT", "BTC", "USDT"), ("ETHBTC", "ETH", "BTC"), ("BTCFDUSD", "BTC", "FDUSD"),
            ("USDCUSDT", "USDC", "USDT"), ("EURUSD", "EUR", "USD"), ("AAPL", "AAPL", "USD"),
            ("USDT", "USDT", "USD"),
            ("WBTCWETH", "WBTC", "WETH"), ("BTC-USD-241227", "BTC", "USD"), ("", "", "USD"),
            ("/", "/", "USD"),
        ]
        for (symbol, base, quote) in cases {
            let pair = SymbolPair.split(symbol)
            #expect(pair.base == base && pair.quote == quote, "\(symbol): \(pair)")
        }
        #expect(SymbolPair.split("SAP", fallbackQuote: "EUR").quote == "EUR")
    }
}
