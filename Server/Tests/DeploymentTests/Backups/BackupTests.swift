import Deployment
import Events
import Foundation
import Glibc
import Operations
import Settings
import Storage
import TestServers
import Testing
import Units

/// Backups of a real database.
@Suite struct BackupTests {
    let folder: ScratchFolder
    let store: SQLiteStore

    init() async throws {
        folder = try ScratchFolder()
        store = try await Self.open(folder.path + "/tradewind.db")
    }

    private static func open(_ path: String) async throws -> SQLiteStore {
        let store = try await SQLiteStore.open(path, options: StoreOptions(now: SystemClocks.now))
        _ = try await MigrationRunner(store).up()
        return store
    }

    private var backups: BackupFolder { BackupFolder(folder.path + "/backups") }

    private func maker(at moment: Int64 = 0) -> BackupMaker {
        BackupMaker(backups, version: "1.2.3", commit: nil) {
            Instant(nanoseconds: (1_700_000_000 + moment) * 1_000_000_000)
        }
    }

    private var restore: BackupRestore {
        BackupRestore(backups, database: folder.path + "/tradewind.db", now: SystemClocks.now)
    }

    private func append(_ count: Int, from first: Int = 0) async throws {
        for start in stride(from: first, to: first + count, by: 2_000) {
            _ = try await store.events.append(
                (start..<min(start + 2_000, first + count)).map { number in
                    EventEnvelope(
                        id: EventID(derivedFrom: "backup", sequence: UInt64(number)), type: "test.Happened",
                        correlationID: "test", time: Instant(nanoseconds: Int64(number)), producer: "tests",
                        payload: .object([JSONMember("number", .integer(number))]))
                })
        }
    }

    @Test func aBackupHoldsWhatWasCommittedAndIsRestoredWhole() async throws {
        try await append(500)
        let backup = try await maker().make(
            of: store, .asked, with: [.init(name: "settings.json", content: Array("[]".utf8))])
        #expect(backup.name == "20231114T221320Z-asked")
        #expect(backup.manifest.lastEvent == 500 && backup.manifest.events == 500)
        let sums = try #require(try? String(contentsOfFile: backup.path + "/SHA256SUMS", encoding: .utf8))
        #expect(sums.split(separator: "\n").count == 3)
        try await append(7, from: 500)
        let drill = try await restore.drill(nil)
        #expect(drill.lostEvents == 7 && drill.lastEvent == 500 && drill.replaced == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: backups.path) == [backup.name])
        try await store.close()
        let report = try await restore.restore(backup.name)
        #expect(report.lostEvents == 7 && report.lastEvent == 500)
        let restored = try await Self.open(folder.path + "/tradewind.db")
        let verification = try await restored.events.verify(from: nil)
        #expect(verification.end.offset.value == 500)
        #expect(verification.end.hash.description == backup.manifest.chainHash)
        try await restored.close()
        // What was in place is kept, with the events that the backup did not have.
        let kept = try await Self.open(try #require(report.replaced) + "/tradewind.db")
        #expect(try await kept.events.last().value == 507)
        try await kept.close()
    }

    /// Root deploys, and somebody else serves: who owns the folder must be able to use what was restored.
    @Test(.enabled(if: geteuid() == 0)) func whatRootRestoresBelongsToTheOwnerOfTheFolder() async throws {
        try await append(3)
        try await store.close()
        for name in ["", "/tradewind.db"] { chown(folder.path + name, 10_001, 10_002) }
        let opened = try await Self.open(folder.path + "/tradewind.db")
        let backup = try await maker().make(of: opened, .asked)
        try await opened.close()
        let report = try await restore.restore(backup.name)
        let replaced = try #require(report.replaced)
        for path in [
            folder.path + "/tradewind.db", backups.path, backup.path, backup.database,
            backup.path + "/manifest.json", backup.path + "/SHA256SUMS", replaced,
        ] {
            var facts = stat()
            #expect(stat(path, &facts) == 0 && facts.st_uid == 10_001 && facts.st_gid == 10_002, "\(path)")
        }
    }

    @Test func whatRunsIsNotReplaced() async throws {
        try await append(3)
        let backup = try await maker().make(of: store, .asked)
        // Another process has the database open: this one, seen from a child.
        let answer = try ToolRun(
            ServiceDesk.built, "restore", backup.name, "--set",
            "database.url=sqlite:///\(folder.path)/tradewind.db", "--set",
            "backup.directory=\(backups.path)", "--set", "state.directory=\(folder.path)/state")
        #expect(answer.status == 69 && answer.output.contains("uses the database"), "\(answer.output)")
        #expect(try await store.events.last().value == 3)
        try await store.close()
    }

    /// Every byte of every file counts: one that is changed anywhere is found before anything is replaced.
    @Test func aBackupWithOneChangedByteIsRefused() async throws {
        try await append(200)
        let backup = try await maker().make(of: store, .asked)
        try await store.close()
        var random = SplitMix64(seed: 7)
        for round in 0..<60 {
            let name = ["tradewind.db", "manifest.json", "SHA256SUMS"][round % 3]
            let path = backup.path + "/" + name
            let whole = try Data(contentsOf: URL(filePath: path))
            var damaged = whole
            let position = Int(random.next() % UInt64(whole.count))
            // Every fourth one as a letter of the other case, which means the same number to some.
            damaged[position] ^= round % 4 == 0 ? 0x20 : UInt8(1 << (random.next() % 8))
            try damaged.write(to: URL(filePath: path))
            await #expect(throws: DeploymentError.self, "\(name) at \(position)") {
                _ = try await restore.restore(backup.name)
            }
            try whole.write(to: URL(filePath: path))
        }
        #expect(try await restore.drill(backup.name).lastEvent == 200)
    }

    @Test func theLatestAndOneOfEachDayAndWeekAreKept() async throws {
        try await append(1)
        // Two a day for forty days, from 2023-11-14 22:13 on.
        for half in 0..<80 {
            _ = try await maker(at: Int64(half) * 43_200).make(of: store, .scheduled)
        }
        let all = try backups.list()
        #expect(all.count == 80)
        try backups.prune(BackupRetention(latest: 3, days: 5, weeks: 4))
        let kept = try backups.list().map(\.name)
        // Computed apart: the last three, the last of the five latest days, and of the four latest weeks.
        var expected = Set(all.suffix(3).map(\.name))
        var seen: Set<String> = []
        for backup in all.reversed() where seen.count < 5 {
            if seen.insert(String(backup.manifest.createdAt.prefix(10))).inserted {
                expected.insert(backup.name)
            }
        }
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var weeks: Set<DateComponents> = []
        for backup in all.reversed() where weeks.count < 4 {
            let moment = try #require(backup.manifest.moment)
            let date = Date(timeIntervalSince1970: Double(moment.nanoseconds) / 1e9)
            let week = calendar.dateComponents([.yearForWeekOfYear, .weekOfYear], from: date)
            if weeks.insert(week).inserted { expected.insert(backup.name) }
        }
        #expect(Set(kept) == expected)
        try await store.close()
    }

    @Test func whatAKilledBackupLeftIsNoneAndGoes() async throws {
        try await append(5)
        // A draft of a process that is gone: numbers end far below this one.
        try folder.write("half", to: "backups/.draft-20230101T000000Z-asked-4194999/tradewind.db")
        #expect(try backups.list().isEmpty)
        _ = try await maker().make(of: store, .asked)
        #expect(try FileManager.default.contentsOfDirectory(atPath: backups.path).count == 1)
        try await store.close()
    }

    /// The drill of the requirement: after 100,000 events, whole, in under 30 s.
    @Test func aRestoreOfAHundredThousandEventsTakesLessThanThirtySeconds() async throws {
        let count = 100_000
        try await append(count)
        _ = try await maker().make(of: store, .asked)
        let began = ContinuousClock.now
        let report = try await restore.drill(nil)
        let duration = ContinuousClock.now - began
        print("drill of \(count) events: \(duration), limit 30 s")
        #expect(report.lastEvent == Int64(count) && report.lostEvents == 0)
        #expect(duration < .seconds(30))
        try await store.close()
    }
}
