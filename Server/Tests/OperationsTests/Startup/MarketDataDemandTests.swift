import Foundation
import MarketData
import Markets
import Operations
import Testing
import TradewindCommands
import Units

/// A catalogue on a disk, made by the import that users run.
@Suite struct MarketDataDemandTests {
    let folder: CatalogueFolder

    init() throws { folder = try CatalogueFolder() }

    func check(_ instruments: [String], from start: String? = nil, to end: String? = nil) throws -> Int? {
        try MarketDataDemand(
            directory: folder.catalogue, instruments: instruments.map { try #require(InstrumentID($0)) },
            start: try start.map { try #require(Instant(iso8601: $0)) },
            end: try end.map { try #require(Instant(iso8601: $0)) }
        ).check(files: PosixFileStore())
    }

    @Test func seriesThatAreThereAndCoverTheRangeMeetTheDemand() throws {
        defer { folder.remove() }
        #expect(try check(["binance:spot:BTCUSDT"]) == 2)
        #expect(try check(["binance:spot:BTCUSDT", "binance:spot:ETHUSDT"]) == 2)
        #expect(try check([]) == 2)
        #expect(
            try check(["binance:spot:BTCUSDT"], from: "2024-01-01T00:01:00Z", to: "2024-01-01T00:30:00Z") == 2
        )
    }

    @Test func everythingThatIsMissingIsSaidAtOnce() throws {
        defer { folder.remove() }
        let wanted = ["binance:spot:BTCUSDT", "okx:spot:BTCUSDT", "binance:spot:ETHUSDT"]
        let shortfall = #expect(throws: MarketDataShortfall.self) {
            try check(wanted, from: "2023-12-31T00:00:00Z", to: "2024-01-01T00:45:00Z")
        }
        let missing = try #require(shortfall?.missing)
        #expect(missing.count == 3)
        #expect(missing.contains("there is no series of okx:spot:BTCUSDT"))
        #expect(missing.contains { $0.hasPrefix("binance:spot:BTCUSDT bars 1m has 2024-01-01T00:0") })
        #expect(throws: MarketDataShortfall.self) {
            try check(["binance:spot:BTCUSDT"], to: "2024-01-02T00:00:00Z")
        }
    }

    @Test func aSeriesThatIsDamagedOrGoneIsFound() throws {
        defer { folder.remove() }
        let series = try folder.seriesFiles()
        #expect(series.count == 2)
        var bytes = try Data(contentsOf: series[0])
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: series[0])
        #expect(throws: MarketDataError.self) {
            try check(["binance:spot:BTCUSDT", "binance:spot:ETHUSDT"])
        }
        try FileManager.default.removeItem(at: series[0])
        #expect(throws: MarketDataError.self) {
            try check(["binance:spot:BTCUSDT", "binance:spot:ETHUSDT"])
        }
    }

    @Test func withoutADemandThereNeedBeNoCatalogue() throws {
        folder.remove()
        #expect(try check([]) == nil)
        #expect(throws: (any Error).self) { try check(["binance:spot:BTCUSDT"]) }
    }
}

/// A folder with a catalogue of two series of bars, one hour of minutes each.
struct CatalogueFolder {
    let root: URL
    var catalogue: String { root.appendingPathComponent("catalogue").path }

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tradewind-demand-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        var entries: [SeriesEntry] = []
        for symbol in ["BTCUSDT", "ETHUSDT"] {
            var text = "ts,open,high,low,close,volume\n"
            for minute in 0..<60 {
                let digits = minute < 10 ? "0\(minute)" : "\(minute)"
                text += "2024-01-01T00:\(digits):00Z,1,2,1,\(1 + minute % 2),5\n"
            }
            try Data(text.utf8).write(to: root.appendingPathComponent("\(symbol).csv"))
            entries.append(
                SeriesEntry(
                    file: try #require(FilePattern("\(symbol).csv")),
                    instrument: try #require(InstrumentTemplate("binance:spot:\(symbol)")),
                    spec: SeriesSpec(kind: .bars, timeframe: Timeframe("1m"))))
        }
        _ = try CatalogueImport(files: PosixFileStore(), directory: catalogue, source: root.path).run(
            DatasetDescription(name: "test", series: entries), file: "test.yaml")
    }

    /// The files of the series, without index and lock.
    func seriesFiles() throws -> [URL] {
        let all = FileManager.default.enumerator(atPath: catalogue)?.compactMap { $0 as? String } ?? []
        return all.filter { $0.contains("BTCUSDT") || $0.contains("ETHUSDT") }.sorted()
            .map { URL(fileURLWithPath: catalogue).appendingPathComponent($0) }
            .filter { !$0.hasDirectoryPath && (try? Data(contentsOf: $0)) != nil }
    }

    func remove() { try? FileManager.default.removeItem(at: root) }
}
