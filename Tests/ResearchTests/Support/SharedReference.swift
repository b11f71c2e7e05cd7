import Foundation
import Markets
import Research
import Units

/// The reference results beside the package; tests that need them are skipped, with a line printed, without.
enum SharedReference {
    /// The folder `reference/sma-cross-100k`, nil when absent.
    static var smaCross: String? {
        let named = ProcessInfo.processInfo.environment["TRADEWIND_SHARED_DATA"]
        let beside = URL(fileURLWithPath: #filePath + "/../../../../../shared").standardized.path
        for root in [named, beside].compactMap({ $0 }) {
            let folder = root + "/reference/sma-cross-100k"
            if FileManager.default.fileExists(atPath: folder + "/bars.csv.gz") { return folder }
        }
        print("skipped: no folder ../shared/reference beside the package")
        return nil
    }

    /// Fields of every row after the header of a gzipped CSV without quoted commas.
    static func rows(_ path: String) throws -> [[Substring]] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dcf", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
    }

    /// An integer of a decimal text at a number of decimals.
    static func integer(_ text: Substring, _ decimals: Int) -> Int64 {
        let parts = text.split(separator: ".")
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let padded = fraction + String(repeating: "0", count: decimals - fraction.count)
        return Int64(String(parts[0]) + padded)!
    }
}

/// Series for tests, made from plain numbers.
enum TestSeries {
    /// Minute bars; each row is open time in minutes since 1970, open, high, low, close, volume.
    static func bars(
        _ id: String = "test:spot:BTCUSDT", _ rows: [[Int64]], priceScale: Int = 2, volumeScale: Int = 0,
        timeframe: Timeframe = .fixed(.minute)
    ) -> MarketSeries {
        let opens = rows.map { $0[0] * 60_000_000_000 }
        let columns = SeriesColumns.bars(
            BarColumns(
                openTime: Column(opens),
                closeTime: Column(opens.map { timeframe.close(of: Instant(nanoseconds: $0)).nanoseconds }),
                open: Column(rows.map { $0[1] }), high: Column(rows.map { $0[2] }),
                low: Column(rows.map { $0[3] }), close: Column(rows.map { $0[4] }),
                volume: Column(rows.map { $0[5] })), timeframe)
        return series(id, .bars, columns, priceScale, volumeScale)
    }

    static func series(
        _ id: String, _ kind: SeriesKind, _ columns: SeriesColumns, _ priceScale: Int, _ quantityScale: Int
    ) -> MarketSeries {
        MarketSeries(
            instrument: InstrumentID(id)!, kind: kind, columns: columns, priceScale: Scale(priceScale),
            quantityScale: Scale(quantityScale),
            digest: columns.digest(
                kind: kind, priceScale: Scale(priceScale), quantityScale: Scale(quantityScale)),
            warnings: [])
    }
}
