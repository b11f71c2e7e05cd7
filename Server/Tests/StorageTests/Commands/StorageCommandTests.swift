import Events
import Foundation
import Storage
import Testing
import Units

/// The commands of storage, by the real executable, in a folder of their own.
@Suite(.serialized) struct StorageCommandTests {
    private struct Answer {
        let status: Int32
        let output: String
        let errors: String

        var json: JSONText? { try? JSONText(parsing: output) }
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder.file(".tradewind/tradewind.db") }

    private func run(_ line: String, _ environment: [String: String] = [:]) throws -> Answer {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "tradewind-server")
        process.arguments = line.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.environment = ["HOME": folder.path, "USER": "ann"].merging(environment) { $1 }
        let (output, errors) = (folder.file("output"), folder.file("errors"))
        for path in [output, errors] { try Data().write(to: URL(filePath: path)) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Answer(
            status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    private func append(_ events: [EventEnvelope]) async throws {
        let store = try await SQLiteStore.open(database, options: StoreOptions(now: TestClock().now))
        try await store.events.append(events)
        try await store.events.commit("reader", EventOffset(2))
        try await store.close()
    }

    @Test func theSchemaIsMadeCheckedAndUndoneWithACopyFromBefore() throws {
        let nothing = try run("migrate status --json")
        #expect(nothing.status == 0 && nothing.json?["pending"]?.wholeNumber == Migration.all.count)
        #expect(!FileManager.default.fileExists(atPath: database), "a look makes no database")
        try check(run("migrate check").status, 65)
        let made = try run("migrate up --limit 1 --json").json
        #expect(made?["steps"]?.items?.count == 1)
        let pending = try run("migrate check --json")
        #expect(pending.status == 78)
        #expect(pending.json?["error"]?["code"]?.text == "storage.migrations_pending")
        try check(run("migrate up").status, 0)
        try check(run("migrate check").status, 0)
        let undone = try run("migrate down --json").json
        #expect(undone?["steps"]?.items?.first?["direction"]?.text == "down")
        let copy = try #require(undone?["backup"]?.text)
        #expect(FileManager.default.fileExists(atPath: copy))
        try check(run("migrate down --steps 0").status, 64)
    }

    @Test func theLogIsPrintedFilteredReplayedAndVerified() async throws {
        try check(run("events tail").status, 65)
        try check(run("migrate up").status, 0)
        try await append(
            (1...30).map { TestEvents.event($0, type: $0 % 3 == 0 ? "a.X" : "a.Y", run: "r\($0 % 2)") })
        func offsets(_ line: String) throws -> [Int] {
            try run(line + " --json").output.split(separator: "\n").compactMap {
                try JSONText(parsing: String($0))["offset"]?.wholeNumber
            }
        }
        try check(offsets("events tail"), Array(11...30))
        try check(offsets("events tail --lines 3 --type a.X"), [24, 27, 30])
        try check(offsets("events tail --after 20 --run r1"), [21, 23, 25, 27, 29])
        try check(offsets("events replay --after 27"), [28, 29, 30])
        let verified = try run("events verify --json")
        #expect(verified.status == 0 && verified.json?["records"]?.wholeNumber == 30)
        try check(run("events replay --after 31").status, 65)
        let unknown = try run("events replay --after 0 --consumer nobody")
        #expect(unknown.status == 65 && unknown.errors.contains("consumers are reader"))
        let replayed = try run("events replay --after 1 --consumer reader --json").json
        #expect(replayed?["before"]?.wholeNumber == 2 && replayed?["after"]?.wholeNumber == 1)
        let audit = try run("events tail --type audit.Recorded --json").output
        #expect(audit.contains("events.replayed") && audit.contains("\"actor\":\"ann\""))
    }

    @Test func theTablesOfRunsAreMadeAgainFromTheLog() async throws {
        try check(run("migrate up").status, 0)
        let store = try await SQLiteStore.open(database, options: StoreOptions(now: TestClock().now))
        var tale = RunTale()
        try await tale.tell([.created("r1"), .created("r2"), .started("r1"), .completed("r1")], store)
        let before = try await RunTale.tables(store)
        try await store.write { try $0.session.execute("UPDATE runs SET status = 'failed' WHERE id = 'r1'") }
        let first = try run("events replay --rebuild --json")
        #expect(first.status == 0 && first.json?["events"]?.wholeNumber == 4, "\(first.errors)")
        #expect(first.json?["changed"]?.items == [.string("r1")])
        try await check(RunTale.tables(store), before)
        try check(run("events replay --rebuild").output.contains("4 events; they say what they said"), true)
        let audit = try run("events tail --type audit.Recorded --json").output
        #expect(audit.contains("events.rebuilt") && audit.contains("\"actor\":\"ann\""))
        for line in ["events replay", "events replay --rebuild --after 1"] { try check(run(line).status, 64) }
        // Of removed events only what they left can be looked at: nothing is made from what is damaged.
        _ = try await store.events.prune(before: .distantFuture)
        let verified = try run("events verify --json")
        #expect(verified.json?["snapshot_hash"]?.text?.count == 64, "\(verified.output)")
        try check(run("events verify").output.contains("snapshot  "), true)
        try await store.write { try $0.session.execute("DELETE FROM results WHERE run_id = 'r1'") }
        try await store.close()
        for line in ["events verify", "events replay --rebuild"] {
            let answer = try run(line)
            #expect(answer.status == 65 && answer.errors.contains("run r1"), "\(answer.errors)")
            #expect(answer.errors.contains("the table results holds 0 rows of it instead of 1"))
        }
    }

    @Test func aChangedEventIsNamedWithItsOffsetAndADamagedFileIsLeftAlone() async throws {
        try check(run("migrate up").status, 0)
        try await append((1...5).map { TestEvents.event($0) })
        let store = try await SQLiteStore.open(database, options: StoreOptions(now: TestClock().now))
        try await store.write {
            try $0.session.execute(
                "UPDATE outbox SET envelope = replace(envelope, ':3}', ':4}') WHERE log_offset = 3")
        }
        try await store.close()
        let broken = try run("events verify")
        #expect(broken.status == 65 && broken.errors.contains("event 3"), "\(broken.errors)")
        let refused = try run("serve")
        #expect(refused.status == 65 && refused.errors.contains("event 3"), "\(refused.errors)")
        let junk = Data("this is no database\n".utf8)
        try junk.write(to: URL(filePath: database))
        for end in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database + end) }
        for line in ["events verify", "events tail", "migrate status", "migrate up", "migrate check"] {
            let answer = try run(line)
            #expect(answer.status == 65 && answer.errors.contains("backup"), "\(line): \(answer.errors)")
        }
        try check(Data(contentsOf: URL(filePath: database)), junk)
    }

    @Test func anEngineThatThisBuildLacksIsRefused() throws {
        let answer = try run(
            "migrate status",
            ["TRADEWIND_DATABASE__URL": "postgres://desk@db.example/desk?sslmode=verify-full"])
        #expect(answer.status == 78 && answer.errors.contains("SQLite only"), "\(answer.errors)")
    }
}
