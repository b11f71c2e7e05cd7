import Foundation
import Glibc
import Operations
import Settings
import Storage
import Synchronization
import TestServers
import Testing
import Units

@Suite struct LogArchiveTests {
    private let today = ArchiveDesk.firstDay + 3

    @Test func randomRowsOfSeveralDaysAreThereExactlyOneFileADayInTheOrderOfTime() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            var random = SplitMix64(seed: 17)
            let days = ArchiveDesk.firstDay..<(today + 1)
            let made = ArchiveDesk.lines(3_000, days: days, &random)
            for start in stride(from: 0, to: made.count, by: 500) {
                try await desk.store.write { try $0.logs.add(Array(made[start..<start + 500])) }
            }
            let folder = desk.folder.path + "/archive/logs"
            let report = try await ArchiveDesk.archiver(desk, FolderLogArchive(folder)).archive(before: today)
            #expect(report.files.map(\.day) == Array(days.dropLast()))
            #expect(
                try ArchiveDesk.files(folder)
                    == ["16", "17", "18"].map { "tradewind-logs-2026-11-\($0).jsonl.gz" })
            try ArchiveDesk.checkSums(folder)
            let stored = try await desk.lines()
            for file in report.files {
                let rows = try ArchiveDesk.rows(folder + "/" + file.name)
                let wanted = stored.filter { $0.loggedAt.day == file.day }
                    .sorted { ($0.loggedAt, $0.id) < ($1.loggedAt, $1.id) }
                try #require(rows.count == wanted.count && rows.count == file.lines && rows.count > 100)
                for (row, line) in zip(rows, wanted) { try ArchiveDesk.expectSame(row, line) }
            }
            let listed = try await desk.store.read { try $0.logArchives.list() }
            #expect(listed == report.files)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.count == 6, "\(left)")
        }
    }

    @Test func aDayIsArchivedOnceAndLinesThatComeLaterGoIntoAFurtherFile() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            var random = SplitMix64(seed: 18)
            let day = ArchiveDesk.firstDay..<(ArchiveDesk.firstDay + 1)
            let lines = ArchiveDesk.lines(60, days: day, &random)
            try await desk.store.write { try $0.logs.add(Array(lines[..<40])) }
            let folder = desk.folder.path + "/archive"
            let archiver = ArchiveDesk.archiver(desk, FolderLogArchive(folder))
            #expect(try await archiver.archive(before: today).files.count == 1)
            let before = try Data(contentsOf: URL(filePath: folder + "/" + ArchiveDesk.files(folder)[0]))
            // The same archiver, another one as after a restart, and the day by its name.
            #expect(try await archiver.archive(before: today).files == [])
            let other = ArchiveDesk.archiver(desk, FolderLogArchive(folder))
            #expect(try await other.archive(before: today).files == [])
            #expect(try await other.archive(before: today, only: day.lowerBound).files == [])
            try await desk.store.write { try $0.logs.add(Array(lines[40...])) }
            let late = try await other.archive(before: today).files
            #expect(late.map(\.name) == ["tradewind-logs-2026-11-16.2.jsonl.gz"])
            #expect(late.map(\.lines) == [20])
            let files = try ArchiveDesk.files(folder)
            #expect(try Data(contentsOf: URL(filePath: folder + "/" + files[1])) == before)
            try ArchiveDesk.checkSums(folder)
            let numbers = try files.flatMap { try ArchiveDesk.rows(folder + "/" + $0) }
                .compactMap { $0["id"] as? Int }
            #expect(numbers.sorted() == Array(1...60))
            // The day that is not over stays where it is.
            #expect(try await other.archive(before: day.lowerBound).files == [])
        }
    }

    /// As after a database was restored: what is known of the archive is gone, the archive is not.
    @Test func whatIsThereUnderANameIsNeverReplaced() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            var random = SplitMix64(seed: 19)
            let lines = ArchiveDesk.lines(
                30, days: ArchiveDesk.firstDay..<(ArchiveDesk.firstDay + 1), &random)
            try await desk.store.write { try $0.logs.add(Array(lines[..<20])) }
            let folder = desk.folder.path + "/archive"
            let first = try await ArchiveDesk.archiver(desk, FolderLogArchive(folder)).archive(before: today)
            // The same lines again: the file is that of before.
            try await desk.store.write { try $0.session.execute("DELETE FROM log_archives") }
            let same = try await ArchiveDesk.archiver(desk, FolderLogArchive(folder)).archive(before: today)
            #expect(same.files.map(\.hash) == first.files.map(\.hash))
            #expect(try ArchiveDesk.files(folder).count == 1)
            // Others: beside it.
            try await desk.store.write { transaction in
                try transaction.session.execute("DELETE FROM log_archives")
                try transaction.logs.add(Array(lines[20...]))
            }
            let next = try await ArchiveDesk.archiver(desk, FolderLogArchive(folder)).archive(before: today)
            #expect(next.files.map(\.part) == [2])
            #expect(try ArchiveDesk.rows(folder + "/tradewind-logs-2026-11-16.jsonl.gz").count == 20)
            #expect(try ArchiveDesk.rows(folder + "/tradewind-logs-2026-11-16.2.jsonl.gz").count == 30)
        }
    }

    @Test func nothingIsForgottenThatIsNotArchivedUnlessThereIsTooMuch() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            var random = SplitMix64(seed: 20)
            var made = ArchiveDesk.lines(1_300, days: ArchiveDesk.firstDay..<today, &random)
            // The newest of all is not one of those that may go first.
            made[1_299].loggedAt = Instant(day: today - 1)
            let lines = made
            try await desk.store.write { try $0.logs.add(lines) }
            let folder = desk.folder.path + "/archive"
            let values = ["logs.archive.destination=\(folder)", "logs.retention=24h"]
            let now = ArchiveDesk.noon
            let ingestor = desk.ingestor(values) { now }
            #expect(try await ingestor.purge() == 0)
            let archiver = ArchiveDesk.archiver(desk, FolderLogArchive(folder))
            try await archiver.archive(before: ArchiveDesk.firstDay + 1)
            let first = lines.count { $0.loggedAt.day == ArchiveDesk.firstDay }
            #expect(try await ingestor.purge() == first)
            // A line that comes late is held back as well, also when it is older than lines are kept.
            let late = ArchiveDesk.lines(
                7, days: ArchiveDesk.firstDay..<(ArchiveDesk.firstDay + 1), &random)
            try desk.append(
                late.map { "{\"time\":\"\($0.loggedAt)\",\"message\":\"late\"}\n" }.joined())
            #expect(try await ingestor.poll().expired == 0)
            #expect(try await ingestor.purge() == 0)
            #expect(try await desk.lines().count == 1_300 - first + 7)
            try await archiver.archive(before: today)
            let kept = now - Timespan(nanoseconds: Timespan.day.nanoseconds)
            let old = lines.count { $0.loggedAt.day > ArchiveDesk.firstDay && $0.loggedAt < kept }
            // The newest of all stays, so that its number is not given again.
            #expect(try await ingestor.purge() == old + 6)
            #expect(ingestor.status.lostLines == 0)
        }
        // Without an archive, or beyond what there is room for.
        try await IngestionDesk.run { (desk) async throws -> Void in
            var random = SplitMix64(seed: 21)
            let lines = ArchiveDesk.lines(900, days: ArchiveDesk.firstDay..<today, &random)
            try await desk.store.write { try $0.logs.add(lines) }
            let folder = desk.folder.path + "/archive"
            let archiver = ArchiveDesk.archiver(desk, FolderLogArchive(folder))
            try await archiver.archive(before: ArchiveDesk.firstDay + 1)
            let now = ArchiveDesk.noon
            let settings = desk.settings(["logs.archive.destination=\(folder)", "logs.retention=0s"])
            let ingestor = LogIngestor(
                path: desk.log, setAside: 5, settings: settings.logs, store: desk.store,
                metrics: desk.metrics, maximumLines: 200, now: { now }, uptime: SystemClocks.uptime)
            #expect(try await ingestor.purge() == 700)
            let lost = lines[..<700].count { $0.loggedAt.day != ArchiveDesk.firstDay }
            #expect(ingestor.status.lostLines == lost && lost > 300)
            #expect(desk.metrics.exposition().contains("tradewind_log_archive_lost_total \(lost)\n"))
        }
    }

    @Test func aDestinationThatCannotBeWrittenToIsToldAndNothingIsLost() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            var random = SplitMix64(seed: 22)
            let lines = ArchiveDesk.lines(4_000, days: ArchiveDesk.firstDay..<today, &random)
            try await desk.store.write { try $0.logs.add(lines) }
            // Not even root can make a folder in /proc.
            let nowhere = ArchiveDesk.archiver(desk, FolderLogArchive("/proc/1/archive"))
            let refusal = await #expect(throws: LogArchiveError.self) {
                try await nowhere.archive(before: today)
            }
            #expect(refusal?.code == .file && refusal?.path == "/proc/1/archive", "\(refusal as Any)")
            let small = desk.folder.path + "/small"
            try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
            let mount = try ToolRun("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small)
            guard mount.status == 0 else {
                return print("skipped: a full disk, as only root can mount a small one")
            }
            defer { _ = try? ToolRun("umount", small) }
            let archiver = ArchiveDesk.archiver(desk, FolderLogArchive(small + "/logs"))
            for _ in 0..<2 {
                let full = await #expect(throws: LogArchiveError.self) {
                    try await archiver.archive(before: today)
                }
                #expect(full?.code == .diskFull && full?.path?.hasPrefix(small) == true, "\(full as Any)")
                #expect(full?.remedy.contains("free some space") == true)
                let left = try FileManager.default.contentsOfDirectory(atPath: small + "/logs")
                #expect(left == [], "half of a file stays nowhere")
            }
            let listed = try await desk.store.read { try $0.logArchives.list() }
            #expect(listed == [])
            #expect(try ToolRun("mount", "-o", "remount,size=8m", small).status == 0)
            let report = try await archiver.archive(before: today)
            #expect(report.files.map(\.lines).reduce(0, +) == 4_000)
            try ArchiveDesk.checkSums(small + "/logs")
        }
    }

    @Test func twoAtOnceAreKeptApart() async throws {
        try await IngestionDesk.run { (desk) async throws -> Void in
            let lock = desk.folder.path + "/state/lock"
            let archiver = ArchiveDesk.archiver(desk, FolderLogArchive(desk.folder.path + "/archive"))
            try await archiver.archive(before: today)
            do {
                guard let held = try LockFile.acquire(lock) else {
                    Issue.record("it is not free")
                    return
                }
                let busy = await #expect(throws: LogArchiveError.self) {
                    try await archiver.archive(before: today)
                }
                #expect(busy?.code == .busy)
                _ = consume held
            }
            try await archiver.archive(before: today)
        }
    }
}

@Suite struct LogArchiveScheduleTests {
    @Test func aDayIsDueADelayAfterItsEnd() throws {
        let schedule = LogArchiveSchedule(delay: .seconds(3_600), began: .zero)
        let early = try #require(Instant(iso8601: "2026-11-21T00:59:59Z"))
        let late = try #require(Instant(iso8601: "2026-11-21T01:00:00Z"))
        #expect(schedule.limit(at: early) == late.day - 1)
        #expect(schedule.limit(at: late) == late.day)
    }

    @Test func failuresWaitTwiceAsLongEachTimeUpToAnHour() {
        var schedule = LogArchiveSchedule(delay: .zero, began: .zero)
        #expect(schedule.mayTry(at: .zero))
        var waits: [Duration] = []
        for _ in 0..<9 { waits.append(schedule.failed(at: .seconds(100))) }
        #expect(waits == [60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600].map { .seconds($0) })
        #expect(!schedule.mayTry(at: .seconds(3_699)) && schedule.mayTry(at: .seconds(3_700)))
        schedule.succeeded()
        #expect(schedule.mayTry(at: .zero) && schedule.failures == 0)
        #expect(schedule.failed(at: .zero) { $0 / 2 } == .seconds(30))
    }

    @Test func linesThatAreNotReadYetAreWaitedForAnHourAtMost() {
        let schedule = LogArchiveSchedule(delay: .seconds(3_600), began: .seconds(50))
        #expect(!schedule.isComplete(lag: nil, at: .seconds(60)))
        #expect(!schedule.isComplete(lag: .seconds(3_600), at: .seconds(60)))
        #expect(schedule.isComplete(lag: .seconds(3_599), at: .seconds(60)))
        #expect(schedule.isComplete(lag: nil, at: .seconds(3_650)))
    }
}
