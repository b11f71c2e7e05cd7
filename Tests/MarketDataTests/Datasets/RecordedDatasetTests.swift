import Foundation
import MarketData
import Markets
import RunFiles
import Testing
import TradewindCommands
import Units

/// What one file gave by one entry of a description.
private struct Reading {
    let entry: SeriesEntry
    let rows: Int
    let first: Instant
    let last: Instant
}

/// The descriptions in `Examples/datasets` against the recorded data and the overview of its manifest.
@Suite struct RecordedDatasetTests {
    /// Rows that do not reach a series, with the reason.
    private static let leftOut: [String: Int] = [
        // The boundary row of each download stands there twice.
        "cex/bybit_btcusdt_perp_1h.csv": 13, "cex/bybit_btcusdt_spot_1h.csv": 13,
        "cex/bybit_ethusdt_perp_1h.csv": 13, "cex/bybit_ethusdt_spot_1h.csv": 13,
        // Two rows of one settled rate that differ in the estimate, which is not read.
        "cex/okx_btc_eth_swap_funding_raw.csv": 1260, "cex/okx_all_swaps_funding_two_weeks.csv": 5816,
        // Before the other side was first quoted.
        "ticks/ibm_tick_quote.csv": 1,
        // Minutes and rows in which neither side was quoted.
        "options/goog_2015-12_1m_quote.csv": 1229, "options/tardis_deribit_options_chain_sample.csv": 1,
        // Rows of the underlying; of SPY also one without greeks.
        "options/aapl_chain_greeks_1d.csv": 11, "options/goog_chain_greeks_1d.csv": 7,
        "options/spx_chain_greeks_1d.csv": 11, "options/spy_chain_greeks_1d.csv": 8 + 1,
    ]

    /// Files whose first row does not reach a series.
    private static let losesFirst = ["ticks/ibm_tick_quote.csv"]

    private static var examples: String {
        URL(fileURLWithPath: #filePath + "/../../../../Examples/datasets").standardized.path
    }

    private static func descriptions() throws -> [(name: String, content: DatasetDescription)] {
        try FileManager.default.contentsOfDirectory(atPath: examples).sorted().map { name in
            let text = try String(contentsOfFile: examples + "/" + name, encoding: .utf8)
            return (name, try DatasetDescription(yaml: text))
        }
    }

    @Test func eachRecordedFileIsDescribed() throws {
        guard let folder = SharedData.folder else { return }
        let manifest = ManifestRow.read(try String(contentsOfFile: folder + "/MANIFEST.md", encoding: .utf8))
        #expect(manifest.count == 150)
        var described: Set<String> = []
        for (_, description) in try Self.descriptions() {
            for entry in description.series {
                described.formUnion(manifest.map(\.file).filter { Self.fits(entry.file, $0) != nil })
            }
            described.formUnion(description.tables.map(\.file))
        }
        #expect(manifest.map(\.file).filter { !described.contains($0) } == [])
    }

    @Test(arguments: ["bars", "cex", "defi", "options", "ticks"])
    func rowsFirstAndLastAgreeWithTheManifest(_ name: String) throws {
        guard let folder = SharedData.folder else { return }
        let manifest = ManifestRow.read(try String(contentsOfFile: folder + "/MANIFEST.md", encoding: .utf8))
        let text = try String(contentsOfFile: Self.examples + "/\(name).yaml", encoding: .utf8)
        let description = try DatasetDescription(yaml: text)
        var readings: [String: [Reading]] = [:]
        for entry in description.series {
            let rows = manifest.filter { Self.fits(entry.file, $0.file) != nil }
            #expect(!rows.isEmpty, "\(entry.file)")
            for row in rows {
                readings[row.file, default: []].append(try Self.read(entry, row.file, folder))
            }
        }
        for row in manifest {
            guard let all = readings[row.file] else { continue }
            // Entries with a condition share a file's rows, others each take all of them.
            let shares = all.allSatisfy { !$0.entry.spec.filters.isEmpty } ? [all] : all.map { [$0] }
            for share in shares { try Self.compare(row, share) }
        }
    }

    private static func compare(_ row: ManifestRow, _ readings: [Reading]) throws {
        let rows = readings.reduce(0) { $0 + $1.rows }
        #expect(rows + (leftOut[row.file] ?? 0) == row.rows, "\(row.file): rows")
        guard let period = row.period, let first = readings.map(\.first).min(),
            let last = readings.map(\.last).max()
        else { return }
        let zone = try ReferenceClocks(files: PosixFileStore()).zone(readings[0].entry.spec.zone)
        if !losesFirst.contains(row.file) {
            #expect(ManifestRow.instant(period.first, zone) == first, "\(row.file): first")
        }
        #expect(ManifestRow.instant(period.last, zone) == last, "\(row.file): last")
    }

    private static func read(_ entry: SeriesEntry, _ file: String, _ folder: String) throws -> Reading {
        let gaps = try #require(fits(entry.file, file))
        let path = folder + "/" + file
        let found = FileManager.default.fileExists(atPath: path) ? path : path + ".gz"
        let reader = SeriesReader(files: PosixFileStore())
        let template = entry.instrument.filled(gaps)
        let series = try reader.readAll([found], template: template, spec: entry.spec)
        let stamps = series.flatMap { one -> [Int64] in
            var column = one.columns.visibleTime
            if case .bars(let bars, _) = one.columns, entry.spec.stamp == .open { column = bars.openTime }
            return [column[0], column[column.count - 1]]
        }
        // To the microsecond, as the manifest writes them, and before any shift.
        let instants = stamps.map { Instant(nanoseconds: $0 / 1000 * 1000) - entry.spec.shift }
        return Reading(
            entry: entry, rows: series.reduce(0) { $0 + $1.count }, first: try #require(instants.min()),
            last: try #require(instants.max()))
    }

    /// What the names of a pattern stand for in a path; nil when it does not fit.
    private static func fits(_ pattern: FilePattern, _ file: String) -> [String: String]? {
        let parts = file.split(separator: "/").map(String.init)
        guard parts.count == pattern.components.count else { return nil }
        var found: [String: String]? = [:]
        for (index, part) in parts.enumerated() {
            found = found.flatMap { pattern.match(component: index, part, $0) }
        }
        return found
    }
}
