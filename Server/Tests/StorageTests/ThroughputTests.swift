import Events
import Foundation
import Storage
import Testing
import Units

/// How fast events become durable, beside what SQLite itself does on the same disk in the same run.
@Suite(.serialized) struct ThroughputTests {
    private static let table = Migration(
        number: 9_001, name: "raw",
        up: """
            CREATE TABLE raw (
                place INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                form INTEGER NOT NULL,
                type TEXT NOT NULL,
                run_id TEXT,
                correlation_id TEXT NOT NULL,
                recorded_at INTEGER NOT NULL,
                content_sha256 TEXT,
                envelope TEXT NOT NULL,
                hash BLOB NOT NULL
            ) STRICT;
            CREATE INDEX raw_type ON raw (type, place);
            CREATE INDEX raw_run ON raw (run_id, place);
            CREATE INDEX raw_correlation ON raw (correlation_id, place);
            """,
        down: "DROP TABLE raw;")

    private func rate(_ count: Int, _ body: () async throws -> Void) async rethrows -> Double {
        let clock = ContinuousClock()
        let seconds = try await clock.measure { try await body() } / .seconds(1)
        return Double(count) / seconds
    }

    @Test func durableEventsAreNotFarFromWhatTheDiskAllows() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder, migrations: Migration.all + [Self.table])
        let (writers, each) = (512, 40)
        let total = writers * each
        let raw = try await rate(total) { try await self.writeRaw(store, total, batch: writers) }
        let durable = try await rate(total) { try await self.append(store, writers, each) }
        let reading = try await rate(total) {
            var place = EventOffset.start
            while let last = try await store.events.read(after: place, limit: 1_000).last?.offset {
                place = last
            }
            #expect(place.value == Int64(total))
        }
        print(
            "storage: \(Int(durable)) events/s appended durably by \(writers) writers, one event each; "
                + "\(Int(raw)) rows/s raw in transactions of \(writers); read back \(Int(reading)) events/s")
        try await check(store.events.verify().records, total)
        #expect(durable > raw / 12, "\(Int(durable)) events/s beside \(Int(raw)) rows/s")
        try await store.close()
    }

    /// Every event in a transaction of its own, as seen by its writer.
    private func append(_ store: SQLiteStore, _ writers: Int, _ each: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in 0..<each {
                        try await store.events.append(TestEvents.event(writer * each + number + 1, run: "r1"))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The same rows without a log around them, with as many in each flushed transaction.
    private func writeRaw(_ store: SQLiteStore, _ total: Int, batch: Int) async throws {
        for start in stride(from: 0, to: total, by: batch) {
            try await store.write { transaction in
                for number in start..<min(total, start + batch) {
                    let event = TestEvents.event(number + 1, run: "r1")
                    try transaction.session.execute(
                        "INSERT INTO raw VALUES (?, ?, 0, ?, ?, ?, ?, NULL, ?, ?)",
                        [
                            .integer(Int64(number + 1)), .text(event.id.description),
                            .text(event.type.text), .text("r1"), .text("test"), .integer(1),
                            .text("{\"payload\":\(number)}"), .blob([UInt8](repeating: 7, count: 32)),
                        ])
                }
            }
        }
    }
}
