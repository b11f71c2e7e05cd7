import Foundation
import Logging
import Operations
import Storage
import Synchronization
import Testing
import Units

/// A writer as fast as the reader can follow, and a log that is set aside again and again meanwhile. With
/// `TRADEWIND_TEST_LONG=1` the files are as large as in service: 10 MiB, five beside the current one.
@Suite(.timeLimit(.minutes(10))) struct RotationCampaignTests {
    static let isLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"

    @Test func everyLineIsInStorageOnceWhenTheLogIsSetAsideAllTheTime() async throws {
        let size = Self.isLong ? 10 << 20 : 128 << 10
        let count = Self.isLong ? 600_000 : 12_000
        try await IngestionDesk.run { (desk) async throws -> Void in
            let ingestor = desk.ingestor(setAside: 5, ["logs.batch-size=1000"])
            let stored = Atomic(0)
            let began = SystemClocks.uptime()
            let writer = Thread.writing(desk.log, size: size, count: count) {
                stored.load(ordering: .acquiring)
            }
            var polls = 0
            while stored.load(ordering: .acquiring) < count {
                let report = try await ingestor.poll()
                #expect(!report.hasGap)
                #expect((report.malformed, report.tooLong, report.duplicates) == (0, 0, 0))
                stored.wrappingAdd(report.stored, ordering: .releasing)
                polls += 1
                if report.stored == 0 { try await Task.sleep(for: .milliseconds(5)) }
                try #require(SystemClocks.uptime() - began < .seconds(500))
            }
            let seconds = (SystemClocks.uptime() - began).inSeconds
            #expect(writer.isFinished || writer.isExecuting)
            #expect(try await ingestor.poll().stored == 0)
            let numbers = try await desk.lines().map { Int($0.message) }
            #expect(numbers == (0..<count).map { Optional($0) })
            #expect(FileManager.default.fileExists(atPath: desk.log + ".5"))
            #expect(!FileManager.default.fileExists(atPath: desk.log + ".6"))
            print(
                "log ingestion: \(count) lines through files of \(size >> 10) KiB in \(polls) looks,",
                "\(Int(Double(count) / seconds)) lines a second")
        }
    }
}

extension Thread {
    /// Writes numbered lines into a log, never further ahead of the reader than the kept files can hold.
    fileprivate static func writing(
        _ path: String, size: Int, count: Int, stored: @escaping @Sendable () -> Int
    ) -> Thread {
        let thread = Thread {
            let file = RotatingLogFile(path: path, maximumBytes: size, files: 6)
            let ahead = size / 200 * 4
            for number in 0..<count {
                while number - stored() > ahead { usleep(500) }
                let pad = String(repeating: "x", count: 100 + number % 60)
                let line =
                    "{\"time\":\"2026-11-21T08:00:00.\(100_000 + number % 900_000)Z\",\"level\":\"info\","
                    + "\"message\":\"\(number)\",\"pad\":\"\(pad)\"}\n"
                do { try file.write(Array(line.utf8)) } catch { return }
            }
        }
        thread.start()
        return thread
    }
}
