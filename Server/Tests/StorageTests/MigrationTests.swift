import Events
import Foundation
import Storage
import Testing
import Units

@Suite struct MigrationTests {
    private static let things = Migration(
        number: 9_001, name: "things", up: "CREATE TABLE things (number INTEGER PRIMARY KEY) STRICT;",
        down: "DROP TABLE things;")
    private static let broken = Migration(
        number: 9_002, name: "broken",
        up: "CREATE TABLE half (number INTEGER PRIMARY KEY) STRICT;\nCREATE TABLE half (x INTEGER) STRICT;",
        down: "DROP TABLE half;")

    private func code(_ body: () async throws -> Void) async -> StorageError? {
        do { try await body() } catch { return error as? StorageError }
        return nil
    }

    private func schema(_ store: SQLiteStore) async throws -> [String] {
        try await store.read { transaction in
            try transaction.session.all(
                """
                SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'schema_%' \
                ORDER BY name
                """
            ) { try $0.text(0) }
        }
    }

    @Test func everyStepCanBeUndoneAndMadeAgainToTheSameSchema() async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteStore.open(
            folder.file("test.db"), options: StoreOptions(now: TestClock().now))
        let runner = MigrationRunner(store)
        var schemas: [[String]] = [try await schema(store)]
        for _ in Migration.all {
            #expect(try await runner.up(limit: 1).steps.count == 1)
            schemas.append(try await schema(store))
        }
        #expect(schemas.first == [] && Set(schemas).count == schemas.count)
        for index in Migration.all.indices.reversed() {
            let report = try await runner.down(
                steps: 1, permission: .unguarded, actor: "test", id: { EventID.random() })
            #expect(report.steps.map(\.title) == [Migration.all[index].title])
            try await check(schema(store), schemas[index])
        }
        #expect(try await runner.up().steps.count == Migration.all.count)
        try await check(schema(store), schemas.last ?? [])
        try await runner.check()
        try await store.close()
    }

    @Test func everyTableOfEveryStepIsStrict() async throws {
        for migration in Migration.all {
            let tables = migration.up.components(separatedBy: "CREATE TABLE ").count - 1
            let strict = migration.up.components(separatedBy: ") STRICT;").count - 1
            #expect(tables == strict, "\(migration.title)")
        }
    }

    @Test func aFailingStepLeavesNothingAndNamesTheCopyFromBefore() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder, migrations: Migration.all + [Self.things])
        try await store.events.append((1...5).map { TestEvents.event($0) })
        let runner = MigrationRunner(store, migrations: Migration.all + [Self.things, Self.broken])
        let before = try await schema(store)
        let error = await code { _ = try await runner.up() }
        #expect(error?.code == .migrationFailed)
        #expect(error?.message.contains("9002-broken") == true)
        try await check(schema(store), before)
        #expect(try await runner.status().last?.state == .pending)
        let folderOfCopies = folder.file("backups")
        let copies = try FileManager.default.contentsOfDirectory(atPath: folderOfCopies)
        #expect(copies.count == 1 && error?.message.contains(copies.first ?? "?") == true)
        let copy = try await SQLiteStore.open(
            folderOfCopies + "/" + (copies.first ?? ""), options: StoreOptions(now: TestClock().now))
        #expect(try await copy.events.verify().records == 5)
        let facts = try FileManager.default.attributesOfItem(atPath: copy.path)
        #expect(facts[.posixPermissions] as? Int == 0o600)
        try await copy.close()
        try await store.close()
    }

    @Test func aSchemaThatDoesNotFitTheProgramIsRefusedWithTheReason() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder, migrations: Migration.all + [Self.things])
        let newer = await code { try await MigrationRunner(store).check() }
        #expect(newer?.code == .schemaNewer && newer?.message.contains("9001-things") == true)
        #expect(await code { _ = try await MigrationRunner(store).up() }?.code == .schemaNewer)
        let edited = Migration(
            number: 9_001, name: "things", up: Self.things.up + " ", down: Self.things.down)
        let changed = MigrationRunner(store, migrations: Migration.all + [edited])
        #expect(await code { try await changed.check() }?.code == .migrationChanged)
        #expect(await code { _ = try await changed.up() }?.code == .migrationChanged)
        let pending = MigrationRunner(store, migrations: Migration.all + [Self.things, Self.broken])
        let missing = await code { try await pending.check() }
        #expect(missing?.code == .migrationsPending && missing?.remedy.contains("migrate up") == true)
        try await store.close()
    }

    @Test func aStepIsUndoneWithAReasonThatIsKeptInTheLogAndTheHistory() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder, migrations: Migration.all + [Self.things])
        let runner = MigrationRunner(store, migrations: Migration.all + [Self.things])
        let refused = await code {
            _ = try await runner.down(
                steps: 1, permission: .breakGlass(reason: " "), actor: "ann", id: { EventID.random() })
        }
        #expect(refused?.code == .migrationRefused)
        _ = try await runner.down(
            steps: 1, permission: .breakGlass(reason: "wrong column"), actor: "ann",
            id: { EventID.random() })
        let audit = try #require(
            try await store.events.read(
                after: .start, limit: 9, where: EventFilter(types: [.auditRecorded])
            ).first?.envelope.payload)
        #expect(audit["reason"]?.text == "wrong column" && audit["actor"]?.text == "ann")
        #expect(audit["subject"]?.text == "9001-things")
        let kept = try await store.read { transaction in
            try transaction.session.first(
                "SELECT actor, reason FROM schema_history WHERE direction = 'down'"
            ) { [try $0.text(0), try $0.text(1)] }
        }
        #expect(kept == ["ann", "wrong column"])
        try await store.close()
    }

    @Test func twoProgramsThatStartTogetherMakeEachStepOnce() async throws {
        let folder = try TemporaryFolder()
        let options = StoreOptions(now: TestClock().now)
        let made = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let store = try await SQLiteStore.open(folder.file("shared.db"), options: options)
                    let count = try await MigrationRunner(store).up().steps.count
                    try await MigrationRunner(store).check()
                    try await store.close()
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(made == Migration.all.count)
    }

    @Test func backupsAreWholeWhileOthersWriteAndOverwriteNothing() async throws {
        let folder = try TemporaryFolder()
        let store = try await TestStores.open(folder)
        try await store.events.append((1...200).map { TestEvents.event($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 201...400 {
                group.addTask { try await store.events.append(TestEvents.event(number)) }
            }
            group.addTask { try await store.backup(to: folder.file("copy.db")) }
            try await group.waitForAll()
        }
        let copy = try await SQLiteStore.open(
            folder.file("copy.db"), options: StoreOptions(now: TestClock().now))
        let verified = try await copy.events.verify()
        #expect((200...400).contains(verified.records))
        try await copy.close()
        #expect(await code { try await store.backup(to: folder.file("copy.db")) }?.code == .unavailable)
        try await store.write { try $0.session.execute("DELETE FROM outbox WHERE log_offset = 7") }
        let broken = await code { try await store.backup(to: folder.file("broken.db")) }
        #expect(broken?.code == .corrupt && broken?.message.contains("event 7") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("broken.db")))
        try await store.close()
    }
}
