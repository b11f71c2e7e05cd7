import Events
import Foundation
import Storage
import Testing
import Units

@Suite struct DamageTests {
    /// A log of ten records, the fourth to eighth of one event, and what a change to it must be told as.
    private func damaged(
        by sql: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> EventChainBreak? {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder) {
            $0.parts = PayloadParts(inlineBytes: 1_024, piecesBytes: 3_000)
        }
        try await store.events.append((1...3).map { TestEvents.event($0, run: "r1") })
        try await store.events.append(TestEvents.large(4, bytes: 2_500))
        try await store.events.append([TestEvents.event(5), TestEvents.large(6, bytes: 5_000)])
        try await check(store.events.last(), EventOffset(10), sourceLocation: sourceLocation)
        _ = try await store.events.verify()
        try await store.write { transaction in
            for statement in sql { try transaction.session.execute(statement) }
        }
        do {
            _ = try await store.events.verify()
            try await store.close()
            return nil
        } catch let broken as EventChainBreak {
            try await store.close()
            return broken
        }
    }

    private static let damages: [([String], Int64)] = [
        (["UPDATE outbox SET envelope = replace(envelope, ':2}', ':9}') WHERE log_offset = 2"], 2),
        (["UPDATE outbox SET hash = zeroblob(32) WHERE log_offset = 8"], 8),
        (["UPDATE outbox SET hash = zeroblob(3) WHERE log_offset = 8"], 8),
        (["DELETE FROM outbox WHERE log_offset = 3"], 3),
        (["DELETE FROM outbox WHERE log_offset = 5"], 5),
        (["DELETE FROM outbox WHERE log_offset = 1"], 1),
        (["DELETE FROM outbox WHERE log_offset = 10"], 10),
        (["DELETE FROM outbox"], 1),
        (
            [
                "UPDATE outbox SET log_offset = 100 WHERE log_offset = 2",
                "UPDATE outbox SET log_offset = 2 WHERE log_offset = 3",
                "UPDATE outbox SET log_offset = 3 WHERE log_offset = 100",
            ], 2
        ),
        (["UPDATE outbox SET run_id = 'r2' WHERE log_offset = 3"], 3),
        (["UPDATE outbox SET type = 'test.Other' WHERE log_offset = 7"], 7),
        (["UPDATE outbox SET form = 0 WHERE log_offset = 4"], 4),
        (["UPDATE outbox SET id = 'none' WHERE log_offset = 1"], 1),
        (["UPDATE event_blobs SET content = zeroblob(9)"], 10),
        (["DELETE FROM event_blobs"], 10),
        (["UPDATE outbox SET content_sha256 = NULL WHERE log_offset = 10"], 10),
    ]

    @Test(arguments: damages)
    func everyDamageToTheLogIsFoundAndNamedByItsOffset(_ damage: ([String], Int64)) async throws {
        let (sql, offset) = damage
        let broken = try #require(try await damaged(by: sql), "\(sql) was not found")
        #expect(broken.offset.value == offset, "\(sql): \(broken)")
    }

    @Test func aChainWrittenAnewIsFoundAtItsEnd() async throws {
        // Whoever changes the last event and its hash must know that the end is kept twice.
        let text = TestEvents.event(99).canonicalText
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        try await store.events.append((1...2).map { TestEvents.event($0) })
        let first = try #require(try await store.events.read(after: .start, limit: 1).first?.hash)
        var chain = EventChain(after: EventCheckpoint(offset: EventOffset(1), hash: first))
        let forged = chain.add(text)
        try await store.write { transaction in
            try transaction.session.execute(
                "UPDATE outbox SET id = ?, envelope = ?, hash = ? WHERE log_offset = 2",
                [
                    .text(TestEvents.event(99).id.description), .text(text), .blob(forged.hash.bytes),
                ])
        }
        await #expect(throws: EventChainBreak.self) { try await store.events.verify() }
        try await store.close()
    }

    // MARK: The file

    private func code(of body: () async throws -> Void) async -> StorageError? {
        do { try await body() } catch { return error as? StorageError }
        return nil
    }

    @Test func aDamagedFileIsRefusedAndNotTouched() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        try await store.events.append((1...500).map { TestEvents.event($0) })
        try await store.close()
        let whole = try Data(contentsOf: URL(filePath: store.path))
        let damages: [(String, Data)] = [
            ("empty", Data()), ("text", Data("this is no database\n".utf8)),
            ("header", Data(repeating: 0x5A, count: 100) + whole.dropFirst(100)),
            ("cut", Data(whole.prefix(whole.count / 2))),
        ]
        for (name, bytes) in damages {
            let path = folder.file("damaged-\(name).db")
            try bytes.write(to: URL(filePath: path))
            let error = await code {
                let store = try await SQLiteStore.open(path, options: StoreOptions(now: TestClock().now))
                defer { Task { try? await store.close() } }
                try await store.checkIntegrity()
            }
            #expect(error?.code == .corrupt, "\(name): \(error.map { "\($0)" } ?? "opened")")
            #expect(error?.remedy.contains("backup") == true)
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes, "\(name): the file was changed")
        }
    }

    @Test func pagesThatWereOverwrittenAreFound() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        try await store.events.append((1...500).map { TestEvents.event($0) })
        try await store.close()
        var bytes = try Data(contentsOf: URL(filePath: store.path))
        for index in 4_096 * 12..<4_096 * 20 { bytes[index] = 0xA5 }
        try bytes.write(to: URL(filePath: store.path))
        let error = await code {
            let store = try await SQLiteStore.open(store.path, options: StoreOptions(now: TestClock().now))
            do {
                try await store.checkIntegrity()
            } catch {
                try await store.close()
                throw error
            }
        }
        #expect(error?.code == .corrupt)
    }

    @Test func aDatabaseOfAnotherProgramAndALostOneAreRefused() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        try await store.write { _ = try $0.session.integer("PRAGMA application_id = 7") }
        try await store.close()
        let options = StoreOptions(now: TestClock().now)
        #expect(await code { _ = try await SQLiteStore.open(store.path, options: options) }?.code == .corrupt)
        // Only the log that SQLite writes ahead is left: making a new database would hide the loss.
        let lost = folder.file("lost.db")
        try Data("frames".utf8).write(to: URL(filePath: lost + "-wal"))
        #expect(await code { _ = try await SQLiteStore.open(lost, options: options) }?.code == .corrupt)
        #expect(!FileManager.default.fileExists(atPath: lost))
        let error = await code { _ = try await SQLiteStore.open(folder.path, options: options) }
        #expect(error?.code == .unavailable)
    }

    // MARK: No space

    @Test func aFullDatabaseRefusesWritesAndGoesOnWhenThereIsSpace() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        let pages = try await store.write { try $0.session.integer("PRAGMA page_count") } ?? 0
        try await limit(store, pages: pages + 20)
        let written = try await fill(store, from: 1)
        #expect(written > 0)
        try await check(store.events.verify().records, written)
        try await limit(store, pages: 1_000_000)
        try await store.events.append((50_000...50_100).map { TestEvents.event($0) })
        try await check(store.events.verify().records, written + 101)
        try await store.checkIntegrity()
        try await store.close()
    }

    private func limit(_ store: SQLiteStore, pages: Int64) async throws {
        _ = try await store.write { try $0.session.integer("PRAGMA max_page_count = \(pages)") }
    }

    /// Writes until there is no space left, many writers at a time.
    ///
    /// - Returns: the events that were acknowledged.
    private func fill(_ store: SQLiteStore, from first: Int) async throws -> Int {
        var written = 0
        for batch in 0..<400 {
            let start = first + batch * 32
            let (good, full) = await withTaskGroup(of: Bool?.self) { group in
                for number in start..<(start + 32) {
                    group.addTask {
                        do {
                            try await store.events.append(TestEvents.large(number, bytes: 600))
                            return true
                        } catch { return (error as? StorageError)?.code == .diskFull ? false : nil }
                    }
                }
                return await group.reduce(into: (0, 0)) { counts, outcome in
                    #expect(outcome != nil, "another failure than a full disk")
                    if outcome == true { counts.0 += 1 } else { counts.1 += 1 }
                }
            }
            written += good
            if full > 0 { return written }
        }
        Issue.record("the disk never was full")
        return written
    }

    @Test func aFullDiskRefusesWritesAndGoesOnWhenThereIsSpace() async throws {
        let folder = try TemporaryFolder()
        let mount = folder.file("disk")
        try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
        let mounting = try Process.run(
            URL(filePath: "/bin/sh"),
            arguments: ["-c", "mount -t tmpfs -o size=3m none \"$0\" 2>/dev/null", mount])
        mounting.waitUntilExit()
        guard mounting.terminationStatus == 0 else {
            print("skipped: a small disk cannot be mounted here")
            return
        }
        defer {
            let leaving = try? Process.run(
                URL(filePath: "/bin/sh"), arguments: ["-c", "umount \"$0\"", mount])
            leaving?.waitUntilExit()
        }
        let ballast = mount + "/ballast"
        try Data(repeating: 1, count: 1 << 20).write(to: URL(filePath: ballast))
        var options = StoreOptions(now: TestClock().now)
        options.readers = 2
        let store = try await SQLiteStore.open(mount + "/full.db", options: options)
        _ = try await MigrationRunner(store).up()
        let written = try await fill(store, from: 1)
        try await check(store.events.verify().records, written)
        try FileManager.default.removeItem(atPath: ballast)
        try await store.events.append((90_000...90_010).map { TestEvents.event($0) })
        try await check(store.events.verify().records, written + 11)
        try await store.checkIntegrity()
        try await store.close()
    }
}
