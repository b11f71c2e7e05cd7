import Foundation
import MarketData
import Markets
import Testing
import Units

private func bars(_ rows: [(time: Int64, price: Int64, volume: Int64)]) -> BarColumns {
    let time = Column(rows.map(\.time))
    let price = Column(rows.map(\.price))
    return BarColumns(
        openTime: time, closeTime: time, open: price, high: price, low: price, close: price,
        volume: Column(rows.map(\.volume)))
}

private func nanoseconds(_ text: String) throws -> Int64 {
    try #require(Instant(iso8601: text)).nanoseconds
}

private let header = "date,price_factor,split_factor,reference_price\n"

@Suite struct AdjustmentTests {
    /// A two-for-one split after 10 January and a dividend of 4 % after 20 January, by hand.
    @Test func factorsHoldUpToTheirDateAndVolumesAreDividedBySplits() throws {
        let text = header + "20240110,0.96,0.5,100\n20240120,0.96,1,50\n20501231,1,1,0"
        let table = try AdjustmentTable(source: "x.csv", bytes: Array(text.utf8))
        let input = bars([
            (try nanoseconds("2024-01-10"), 100_0000, 300), (try nanoseconds("2024-01-11"), 50_0000, 301),
            (try nanoseconds("2024-01-20"), 50_0001, 7), (try nanoseconds("2024-01-21"), 48_0000, 9),
        ])
        let scale = Scale(4)
        for (mode, prices, volumes) in [
            (PriceAdjustment.raw, [100_0000, 50_0000, 50_0001, 48_0000], [300, 301, 7, 9]),
            (.splitAdjusted, [50_0000, 50_0000, 50_0001, 48_0000], [600, 301, 7, 9]),
            (.totalReturn, [48_0000, 48_0000, 48_0001, 48_0000], [600, 301, 7, 9]),
        ] as [(PriceAdjustment, [Int64], [Int64])] {
            let result = try table.adjust(input, mode: mode, scale: scale, to: scale, zone: .utc)
            #expect((0..<4).map { result.close[$0] } == prices, "\(mode)")
            #expect((0..<4).map { result.volume[$0] } == volumes, "\(mode)")
        }
    }

    /// AAPL around its 2005 and 2014 splits; expected values by Python `decimal`.
    @Test func recordedSplitsAndDividendsAreAdjustedExactly() throws {
        guard let lines = try SharedData.lines("bars/aapl_1d_trade.csv"), let folder = SharedData.folder,
            let zone = try systemZone("America/New_York")
        else { return }
        let file = try #require(FileManager.default.contents(atPath: folder + "/bars/aapl_factors.csv"))
        let table = try AdjustmentTable(source: "aapl_factors.csv", bytes: Array(file))
        #expect(table.rows.count == 41)
        let input = try bars(
            lines.dropFirst().map { line in
                let cells = line.split(separator: ",")
                let midnight = Int64(try #require(LeanStamp.day(line))) * Timespan.day.nanoseconds
                return (
                    zone.instant(ofLocal: midnight).nanoseconds, try #require(Int64(cells[4])),
                    try #require(Int64(cells[5]))
                )
            })
        let split = try table.adjust(
            input, mode: .splitAdjusted, scale: Scale(4), to: Scale(8), zone: zone)
        let total = try table.adjust(input, mode: .totalReturn, scale: Scale(4), to: Scale(8), zone: zone)
        let expected: [String: (Int64, Int64, Int64)] = [
            "19980102": (14_508_926, 12_497_491, 707_280_113),
            "20050225": (158_874_619, 136_849_147, 878_983_206),
            "20050228": (160_142_921, 137_941_619, 614_811_322),
            "20140606": (2_305_608_065, 2_077_772_026, 339_266_652),
            "20140609": (2_342_500_000, 2_111_018_366, 291_503_792),
            "20140806": (2_374_250_000, 2_139_630_889, 143_762_492),
            "20140807": (2_362_000_000, 2_139_178_132, 182_950_816),
            "20191231": (7_341_250_000, 7_267_533_572, 93_873_852),
        ]
        var seen = 0
        for (index, line) in lines.dropFirst().enumerated() {
            guard let (close, reinvested, volume) = expected[String(line.prefix(8))] else { continue }
            seen += 1
            #expect(split.close[index] == close && total.close[index] == reinvested, "\(line)")
            #expect(split.volume[index] == volume && total.volume[index] == volume, "\(line)")
        }
        #expect(seen == expected.count)
        // The jumps of 2, 2 and 7 are gone; the largest real fall is that of 2000-09-29, from 53.5 to 25.75.
        for index in 1..<split.close.count {
            let (a, b) = (split.close[index - 1], split.close[index])
            #expect(10 * a < 21 * b && 10 * b < 21 * a)
        }
    }

    @Test func adjustedBarsKeepTheirOrderOfPrices() throws {
        let table = try AdjustmentTable(
            source: "x", bytes: Array("20240101,0.1234567,0.0089285,1\n20501231,1,1,0".utf8))
        var random = SplitMix64(seed: 3)
        for _ in 0..<500 {
            let prices = (0..<4).map { _ in random.integer(in: 1...1_000_000_000) }.sorted()
            let one = { (value: Int64) in Column([value]) }
            let bar = BarColumns(
                openTime: one(0), closeTime: one(0), open: one(prices[1]), high: one(prices[3]),
                low: one(prices[0]), close: one(prices[2]), volume: one(5))
            let to = Scale(Int(random.integer(in: 0...8)))
            let result = try table.adjust(bar, mode: .totalReturn, scale: Scale(4), to: to, zone: .utc)
            #expect(result.low[0] <= result.open[0] && result.open[0] <= result.close[0])
            #expect(result.close[0] <= result.high[0])
        }
    }

    /// One split of two for one after 10 January, for each kind of series.
    @Test func seriesOfAnyKindAreAdjustedAlike() throws {
        let table = try AdjustmentTable(source: "x", bytes: Array("20240110,0.9,0.5,1\n20501231,1,1,0".utf8))
        let id = try #require(InstrumentID("us:spot:X"))
        let time = Column([try nanoseconds("2024-01-10"), try nanoseconds("2024-01-11")])
        func series(_ kind: SeriesKind, _ columns: SeriesColumns) -> MarketSeries {
            let digest = columns.digest(kind: kind, priceScale: Scale(2), quantityScale: Scale(0))
            return MarketSeries(
                instrument: id, kind: kind, columns: columns, priceScale: Scale(2), quantityScale: Scale(0),
                digest: digest, warnings: [])
        }
        let price = Column([100_00, 50_00])
        // A side that is absent has price and size 0 and stays so.
        let quotes = series(
            .quotes,
            .quotes(
                QuoteColumns(
                    time: time, bid: price, ask: Column([0, 51_00]), bidSize: Column([3, 4]),
                    askSize: Column([0, 5]))))
        let adjusted = try table.adjust(quotes, mode: .splitAdjusted, zone: .utc)
        guard case .quotes(let columns) = adjusted.columns else {
            Issue.record("quotes stay quotes")
            return
        }
        #expect(adjusted.priceScale == Scale(6) && adjusted.digest != quotes.digest)
        #expect([columns.bid[0], columns.bid[1], columns.ask[0]] == [50_000_000, 50_000_000, 0])
        #expect([columns.bidSize[0], columns.bidSize[1], columns.askSize[0]] == [6, 4, 0])
        let trades = series(
            .trades,
            .trades(
                TradeColumns(time: time, price: price, quantity: Column([3, 4]), aggressor: Column([0, 1]))))
        let total = try table.adjust(trades, mode: .totalReturn, zone: .utc)
        guard case .trades(let ticks) = total.columns else {
            Issue.record("trades stay trades")
            return
        }
        #expect([ticks.price[0], ticks.price[1]] == [45_000_000, 50_000_000])
        #expect([ticks.quantity[0], ticks.aggressor[1]] == [6, 1])
        #expect(try table.adjust(trades, mode: .raw, zone: .utc).digest == trades.digest)
        let values = series(
            .ratio, .values(ValueColumns(time: time, names: ["ratio"], values: [price])))
        #expect(try table.adjust(values, mode: .totalReturn, zone: .utc).digest == values.digest)
    }

    @Test func priceThatDoesNotFitIsAnError() throws {
        let table = try AdjustmentTable(source: "x", bytes: Array("20501231,1,0.0000001,0".utf8))
        let huge = bars([(0, Int64.max, Int64.max)])
        #expect(throws: AdjustmentError.self) {
            try table.adjust(huge, mode: .splitAdjusted, scale: Scale(0), to: Scale(8), zone: .utc)
        }
        #expect(throws: AdjustmentError.self) {
            try table.adjust(huge, mode: .splitAdjusted, scale: Scale(0), to: Scale(0), zone: .utc)
        }
    }

    @Test func badFactorFilesAreNamedWithTheirLine() {
        for (text, line) in [
            ("", 0), (header, 0), ("date,factor\n20240101,1", 1), (header + "20240101,1", 2),
            (header + "20240101,0,1,1", 2), (header + "20240101,-1,1,1", 2), (header + "20240101,nan,1,1", 2),
            (header + "20240101,1,1,1\n20240101,1,1,1", 3), (header + "20241301,1,1,1", 2),
            (header + "20240101,1,99999999,1", 2), (header + "20240101,1,1,-5", 2), (header + "\u{1},,,", 2),
        ] {
            do {
                _ = try AdjustmentTable(source: "f.csv", bytes: Array(text.utf8))
                Issue.record("accepted \(text)")
            } catch {
                #expect(error.line == line, "\(text)")
            }
        }
    }

    @Test func aTickerIsThatOfItsDate() throws {
        let text = "last_date,ticker,exchange\r\n20140327,goocv,Q\r\n20140402,goocv,Q\r\n20501231,goog,Q"
        let history = try TickerHistory(source: "x", bytes: Array(text.utf8))
        let change = try #require(Instant(iso8601: "2014-04-02")).day
        #expect(history.ticker(onDay: change) == "goocv")
        #expect(history.ticker(onDay: change + 1) == "goog")
        #expect(history.ticker(onDay: 100_000) == nil)
        #expect(history.rows.count == 3)
    }
}
