import Markets
import Strategies
import Testing
import Units

@Suite struct BarFreshnessTests {
    private static func bar(closing hour: Int64) -> Bar {
        let price = Price(mantissa: 100)
        return Bar(
            openTime: Instant(nanoseconds: (hour - 1) * 3_600_000_000_000),
            closeTime: Instant(nanoseconds: hour * 3_600_000_000_000), open: price, high: price, low: price,
            close: price, volume: .zero)
    }

    @Test func aGroupIsOpenWhileNoLastBarIsOlderThanABar() {
        var markets = BarFreshness([InstrumentIndex(1), InstrumentIndex(3)])
        let seven = Instant(nanoseconds: 7 * 3_600_000_000_000)
        #expect(!markets.areOpen(at: seven))
        markets.receive(Self.bar(closing: 7), of: InstrumentIndex(1))
        markets.receive(Self.bar(closing: 7), of: InstrumentIndex(2))
        #expect(!markets.areOpen(at: seven))
        markets.receive(Self.bar(closing: 7), of: InstrumentIndex(3))
        #expect(markets.areOpen(at: seven))
        // Settlements may be some milliseconds late.
        #expect(markets.areOpen(at: seven + .millisecond))
        markets.receive(Self.bar(closing: 8), of: InstrumentIndex(1))
        #expect(!markets.areOpen(at: seven + .hour))
    }
}
