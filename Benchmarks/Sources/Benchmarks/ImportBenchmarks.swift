import CZlib
import Glibc
import MarketData
import TradewindCommands

/// Figures of the import: CSV of minute bars, checked row by row, into the catalogue on the disk.
enum ImportBenchmarks {
    private static let rowCount = 1_000_000
    private static let rounds = 5

    /// Plain text and gzip, in megabytes of text a second.
    static func figures() throws -> [Figure] {
        let folder = try TemporaryFolder()
        var text: [UInt8] = []
        BarText.write(bars: rowCount) { text += $0 }
        try folder.write("bars.csv") { try $0(text) }
        try pack(text, to: folder.file("packed.csv.gz"))
        return [
            try measure("plain", "bars.csv", folder, text.count) { room in
                let file = try PosixFileStore().read(folder.file("bars.csv"))
                file.withBytes { UnsafeMutableRawBufferPointer(room).copyBytes(from: $0) }
                return file.count
            },
            try measure("gzip", "packed.csv.gz", folder, text.count) { room in
                try PlainReading.unpack(folder.file("packed.csv.gz"), into: room)
            },
        ]
    }

    private static func measure(
        _ name: String, _ file: String, _ folder: TemporaryFolder, _ bytes: Int,
        load: (UnsafeMutableBufferPointer<UInt8>) throws -> Int
    ) throws -> Figure {
        let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes + 1)
        defer { room.deallocate() }
        var rows = 0
        let catalogue = "\(name)-catalogue"
        let pair = try PairedRuns(
            rounds: rounds,
            ours: {
                rows = try importRows(file, folder, catalogue: catalogue)
            },
            plain: {
                var reading = PlainReading(capacity: rowCount)
                _ = reading.read(UnsafeBufferPointer(rebasing: room[..<(try load(room))]))
                guard reading.rows == rows else {
                    throw BenchmarkError("import took \(rows) rows, the plain loop \(reading.rows)")
                }
            },
            between: { try PosixFileStore().deleteFolder(folder.file(catalogue)) })
        let megabytes = Double(bytes) / 1e6
        return Figure(
            "import_\(name)", "import of CSV bars, \(name)", unit: "MB/s of text",
            value: megabytes / pair.ours,
            beside: name == "gzip" ? "zlib and a plain loop, in memory" : "plain loop, in memory",
            plain: megabytes / pair.plain, ratio: pair.speedRatio)
    }

    /// Imports into a new catalogue; gives the number of rows.
    private static func importRows(
        _ file: String, _ folder: TemporaryFolder, catalogue: String
    ) throws -> Int {
        guard let pattern = FilePattern(file),
            let instrument = InstrumentTemplate("bench:spot:BTCUSDT")
        else { throw BenchmarkError("the description of the benchmark's file is wrong") }
        let entry = SeriesEntry(
            file: pattern, instrument: instrument, spec: SeriesSpec(kind: .bars, timeframe: .fixed(.minute)))
        let importer = CatalogueImport(
            files: PosixFileStore(), directory: folder.file(catalogue), source: folder.path)
        return try importer.run(
            DatasetDescription(name: "benchmark", series: [entry]), file: "benchmark"
        ).rows
    }

    private static func pack(_ text: [UInt8], to path: String) throws {
        guard let file = gzopen(path, "wb6") else { throw BenchmarkError("cannot write \(path)") }
        let count = gzwrite(file, text, UInt32(text.count))
        guard gzclose(file) == Z_OK, count == text.count else {
            throw BenchmarkError("cannot write \(path); is the disk full?")
        }
    }
}
