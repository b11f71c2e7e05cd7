import Foundation
import Logging
import Operations
import ServiceLifecycle
import Storage
import Synchronization
import Testing
import Units

@Suite struct LogIngestionTests {
    @Test func eachLineIsStoredOnceAlsoAfterARestart() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            try desk.append("{\"message\":\"a\"}\n{\"message\":\"b\"}\nno json\n{\"message\":\"c\"")
            let report = try await desk.ingestor(["logs.batch-size=1"]).poll()
            #expect((report.stored, report.malformed) == (2, 1))
            try desk.append("}\n{\"message\":\"c\"}\n")
            let next = desk.ingestor()
            #expect(try await next.poll().stored == 2)
            #expect(try await next.poll() == LogIngestor.Report())
            #expect(try await desk.lines().map(\.message) == ["a", "b", "c", "c"])
            let page = desk.metrics.exposition()
            #expect(page.contains("tradewind_log_ingest_lines_total{outcome=\"stored\"} 4"))
            #expect(page.contains("tradewind_log_ingest_lines_total{outcome=\"malformed\"} 1"))
            #expect(page.contains("tradewind_log_ingest_behind_bytes 0"))
            #expect(next.status.lag != nil)
        }
    }

    @Test func aFailureOfStorageLosesAndRepeatsNothing() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            let failing = FailingStore(store: desk.store)
            let ingestor = desk.ingestor(["logs.batch-size=3"], store: failing)
            var failures = 0
            for round in 0..<40 {
                try desk.append((0..<4).map { "{\"message\":\"\(round).\($0)\"}\n" }.joined())
                failing.failing.withLock { $0 = round % 3 }
                do { try await ingestor.poll() } catch is FailingStore.Failure { failures += 1 }
            }
            failing.failing.withLock { $0 = 0 }
            _ = try await ingestor.poll()
            let wanted = (0..<40).flatMap { round in (0..<4).map { "\(round).\($0)" } }
            #expect(try await desk.lines().map(\.message) == wanted)
            #expect(failures == 26)
        }
    }

    @Test func oldLinesAreForgottenAndNotReadAgain() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            let noon = try #require(Instant(iso8601: "2026-11-21T12:00:00Z"))
            let clock = Mutex(noon)
            let line = { (day: Int) in "{\"time\":\"2026-11-\(day)T12:00:00Z\",\"message\":\"\(day)\"}\n" }
            try desk.append((10..<22).map { line($0) }.joined())
            let ingestor = desk.ingestor(["logs.retention=7d"]) { clock.withLock { $0 } }
            let report = try await ingestor.poll()
            #expect((report.stored, report.expired) == (8, 4))
            clock.withLock { $0 = noon + Timespan(nanoseconds: 5 * Timespan.day.nanoseconds) }
            #expect(try await ingestor.purge() == 5)
            #expect(try await desk.lines().map(\.message) == ["19", "20", "21"])
            #expect(try await ingestor.poll().stored == 0)
            let forEver = desk.ingestor(["logs.retention=0s"]) { clock.withLock { $0 } }
            #expect(try await forEver.purge() == 0)
        }
    }

    /// What the service says about its own work never makes it work again.
    @Test func readingALogWritesNothingIntoIt() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            let file = RotatingLogFile(path: desk.log)
            let queue = LogQueue(
                sink: "file", destination: file, now: SystemClocks.now, uptime: SystemClocks.uptime)
            let output = LogOutput(
                service: "api", queues: [queue], redact: { $0 }, now: SystemClocks.now, metrics: desk.metrics)
            let logger = StructuredLog.logger("x", output: output, level: .trace)
            for number in 0..<300 { logger.info("line \(number)") }
            output.flush()
            let ingestor = desk.ingestor()
            let service = LogIngestion(
                ingestor, interval: .milliseconds(250), logger: logger, uptime: SystemClocks.uptime)
            let task = Task { try await service.run() }
            while try await desk.store.read({ try $0.logs.count(LogSelection(), upTo: 1_000) }) != 300 {
                try await Task.sleep(for: .milliseconds(20))
            }
            try await Task.sleep(for: .milliseconds(600))
            task.cancel()
            try await task.value
            output.flush()
            let content = try String(contentsOfFile: desk.log, encoding: .utf8)
            #expect(content.split(separator: "\n").count == 300)
        }
    }

    @Test func copiesAndEmptiedFilesOnADiskAreReadOnce() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            let ingestor = desk.ingestor()
            try desk.append("{\"message\":\"1\"}\n{\"message\":\"2\"}\n")
            try await ingestor.poll()
            try desk.append("{\"message\":\"3\"}\n")
            // As logrotate does with copytruncate.
            try FileManager.default.copyItem(atPath: desk.log, toPath: desk.log + ".1")
            #expect(truncate(desk.log, 0) == 0)
            try desk.append("{\"message\":\"4\"}\n")
            try await ingestor.poll()
            // Deleted while it is held, with a line that was not read yet.
            try desk.append("{\"message\":\"5\"}\n")
            try FileManager.default.removeItem(atPath: desk.log)
            try desk.append("{\"message\":\"6\"}\n")
            try await ingestor.poll()
            #expect(try await desk.lines().map(\.message) == ["1", "2", "3", "4", "5", "6"])
            // Links and pipes in the place of the file are not followed, and nothing waits for them.
            try FileManager.default.removeItem(atPath: desk.log)
            #expect(mkfifo(desk.log, 0o600) == 0)
            #expect(try await ingestor.poll().stored == 0)
        }
    }
}

/// A store some of whose writes fail, before or after they are done but not committed.
private final class FailingStore: TransactionalStore {
    struct Failure: Error {}

    let store: SQLiteStore
    /// 1 fails before, 2 after the body; 0 does not fail.
    let failing = Mutex(0)

    init(store: SQLiteStore) { self.store = store }

    func write<T: Sendable>(_ body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T {
        let how = failing.withLock { $0 }
        return try await store.write { transaction in
            if how == 1 { throw Failure() }
            let value = try body(transaction)
            if how == 2 { throw Failure() }
            return value
        }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T {
        try await store.read(body)
    }
}
