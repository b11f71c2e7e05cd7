import MarketData
import Markets
import Testing
import Units

private let btc = InstrumentID("binance:spot:BTCUSDT")
private let head = "ts,open,high,low,close,volume\n"

private func read(_ text: String, _ spec: SeriesSpec = SeriesSpec(kind: .bars)) throws -> MarketSeries {
    try SeriesReader(files: MemoryFiles(["a.csv": text])).read(
        ["a.csv"], instrument: try #require(btc), spec: spec)
}

private func error(_ text: String, _ spec: SeriesSpec = SeriesSpec(kind: .bars)) -> MarketDataError? {
    #expect(throws: MarketDataError.self) { try read(text, spec) }
}

@Suite struct SeriesReaderTests {
    @Test func aPlainFileBecomesBarsThatCloseATimeframeLater() throws {
        let series = try read(
            head + "2024-01-01T00:00:00Z,1.5,2,1.25,1.75,10\n2024-01-01T00:01:00Z,1.75,1.80,1.7,1.8,0.5\n")
        #expect(series.count == 2)
        let bar = series.bar(0)
        #expect(bar.openTime.description == "2024-01-01T00:00:00Z")
        #expect(bar.closeTime.description == "2024-01-01T00:01:00Z")
        #expect(bar.open.decimal(series.priceScale).description == "1.5")
        #expect(bar.low.decimal(series.priceScale).description == "1.25")
        #expect(series.priceScale == Scale(2))
        #expect(series.bar(1).volume.decimal(series.quantityScale).description == "0.5")
        #expect(series.warnings.isEmpty)
    }

    @Test func equalContentGivesEqualDigestsWhateverItsSpelling() throws {
        let one = try read(head + "2024-01-01T00:00:00Z,1.5,2,1.25,1.75,10\n2024-01-01T00:01:00Z,1,1,1,1,0\n")
        let other = try read(
            "\u{FEFF}# note\r\n\"Date\",Volume,Close,Low,High,Open,extra\r\n"
                + "1704067200,10.000,1.7500,1.25,2.0,15e-1,x\r\n\r\n"
                + "1704067260,,1,1.000,1,\"1\",\"a,\"\"b\"\"\""
        )
        #expect(one.digest == other.digest)
    }

    @Test func stampsAtTheCloseMoveBarsBack() throws {
        var spec = SeriesSpec(kind: .bars, timeframe: Timeframe("1h"))
        spec.stamp = .close
        let series = try read(head + "2024-01-01 01:00:00,1,1,1,1,0\n", spec)
        #expect(series.bar(0).openTime.description == "2024-01-01T00:00:00Z")
        #expect(series.bar(0).closeTime.description == "2024-01-01T01:00:00Z")
    }

    @Test func rowsOfOneTimeKeepTheLastAndSayWhere() throws {
        let row = "2024-01-01T00:00:00Z,1,1,1,1,0\n"
        let series = try read(
            head + row + "2024-01-01T00:01:00Z,2,2,2,2,0\n" + "2024-01-01T00:01:00Z,3,3,3,3,0\n"
                + "2024-01-01T00:01:00Z,2,2,2,2,0\n" + row)
        #expect(series.count == 2)
        #expect(series.bar(1).open.decimal(series.priceScale).description == "2")
        #expect(
            series.warnings.contains {
                $0.contains("other content, the last one kept: 1") && $0.contains("line 4")
            })
        #expect(
            series.warnings.contains {
                $0.contains("repeat another, left out: 2") && $0.contains("lines 6, 5")
            })
        #expect(
            series.warnings.contains {
                $0.contains("out of order, sorted by time: 1") && $0.contains("line 6")
            })
    }

    @Test func badRowsAreDroppedAndNamed() throws {
        let good = (0..<20).map { "2024-01-01T00:\(10 + $0):00Z,1,1,1,1,0\n" }.joined()
        let bad = [
            "2024-01-01T01:00:00Z,nan,1,1,1,0", "2024-01-01T01:01:00Z,-1,1,-1,1,0",
            "2024-01-01T01:02:00Z,1,1,2,1,0", "2024-01-01T01:03:00Z,1,1,1", "x,1,1,1,1,0",
            "2024-01-01T01:04:00Z,1,1,1,1,0,7", "2024-01-01T01:05:00Z,1,1x,1,1,0",
            "ts,open,high,low,close,volume", "# later",
        ].joined(separator: "\n")
        let series = try read(head + good + bad)
        #expect(series.count == 20)
        let words = [
            "lack a number", "not positive", "high below", "too few", "cannot be read", "too many",
            "no number",
            "headers", "comments",
        ]
        for (index, word) in words.enumerated() {
            let found = series.warnings.filter { $0.contains(word) }
            #expect(found.count == 1 && found[0].contains("line \(22 + index)"), "\(word): \(found)")
        }
        var strict = SeriesSpec(kind: .bars)
        strict.isStrict = true
        #expect(error(head + good + bad, strict)?.line == 22)
    }

    @Test func unusableFilesGiveOneClearError() throws {
        #expect(error("")?.message == "the file is empty")
        #expect(error("# only\n# comments\n")?.message == "the file holds only comments")
        #expect(error(head)?.message == "there is no row of data")
        #expect(error("ts,open,low,close\n2024-01-01,1,1,1\n")?.message.contains("'high'") == true)
        #expect(error("open,high,low,close\n1,1,1,1\n")?.message.contains("time") == true)
        #expect(error("1,2,3,4,5,6\n1,2,3,4,5,6\n")?.code == "no-header")
        #expect(error("\0\u{1}\u{2}garbage\0\n\0\0")?.code == "not-csv")
        let mixed = head + "2024-01-01T00:00:00Z,1,1,1,1,0\n2024-01-01T00:01:00,1,1,1,1,0\n"
        #expect(error(mixed)?.code == "mixed-times")
        #expect(error(mixed)?.line == 3)
        let offsets = head + "2024-01-01T00:00:00Z,1,1,1,1,0\n2024-01-01T05:31:00+05:30,1,1,1,1,0\n"
        #expect(error(offsets)?.code == "mixed-times")
        let units = head + "1704067200,1,1,1,1,0\n1704067260000,1,1,1,1,0\n"
        #expect(error(units)?.code == "mixed-times")
        #expect(
            error("ts,rate,symbol\n1704067200,1,A\n1704067260,1,B\n", SeriesSpec(kind: .funding))?.line == 3)
        #expect(error(head + "2024-01-01,1,1,1,1,0\n")?.code == "timeframe")
        #expect(error(head + "a,b,c,d,e,f\n")?.exitCode == 65)
    }

    @Test func severalInstrumentsAreChosenOrTakenApart() throws {
        let text =
            "instrument,funding_time,rate\nA,2024-01-01T00:00:00Z,0.1\nB,2024-01-01T00:00:00Z,0.2\n"
            + "A,2024-01-01T08:00:00Z,0.3\n"
        var spec = SeriesSpec(kind: .funding)
        spec.filters = [RowFilter(column: "instrument", values: ["B"])]
        #expect(try read(text, spec).count == 1)
        let template = try #require(InstrumentTemplate("okx:perp:{instrument}"))
        let all = try SeriesReader(files: MemoryFiles(["a.csv": text])).readAll(
            ["a.csv"], template: template, spec: SeriesSpec(kind: .funding))
        #expect(all.map(\.instrument.description) == ["okx:perp:A", "okx:perp:B"])
        #expect(all.map(\.count) == [2, 1])
    }

    @Test func unitsAndDivisorsBecomeExactFractions() throws {
        var spec = SeriesSpec(kind: .ratio)
        spec.columns = [ColumnChoice(role: "apy", column: "Base")]
        spec.unit = .percent
        let series = try read("Timestamp,Base\n1704067200,3.49\n1704153600,12\n", spec)
        guard case .values(let values) = series.columns else { throw Mistake() }
        #expect(series.priceScale == Scale(4))
        #expect([values.values[0][0], values.values[0][1]] == [349, 1200])
        #expect(values.names == ["apy"])
        var bars = SeriesSpec(kind: .bars, timeframe: Timeframe("1d"))
        bars.priceDivisorDecimals = 4
        bars.zone = "America/New_York"
        #expect(throws: MarketDataError.self) { try read(head + "20240102 00:00,1,1,1,1,5\n", bars) }
        bars.zone = "-05:00"
        let daily = try read(head + "20240102 00:00,1359100,1400000,1359000,1359100,5\n", bars)
        #expect(daily.bar(0).open.decimal(daily.priceScale).description == "135.91")
        #expect(daily.bar(0).closeTime.description == "2024-01-03T05:00:00Z")
    }

    @Test func quotesLackingASideAreKeptMergedOrDropped() throws {
        let text =
            "date,ms,bid,bid_size,ask,ask_size\n20240102,0,0,0,11,1\n20240102,500,10,2,0,0\n"
            + "20240102,500.5,10,3,0,0\n"
        var spec = SeriesSpec(kind: .quotes)
        let kept = try read(text, spec)
        #expect(kept.count == 3)
        spec.oneSided = .merge
        let merged = try read(text, spec)
        guard case .quotes(let quotes) = merged.columns else { throw Mistake() }
        #expect(merged.count == 2)
        #expect([quotes.bid[1], quotes.ask[1], quotes.bidSize[1], quotes.askSize[1]] == [10, 11, 3, 1])
        #expect(Instant(nanoseconds: quotes.time[1]).description == "2024-01-02T00:00:00.5005Z")
        spec.oneSided = .drop
        #expect(error(text, spec)?.code == "bad-rows")
    }

    @Test func bidAndAskBarsGiveTheMeanOrASide() throws {
        let text =
            "date,ms,bid_open,bid_high,bid_low,bid_close,bid_size,"
            + "ask_open,ask_high,ask_low,ask_close,ask_size\n"
            + "20240102,0,1,2,1,2,5,1.1,2.1,1.1,2.1,5\n20240102,60000,2,2,2,2,5,2.3,2.3,2.3,2.3,5\n"
            + "20240102,120000,2,2,2,2,5,,,,,\n"
        var spec = SeriesSpec(kind: .bars)
        let mid = try read(text, spec)
        #expect(mid.count == 2)
        #expect(mid.bar(0).open.decimal(mid.priceScale).description == "1.05")
        #expect(mid.bar(1).close.decimal(mid.priceScale).description == "2.15")
        spec.price = .ask
        #expect(try read(text, spec).count == 2)
        spec.price = .bid
        #expect(try read(text, spec).count == 3)
    }

    @Test func decimalsBeyondTheLimitAreRoundedHalfEvenAndCounted() throws {
        let series = try read(
            head + "2024-01-01,5.330000000000001e-05,5.33e-5,5.33e-5,5.33e-05,0.0000000000005\n"
                + "2024-01-02,1,1,1,1,0.0000000000015\n2024-01-03,1,1,1,1,0\n")
        #expect(series.bar(0).open.decimal(series.priceScale).description == "0.0000533")
        #expect(series.bar(0).volume.decimal(series.quantityScale).description == "0")
        #expect(series.bar(1).volume.decimal(series.quantityScale).description == "0.000000000002")
        #expect(series.warnings.contains { $0.contains("rounded half even: 2") })
    }

    @Test func largeNumbersGiveUpDecimalsRatherThanOverflow() throws {
        let series = try read(
            head
                + "2024-01-01,1,1,1,1,0.123456789012\n2024-01-02,1,1,1,1,12345678901.5\n"
                + "2024-01-03,1,1,1,1,1\n"
        )
        #expect(series.bar(1).volume.decimal(series.quantityScale).description == "12345678901.5")
        #expect(series.bar(0).volume.decimal(series.quantityScale).description == "0.1234568")
        #expect(series.count == 3)
    }

    private struct Mistake: Error {}
}
