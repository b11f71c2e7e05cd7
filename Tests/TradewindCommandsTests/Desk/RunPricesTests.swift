import Events
import Foundation
import Markets
import Testing
import TradewindCommands
import Units

@Suite("Prices of a run as a chart needs them")
struct RunPricesTests {
    private static let always = Instant.distantPast..<Instant.distantFuture
    private static let minute: Int64 = 60_000_000_000

    private func series(_ kind: SeriesKind, _ columns: SeriesColumns, _ id: String = "v:spot:X") throws
        -> MarketSeries
    {
        MarketSeries(
            instrument: try #require(InstrumentID(id)), kind: kind, columns: columns, priceScale: Scale(2),
            quantityScale: Scale(0), digest: Digest(bytes: [UInt8](repeating: 0, count: 32)), warnings: [])
    }

    /// Bars of a minute from 1970 on, of which the price goes up and down by chance.
    private func minutes(_ count: Int, random: inout SplitMix64) throws -> MarketSeries {
        let times = (0..<count).map { Int64($0) * Self.minute }
        let prices = (0..<count).map { _ in Int64(1_000 + random.next() % 500) }
        return try series(
            .bars,
            .bars(
                BarColumns(
                    openTime: Column(times), closeTime: Column(times.map { $0 + Self.minute }),
                    open: Column(prices), high: Column(prices.map { $0 + 3 }),
                    low: Column(prices.map { $0 - 3 }), close: Column(prices.map { $0 + 1 }),
                    volume: Column(prices.map { $0 % 7 })), try #require(Timeframe("1m"))))
    }

    private func rows(_ told: [JSONText]) -> [[String]] {
        (told.first?["bars"]?.items ?? []).map { ($0.items ?? []).compactMap(\.text) }
    }

    @Test("few bars are told of as they are")
    func few() throws {
        var random = SplitMix64(seed: 1)
        let told = RunPrices.json(of: [try minutes(1_000, random: &random)], in: Self.always)
        #expect(told.count == 1 && rows(told).count == 1_000)
        #expect(told[0]["timeframe"] == .string("1m") && told[0]["instrument"] == .string("v:spot:X"))
        #expect(rows(told)[1][0] == "1970-01-01T00:01:00Z")
    }

    /// Goal: whatever the number of bars, a bounded number is told of that hides no extreme. Method: random
    /// bars, whose extremes, ends and volume must come out the same.
    @Test("many bars are joined, and nothing of note is lost")
    func many() throws {
        var random = SplitMix64(seed: 2)
        for count in [1_001, 4_000, 5_003, 40_000] {
            let minutes = try minutes(count, random: &random)
            let told = RunPrices.json(of: [minutes], in: Self.always)
            let rows = rows(told)
            #expect((100...RunPrices.limit).contains(rows.count), "\(count): \(rows.count)")
            let bars = (0..<count).map { minutes.bar($0) }
            func cents(_ column: Int) -> [Int64] {
                rows.compactMap { ExactDecimal($0[column]) }.map { Int64((Double("\($0)") ?? 0) * 100 + 0.5) }
            }
            #expect(cents(1).first == bars.first?.open.mantissa && cents(4).last == bars.last?.close.mantissa)
            #expect(cents(2).max() == bars.map(\.high.mantissa).max())
            #expect(cents(3).min() == bars.map(\.low.mantissa).min())
            #expect(rows.compactMap { Int64($0[5]) }.reduce(0, +) == bars.map(\.volume.mantissa).reduce(0, +))
            let length = try #require(told[0]["timeframe"]?.text.flatMap { Timespan($0) }).nanoseconds
            let times = rows.compactMap { Instant(iso8601: $0[0])?.nanoseconds }
            #expect(times == times.sorted() && Set(times).count == rows.count)
            #expect(times.allSatisfy { $0 % length == 0 } && length > Self.minute)
        }
    }

    @Test("only what becomes visible in the window of the run is told of")
    func window() throws {
        var random = SplitMix64(seed: 3)
        let minutes = try minutes(100, random: &random)
        let start = Instant(nanoseconds: 10 * Self.minute), end = Instant(nanoseconds: 20 * Self.minute)
        let told = rows(RunPrices.json(of: [minutes], in: start..<end))
        #expect(told.count == 10 && told.first?[0] == "1970-01-01T00:09:00Z")
        let later = Instant(nanoseconds: 500 * Self.minute)..<Instant.distantFuture
        #expect(RunPrices.json(of: [minutes], in: later).isEmpty)
    }

    @Test("trades and quotes become bars; bars of an instrument come before both")
    func ticks() throws {
        let times = Column([0, 400_000_000, 1_000_000_000, 7_000_000_000])
        let trades = try series(
            .trades,
            .trades(
                TradeColumns(
                    time: times, price: Column([100, 90, 130, 120]), quantity: Column([1, 2, 3, 4]),
                    aggressor: Column([0, 1, 0, -1]))))
        let told = RunPrices.json(of: [trades], in: Self.always)
        #expect(told[0]["timeframe"] == .string("1s"))
        #expect(
            rows(told) == [
                ["1970-01-01T00:00:00Z", "1", "1", "0.9", "0.9", "3"],
                ["1970-01-01T00:00:01Z", "1.3", "1.3", "1.3", "1.3", "3"],
                ["1970-01-01T00:00:07Z", "1.2", "1.2", "1.2", "1.2", "4"],
            ])
        let quotes = try series(
            .quotes,
            .quotes(
                QuoteColumns(
                    time: times, bid: Column([100, 0, 101, 99]), ask: Column([101, 102, 103, 99]),
                    bidSize: Column([1, 0, 1, 1]), askSize: Column([1, 1, 1, 1]))))
        // Half a tick is told of exactly; a book with one side has no middle.
        #expect(
            rows(RunPrices.json(of: [quotes], in: Self.always)).map { $0[1] } == ["1.005", "1.02", "0.99"])
        #expect(RunPrices.json(of: [quotes, trades], in: Self.always) == told)
        var random = SplitMix64(seed: 4)
        let bars = try minutes(3, random: &random)
        #expect(
            RunPrices.json(of: [trades, bars], in: Self.always).map { $0["timeframe"] } == [.string("1m")])
        let funding = try series(
            .funding, .values(ValueColumns(time: times, names: ["rate"], values: [times])), "v:perp:Y")
        #expect(RunPrices.json(of: [funding], in: Self.always) == [])
    }
}
