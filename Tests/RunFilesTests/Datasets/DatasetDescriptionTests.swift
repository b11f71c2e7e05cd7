import MarketData
import Markets
import RunFiles
import Testing
import Units

@Suite struct DatasetDescriptionTests {
    private func problems(_ yaml: String) -> [String] {
        let error = #expect(throws: DatasetDescriptionError.self) { try DatasetDescription(yaml: yaml) }
        return error?.problems.map { "\($0.line): \($0.message)|\($0.remedy ?? "")" } ?? []
    }

    @Test func aFullDescriptionIsReadWithItsDefaults() throws {
        let set = try DatasetDescription(
            yaml: """
                name: set
                source: somewhere
                defaults: {kind: bars, zone: America/New_York, price-divisor: 10000}
                series:
                  - file: a/{symbol}_1m.csv.gz
                    instrument: "us:spot:{SYMBOL}"
                    timeframe: 1m
                    calendar: us-equity
                    factors: a/f.csv
                  - file: b.csv
                    instrument: okx:perp:BTC-USDT-SWAP
                    kind: funding
                    columns: {rate: real_funding_rate, time: funding_time}
                    where: {instrument: [BTC-USDT-SWAP], contract_type: SWAP}
                    zone: UTC
                    shift: -1h
                    unit: percent
                    decimals: 16
                    strict: true
                    variant: raw
                tables:
                  - {file: c.csv, note: costs}
                """)
        #expect(set.name == "set" && set.series.count == 2 && set.tables.map(\.file) == ["c.csv"])
        let bars = set.series[0]
        #expect(bars.spec.kind == .bars && bars.spec.zone == "America/New_York")
        #expect(bars.spec.priceDivisorDecimals == 4 && bars.spec.calendar == "us-equity")
        #expect(bars.file.names == ["symbol"] && bars.factors == "a/f.csv" && bars.line == 5)
        let funding = set.series[1]
        #expect(funding.spec.kind == .funding && funding.spec.zone == "UTC" && funding.variant == "raw")
        #expect(funding.spec.shift == Timespan(nanoseconds: -3_600_000_000_000))
        #expect(funding.spec.filters.map(\.values) == [["BTC-USDT-SWAP"], ["SWAP"]])
        #expect(funding.spec.maximumDecimals == 16 && funding.spec.isStrict && funding.spec.unit == .percent)
    }

    @Test func everythingWrongIsReportedAtOnceWithItsLine() {
        let found = problems(
            """
            nam: x
            series:
              - file: ../secret.csv
                instrument: Binance:spot:BTC
                kind: bar
                timefram: 1m
              - file: a.csv
                instrument: binance:spot:BTC
                kind: bars
                timeframe: 7q
                columns: {opne: o}
                stamp: end
                price-divisor: 25
                strict: maybe
              - kind: funding
            """)
        let starts = [
            "1: unknown key 'nam' in the description|did you mean 'name'?", "1: key 'name' is missing",
            "3: file '../secret.csv' must lie inside", "4: instrument 'Binance:spot:BTC' is not",
            "5: kind must be one of", "6: unknown key 'timefram' in a series|did you mean 'timeframe'?",
            "10: timeframe '7q'", "11: unknown column role 'opne' for bars|did you mean 'open'?",
            "12: stamp must be one of open, close", "13: price-divisor must be", "14: strict must be",
            "15: key 'file' of a series is missing", "15: key 'instrument' of a series is missing",
        ]
        for start in starts { #expect(found.contains { $0.hasPrefix(start) }, "\(start) in \(found)") }
        #expect(found.count == starts.count, "\(found)")
    }

    @Test func brokenYamlAndAliasesAreRefused() {
        #expect(problems("")[0].hasPrefix("1: the description is empty"))
        #expect(problems("name: x\nseries:\n  - {file: a\n")[0].contains("not valid YAML"))
        #expect(problems("name: &a x\nsource: *a\nseries: []\n")[0].hasPrefix("1: anchors and aliases"))
        #expect(problems("- just\n- a list\n")[0].contains("must be a map"))
        #expect(problems("name: x\nname: y\nseries: []\n")[0].contains("twice"))
    }

    @Test func randomTextNeverCrashesTheReader() {
        var random = SplitMix64(seed: 5)
        let words = [
            "name:", "series:", "- ", "file:", "{", "}", "[", "]", "a.csv", "kind: bars", "\n", "\n  ",
            "\n    ",
            "\"", "&a", "*a", "#", "instrument: a:spot:B", "columns:", "|", ">", "!!int", "\t", ": ", "? ",
        ]
        for _ in 0..<400 {
            var text = ""
            for _ in 0..<random.integer(in: 1...30) {
                text += words[Int(random.integer(in: 0...Int64(words.count - 1)))]
            }
            do {
                _ = try DatasetDescription(yaml: text)
            } catch {
                #expect(!error.problems.isEmpty)
            }
        }
    }
}
