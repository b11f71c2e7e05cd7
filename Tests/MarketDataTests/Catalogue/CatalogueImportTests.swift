import MarketData
import Markets
import Testing
import Units

private let header = "ts,open,high,low,close,volume\n"
private let minute = "2024-01-01T00:00:00Z,1,2,1,2,5\n2024-01-01T00:01:00Z,2,2,1,1,6.5\n"

private func description(_ series: [(file: String, instrument: String)]) throws -> DatasetDescription {
    let entries = try series.map { file, instrument in
        SeriesEntry(
            file: try #require(FilePattern(file)), instrument: try #require(InstrumentTemplate(instrument)),
            spec: SeriesSpec(kind: .bars, timeframe: Timeframe("1m")))
    }
    return DatasetDescription(name: "test", series: entries)
}

@Suite struct CatalogueImportTests {
    private func sources() -> MemoryFiles {
        let files = MemoryFiles([
            "in/okx_btc_1m.csv": header + minute, "in/okx_eth_1m.csv": header + minute.dropFirst(31),
            "in/months/btc-01.csv": header + minute.prefix(31),
            "in/months/btc-02.csv": header + minute.dropFirst(31),
        ])
        files.put("in/packed.csv.gz", StoredGzip.member(Array((header + minute).utf8)))
        return files
    }

    @Test func whatIsImportedComesBackWithoutCopying() throws {
        let files = sources()
        let result = try CatalogueImport(files: files, directory: "cat", source: "in").run(
            try description([
                ("packed.csv", "bybit:spot:BTC/USDT"), ("months/btc-{month}.csv", "binance:spot:BTCUSDT"),
                ("absent.csv", "a:spot:B"),
            ]), file: "d.yaml")
        #expect(result.written == 2 && result.rows == 4)
        #expect(result.warnings == ["absent.csv: absent; nothing was imported"])
        let catalogue = try Catalogue.open("cat", files: files)
        #expect(
            try catalogue.entries.map(\.key.description) == [
                "binance:spot:BTCUSDT bars 1m", "bybit:spot:BTC/USDT bars 1m",
            ])
        let id = try #require(InstrumentID("bybit:spot:BTC/USDT"))
        let series = try catalogue.series(instrument: id, kind: .bars, timeframe: Timeframe("1m"))
        let direct = try SeriesReader(files: files).read(
            ["in/packed.csv.gz"], instrument: id, spec: SeriesSpec(kind: .bars))
        #expect(series.digest == direct.digest)
        #expect(series.bar(1) == direct.bar(1))
        #expect(series.bar(1).volume.decimal(series.quantityScale).description == "6.5")
        let joined = try catalogue.series(
            instrument: try #require(InstrumentID("binance:spot:BTCUSDT")), kind: .bars)
        #expect(joined.digest == direct.digest)
        #expect(throws: MarketDataError.self) { try catalogue.series(instrument: id, kind: .funding) }
    }

    @Test func patternsNameInstrumentsInCapitals() throws {
        let files = sources()
        let result = try CatalogueImport(files: files, directory: "cat", source: "in").run(
            try description([("{venue}_{symbol}_1m.csv.gz", "{venue}:perp:{SYMBOL}USDT")]), file: "d.yaml")
        #expect(result.entries.map(\.key.instrument.description) == ["okx:perp:BTCUSDT", "okx:perp:ETHUSDT"])
    }

    @Test func importingAgainWritesNothing() throws {
        let files = sources()
        let importer = CatalogueImport(files: files, directory: "cat", source: "in")
        let set = try description([("packed.csv", "a:spot:B"), ("okx_eth_1m.csv", "a:spot:C")])
        _ = try importer.run(set, file: "d.yaml")
        let before = files.snapshot
        files.fail(atWrite: 1, dying: false)
        let again = try importer.run(set, file: "d.yaml")
        #expect(again.written == 0 && again.unchanged == 2)
        #expect(files.snapshot == before)
    }

    @Test func aStopAtAnyWriteLeavesTheOldCatalogueAndTheNextImportCleansUp() throws {
        let old = try description([("packed.csv", "a:spot:B")])
        let new = try description([("okx_btc_1m.csv", "a:spot:B"), ("packed.csv", "c:spot:D")])
        for dying in [true, false] {
            var number = 1
            while true {
                let files = sources()
                let importer = CatalogueImport(files: files, directory: "cat", source: "in")
                _ = try importer.run(old, file: "d.yaml")
                files.put(
                    "in/okx_btc_1m.csv", Array((header + minute + "2024-01-01T00:02:00Z,9,9,9,9,1\n").utf8))
                let before = files.snapshot
                files.fail(atWrite: number, dying: dying)
                var isDone = false
                do {
                    _ = try importer.run(new, file: "d.yaml")
                    isDone = true
                } catch {
                    #expect(error.problems.contains { $0.exitCode == 74 })
                }
                files.revive()
                let opened = try Catalogue.open("cat", files: files)
                let entries = try opened.entries
                for entry in entries { _ = try opened.series(entry) }
                if isDone {
                    #expect(entries.map(\.rows) == [3, 2])
                    break
                }
                #expect(entries.map(\.rows) == [2])
                if !dying { #expect(files.snapshot == before, "left behind at write \(number)") }
                _ = try importer.run(new, file: "d.yaml")
                #expect(!files.paths.contains { $0.hasSuffix(".part") })
                #expect(files.paths.filter { $0.hasSuffix(".columns") }.count <= 3)
                number += 1
            }
            #expect(number > 3)
        }
    }

    @Test func aFirstImportThatFailsLeavesNothing() throws {
        let wrong = try description([("packed.csv", "a:spot:B"), ("empty.csv", "a:spot:C")])
        for (directory, isThere) in [("new/folder/cat", false), ("cat", true)] {
            let files = sources()
            files.put("in/empty.csv", [])
            if isThere { try files.makeDirectory(directory) }
            let before = (files.snapshot, files.folders)
            let importer = CatalogueImport(files: files, directory: directory, source: "in")
            #expect(throws: ImportError.self) { try importer.run(wrong, file: "d.yaml") }
            #expect(files.snapshot == before.0)
            #expect(files.folders == before.1)
        }
    }

    @Test func badFilesAreAllReportedAndChangeNothing() throws {
        let files = sources()
        files.put("in/empty.csv", [])
        files.put("in/garbage.csv", [0, 1, 2, 3])
        let importer = CatalogueImport(files: files, directory: "cat", source: "in")
        _ = try importer.run(try description([("packed.csv", "a:spot:B")]), file: "d.yaml")
        let before = files.snapshot
        let error = #expect(throws: ImportError.self) {
            try importer.run(
                try description([
                    ("okx_btc_1m.csv", "x:spot:Y"), ("empty.csv", "a:spot:C"), ("garbage.csv", "a:spot:D"),
                    ("packed.csv", "x:spot:Y"), ("packed.csv", "Upper:spot:Y"),
                ]), file: "d.yaml")
        }
        #expect(error?.problems.map(\.code) == ["empty", "not-csv", "same-series", "instrument"])
        #expect(files.snapshot == before)
    }

    @Test func damageAnywhereIsFoundBeforeASeriesIsUsed() throws {
        let files = sources()
        _ = try CatalogueImport(files: files, directory: "cat", source: "in").run(
            try description([("packed.csv", "a:spot:B")]), file: "d.yaml")
        let intact = try Catalogue.open("cat", files: files)
        let entry = try #require(try intact.entries.first)
        let path = "cat/" + entry.path
        let bytes = try #require(files.bytes(path))
        var random = SplitMix64(seed: 3)
        // Bytes of the header, and of the columns' values; the padding between them carries nothing.
        let header = bytes.count - 7 * 64
        var places = (0..<100).map { _ in Int(random.integer(in: 0...Int64(header - 1))) }
        places += (0..<7).flatMap { column in (0..<16).map { header + 64 * column + $0 } }
        for place in places {
            var damaged = bytes
            damaged[place] ^= 1
            files.put(path, damaged)
            #expect(throws: MarketDataError.self, "byte \(place)") { try intact.series(entry) }
        }
        for length in [0, 1, header - 1, header, bytes.count - 1] {
            files.put(path, Array(bytes.prefix(length)))
            #expect(throws: MarketDataError.self) { try intact.series(entry) }
        }
        let index = try #require(files.bytes("cat/index"))
        for place in index.indices {
            var damaged = index
            damaged[place] ^= 1
            files.put("cat/index", damaged)
            #expect(throws: MarketDataError.self, "byte \(place)") { try Catalogue.open("cat", files: files) }
        }
    }

    @Test func anAbsentCatalogueSaysHowToMakeOne() {
        let error = #expect(throws: MarketDataError.self) { try Catalogue.open("cat", files: MemoryFiles()) }
        #expect(error?.remedy.contains("tradewind data import") == true)
    }
}
