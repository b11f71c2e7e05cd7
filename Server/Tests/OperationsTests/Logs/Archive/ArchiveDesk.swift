import Foundation
import Operations
import Settings
import Storage
import TestServers
import Testing
import Units

/// Lines of several days in a real store, and what an archive made of them, read by other programs than ours.
enum ArchiveDesk {
    /// 2026-11-16.
    static let firstDay = Instant(iso8601: "2026-11-16")?.day ?? 0
    static let noon = Instant(day: firstDay + 3) + Timespan(nanoseconds: 12 * Timespan.hour.nanoseconds)

    /// Lines at random times of some days, in no order, with every combination of what a line may have.
    static func lines(_ count: Int, days: Range<Int>, _ random: inout SplitMix64) -> [StoredLogLine] {
        let texts = [
            "plain", "", "two\nlines", "\"quoted\" \\ \u{7}", "größer als 5 €", "<b>&amp;\u{2028}",
        ]
        func text(_ random: inout SplitMix64) -> String { texts[Int(random.next() % 6)] }
        func optional(_ random: inout SplitMix64) -> String? {
            random.next() % 2 == 0 ? nil : text(&random) + "\(random.next() % 100)"
        }
        return (0..<count).map { number in
            var day = days.lowerBound + Int(random.next() % UInt64(days.count))
            var nanoseconds = Int64(random.next() % UInt64(Timespan.day.nanoseconds))
            // The first and the last moment of a day are its own.
            if number % 50 == 0 { nanoseconds = 0 }
            if number % 50 == 1 { nanoseconds = Timespan.day.nanoseconds - 1 }
            if number < days.count { day = days.lowerBound + number }
            let time = Instant(day: day) + Timespan(nanoseconds: nanoseconds)
            var line = StoredLogLine(
                loggedAt: time,
                ingestedAt: time + Timespan(nanoseconds: Int64(random.next() % 1_000_000_007)),
                message: text(&random), file: Int64(number % 3), position: Int64(number) * 100,
                hash: SHA256Stream.digest(of: "\(number) \(random.next())"))
            line.severity = LogSeverity(rawValue: Int(random.next() % 7)) ?? .info
            (line.service, line.logger) = (text(&random), text(&random))
            (line.event, line.correlationID) = (optional(&random), optional(&random))
            (line.requestID, line.runID) = (optional(&random), optional(&random))
            (line.strategyID, line.traceID) = (optional(&random), optional(&random))
            if random.next() % 3 == 0 {
                let payload: [String: Any] = [
                    "text": text(&random), "number": Int(random.next() % 1_000_000_000_000),
                    "part": ["a": [true, false, NSNull()] as [Any], "b": text(&random)] as [String: Any],
                ]
                let data = (try? JSONSerialization.data(withJSONObject: payload)) ?? Data()
                line.payload = String(decoding: data, as: UTF8.self)
            }
            return line
        }
    }

    static func archiver(
        _ desk: IngestionDesk, _ destination: any LogArchiveDestination,
        now: @escaping @Sendable () -> Instant = { noon }
    ) -> LogArchiver {
        LogArchiver(
            store: desk.store, destination: destination, lock: desk.folder.path + "/state/lock", now: now)
    }

    // MARK: Reading

    /// The rows of a packed file, by gzip and Foundation.
    static func rows(_ path: String) throws -> [[String: Any]] {
        let unpacked = try ToolRun("gzip", "--decompress", "--stdout", path)
        try #require(unpacked.status == 0, "\(path): \(unpacked.output.prefix(200))")
        try #require(unpacked.output.hasSuffix("\n"))
        return try unpacked.output.split(separator: "\n").map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
    }

    /// The packed files of a folder, by name.
    static func files(_ folder: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".gz") }
            .sorted()
    }

    /// Checks every checksum of a folder with the tool of the system.
    static func checkSums(_ folder: String) throws {
        let check = try ToolRun(
            "sh", "-c", "cd \"$1\" && cat *.sha256 | sha256sum --check --strict", "sh", folder)
        #expect(check.status == 0, "\(check.output)")
        let sums = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".sha256")
        }
        #expect(try sums.sorted() == files(folder).map { $0 + ".sha256" })
    }

    /// Whether a row says all that a line has.
    static func expectSame(_ row: [String: Any], _ line: StoredLogLine) throws {
        func text(_ name: String) -> String? { row[name] as? String }
        #expect(row["id"] as? Int == Int(line.id))
        #expect(try Instant(iso8601: #require(text("logged_at"))) == line.loggedAt)
        #expect(try Instant(iso8601: #require(text("ingested_at"))) == line.ingestedAt)
        #expect(text("level") == line.severity.name && text("message") == line.message)
        #expect(text("service") == line.service && text("logger") == line.logger)
        #expect(text("event") == line.event && text("correlation_id") == line.correlationID)
        #expect(text("request_id") == line.requestID && text("run_id") == line.runID)
        #expect(text("strategy_id") == line.strategyID && text("trace_id") == line.traceID)
        #expect(text("line_hash") == line.hash.description)
        #expect(row["file"] as? Int == Int(line.file) && row["position"] as? Int == Int(line.position))
        if let payload = line.payload {
            let sorted = try [
                #require(row["payload"]), JSONSerialization.jsonObject(with: Data(payload.utf8)),
            ]
            .map { try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys) }
            #expect(sorted[0] == sorted[1])
        } else {
            #expect(row["payload"] is NSNull)
        }
        #expect(row.count == 17)
    }
}

extension SHA256Stream {
    fileprivate static func digest(of text: String) -> Digest {
        Array(text.utf8).withUnsafeBytes { digest(of: $0) }
    }
}
