import Markets
import Testing
import Units

@Suite("The numbers of an instrument")
struct InstrumentTermsTests {
    private static func instrument(_ base: String, _ quote: String, price: Int, quantity: Int) -> Instrument {
        Instrument(
            id: InstrumentID("test:spot:\(base)\(quote)")!, base: Asset(base)!, quote: Asset(quote)!,
            priceScale: Scale(price), quantityScale: Scale(quantity))
    }

    @Test("a notional is quantity x price at the quote asset's scale, rounded as named")
    func notionals() throws {
        // 0.12345678 x 43210.123456 (fill prices have four decimals more than the data's two).
        let bitcoin = Self.instrument("BTC", "USDT", price: 2, quantity: 8).terms
        #expect(bitcoin.fillPriceScale == Scale(6))
        let (quantity, price) = (Quantity(mantissa: 12_345_678), Price(mantissa: 43_210_123_456))
        // 12345678 x 43210123456 = 533458270528023168, over 10^6
        #expect(try bitcoin.notional(quantity, price, rounding: .down) == 533_458_270_528)
        #expect(try bitcoin.notional(quantity, price, rounding: .up) == 533_458_270_529)
        #expect(try bitcoin.notional(quantity, price) == 533_458_270_528)
        #expect(try bitcoin.notional(-quantity, price, rounding: .down) == -533_458_270_529)
        // Quote ETH has 18 decimals: 8 + 8 of the product are raised by two.
        let cross = Self.instrument("BTC", "ETH", price: 4, quantity: 8).terms
        #expect(try cross.notional(Quantity(mantissa: 3), Price(mantissa: 7)) == 21 * 100)
        let coarse = Self.instrument("BTC", "ETH", price: 0, quantity: 0).terms
        #expect(throws: ArithmeticOverflow.self) {
            try coarse.notional(Quantity(mantissa: Int64.max), Price(mantissa: Int64.max))
        }
    }

    @Test("fill prices are finer than prices, up to ten decimals")
    func scales() {
        for (price, fill) in [(0, 4), (2, 6), (6, 10), (8, 10), (10, 10), (12, 12)] {
            let terms = Self.instrument("BTC", "USDT", price: price, quantity: 8).terms
            #expect(terms.fillPriceScale == Scale(fill))
            #expect(Int128(terms.fillPriceFactor) == Scale.power(fill - price))
        }
        #expect(Self.instrument("ETH", "USDT", price: 2, quantity: 8).terms.baseFactor == Scale.power(10))
    }
}
