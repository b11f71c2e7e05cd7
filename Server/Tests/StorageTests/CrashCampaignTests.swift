import Events
import Foundation
import Storage
import Testing
import Units

/// A process that writes is killed again and again, at random moments.
@Suite(.serialized) struct CrashCampaignTests {
    private static let rounds = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == nil ? 20 : 200

    /// The program that writes, beside the program that tests.
    private static var writer: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "StorageWriter")
    }

    @Test func nothingAcknowledgedIsLostHoweverOftenTheWriterIsKilled() async throws {
        let folder = try TemporaryFolder()
        let database = folder.file("crash.db")
        let seed = UInt64(ProcessInfo.processInfo.environment["TRADEWIND_TEST_SEED"] ?? "") ?? 20_261_121
        var random = SplitMix64(seed: seed)
        var survivors = Survivors()
        for round in 1...Self.rounds {
            let acknowledged = try await crash(
                database, round: round, output: folder.file("acknowledged"), &random)
            try await survivors.check(database, acknowledged, round: round, isLast: round == Self.rounds)
        }
        print(
            "crash campaign: \(Self.rounds) kills, seed \(seed), \(survivors.acknowledged) acknowledged, "
                + "\(survivors.last) records, none lost")
        #expect(survivors.acknowledged > Self.rounds * 5)
    }

    /// Starts the writer, kills it at some moment, and gives what was acknowledged.
    private func crash(
        _ database: String, round: Int, output: String, _ random: inout SplitMix64
    ) async throws -> [String] {
        try Data().write(to: URL(filePath: output))
        let file = try #require(FileHandle(forWritingAtPath: output))
        let process = Process()
        process.executableURL = Self.writer
        process.arguments = [database, "\(round)"]
        process.standardOutput = file
        try process.run()
        // One in eight dies while it opens the database, the others at work.
        let opens = round % 8 == 3
        if !opens {
            while try Data(contentsOf: URL(filePath: output)).isEmpty {
                if !process.isRunning { break }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        try await Task.sleep(for: .microseconds(Int64(random.next() % (opens ? 40_000 : 150_000))))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal, "the writer ended by itself in round \(round)")
        let text = String(decoding: try Data(contentsOf: URL(filePath: output)), as: UTF8.self)
        // A line without its end was being written.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        #expect(!lines.contains { $0.hasPrefix("failed") }, "round \(round): \(lines.suffix(1))")
        return lines.filter { $0 != "ready" }
    }
}

/// What every crash must leave behind.
private struct Survivors {
    var acknowledged = 0
    var last = EventOffset.start
    private var projected = EventOffset.start

    mutating func check(_ database: String, _ ids: [String], round: Int, isLast: Bool) async throws {
        guard FileManager.default.fileExists(atPath: database) else {
            #expect(ids.isEmpty)
            return
        }
        let store = try await SQLiteStore.open(
            database, options: StoreOptions(now: { Instant(nanoseconds: 0) }))
        defer { acknowledged += ids.count }
        // A writer that was killed while it made the schema has left some of its steps.
        let hasTables = try await store.read { try $0.session.hasTable("crash_projection") }
        guard hasTables else {
            #expect(ids.isEmpty)
            try await store.close()
            return
        }
        let verified = try await store.events.verify(from: isLast || round % 25 == 0 ? nil : last)
        try await checkRows(store, ids, round)
        try await checkConsumer(store, round)
        last = verified.end.offset
        if isLast { try await store.checkIntegrity() }
        try await store.close()
    }

    /// Events and the rows that were written with them are there together, and all that was acknowledged.
    private func checkRows(_ store: SQLiteStore, _ ids: [String], _ round: Int) async throws {
        let place = last
        let written = try await store.read { transaction in
            try transaction.session.all(
                "SELECT id FROM outbox WHERE form <> 1 AND log_offset > ?", [.integer(place.value)]
            ) { try $0.text(0) }
        }
        let missing = Set(ids).subtracting(written)
        #expect(missing.isEmpty, "round \(round): acknowledged and lost: \(missing.count)")
        #expect(Set(written).count == written.count)
        let (rows, events, strangers) = try await store.read { transaction in
            let session = transaction.session
            return (
                try session.integer("SELECT count(*) FROM crash_things"),
                try session.integer("SELECT count(*) FROM outbox WHERE form <> 1"),
                try session.integer(
                    "SELECT count(*) FROM crash_things WHERE id NOT IN (SELECT id FROM outbox)")
            )
        }
        #expect(rows == events && strangers == 0, "round \(round)")
    }

    /// The consumer has each event once, up to the place it has committed.
    private mutating func checkConsumer(_ store: SQLiteStore, _ round: Int) async throws {
        let place = try await store.events.offset(of: "projection")
        #expect(place >= projected, "round \(round): the consumer went back")
        projected = place
        let (copied, due) = try await store.read { transaction in
            (
                try transaction.session.integer("SELECT count(*) FROM crash_projection"),
                try transaction.session.integer(
                    """
                    SELECT count(*) FROM outbox WHERE form <> 1 AND log_offset <= ? \
                    AND id IN (SELECT id FROM crash_projection)
                    """, [.integer(place.value)])
            )
        }
        let wanted = try await store.read { transaction in
            try transaction.session.integer(
                "SELECT count(*) FROM outbox WHERE form <> 1 AND log_offset <= ?", [.integer(place.value)])
        }
        #expect(copied == due && due == wanted, "round \(round): \(place)")
    }
}
