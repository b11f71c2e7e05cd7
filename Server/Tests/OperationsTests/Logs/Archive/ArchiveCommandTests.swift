import Foundation
import Glibc
import Operations
import Settings
import Storage
import TestServers
import Testing
import Units

/// `tradewind logs archive` and the service that does the same each night, by the real executable.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ArchiveCommandTests {
    static let isLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"
    private let today = ArchiveDesk.firstDay + 3

    /// A desk with lines of three days in its database.
    private func filledDesk(_ count: Int, seed: UInt64) async throws -> ServiceDesk {
        let desk = try ServiceDesk()
        try FileManager.default.createDirectory(
            atPath: desk.path + "/.tradewind", withIntermediateDirectories: true)
        let store = try await SQLiteStore.open(
            desk.path + "/.tradewind/tradewind.db", options: StoreOptions(now: SystemClocks.now))
        _ = try await MigrationRunner(store).up()
        var random = SplitMix64(seed: seed)
        let lines = ArchiveDesk.lines(count, days: ArchiveDesk.firstDay..<today, &random)
        try await store.write { try $0.logs.add(lines) }
        try await store.close()
        return desk
    }

    private func sql(_ desk: ServiceDesk, _ statement: String) throws -> String {
        let run = try ToolRun(
            "python3", "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
                + "print(c.execute(sys.argv[2]).fetchall()); c.commit()",
            desk.path + "/.tradewind/tradewind.db", statement)
        try #require(run.status == 0, "\(run.output)")
        return run.output
    }

    private let setting = "TRADEWIND_LOGS__ARCHIVE__DESTINATION"

    @Test func theCommandArchivesListsAndIsInTheAudit() async throws {
        let desk = try await filledDesk(300, seed: 40)
        defer { desk.end() }
        let unset = try desk.run(["logs", "archive", "--json"])
        #expect(unset.status == 78 && unset.output.contains("logs.archive.destination"), "\(unset.output)")
        let place = [setting: "archive"]
        let one = try desk.run(["logs", "archive", "--day", "2026-11-17", "--json"], place)
        #expect(one.status == 0, "\(one.errors)")
        let files = try #require(one.object["archived"] as? [[String: Any]])
        #expect(files.map { $0["name"] as? String } == ["tradewind-logs-2026-11-17.jsonl.gz"])
        #expect(one.object["destination"] as? String == desk.path + "/archive")
        let rest = try desk.run(["logs", "archive"], place)
        #expect(rest.status == 0 && rest.output.split(separator: "\n").count == 2, "\(rest.output)")
        #expect(try desk.run(["logs", "archive"], place).output.hasPrefix("nothing new to archive in "))
        try ArchiveDesk.checkSums(desk.path + "/archive")
        let rows = try ArchiveDesk.files(desk.path + "/archive").flatMap {
            try ArchiveDesk.rows(desk.path + "/archive/" + $0)
        }
        #expect(rows.count == 300)
        let list = try desk.run(["logs", "archive", "--list", "--json"])
        let listed = try #require(list.object["archived"] as? [[String: Any]])
        #expect(listed.map { $0["day"] as? String } == ["2026-11-16", "2026-11-17", "2026-11-18"])
        #expect(listed.compactMap { $0["lines"] as? Int }.reduce(0, +) == 300)
        let audit = try sql(
            desk, "SELECT action, outcome, entity_id FROM audit WHERE entity_type = 'log-archive'")
        #expect(audit.components(separatedBy: "'logs.archived', 'done'").count == 4, "\(audit)")
        // Words that are wrong, and a destination that cannot be.
        #expect(try desk.run(["logs", "archive", "--day", "2999-01-01"], place).status == 64)
        #expect(try desk.run(["logs", "archive", "--day", "yesterday"], place).status == 64)
        let wrong = try desk.run(["logs", "archive"], [setting: "gs://desk"])
        #expect(wrong.status == 78, "\(wrong.errors)")
        _ = try sql(desk, "DELETE FROM log_archives")
        let nowhere = try desk.run(["logs", "archive", "--json"], [setting: "/proc/1/archive"])
        #expect(nowhere.status == 74 && nowhere.output.contains("/proc/1/archive"), "\(nowhere.output)")
        let failed = try sql(desk, "SELECT count(*) FROM audit WHERE outcome = 'failed'")
        #expect(failed == "[(1,)]\n")
        // The log of a service is printed as before.
        #expect(try desk.run(["logs", "nobody"]).status == 65)
        #expect(try desk.run(["logs", "--lines", "3"]).status == 0)
        #expect(try desk.run(["logs", "show", "--lines", "3"]).status == 0)
    }

    /// Killed at random moments from the start of the process to its end.
    @Test func killedAtAnyMomentNoHalfFileHasItsNameAndNothingIsLost() async throws {
        let desk = try await filledDesk(6_000, seed: 41)
        defer { desk.end() }
        let whole = try desk.run(["logs", "archive"], [setting: "first"])
        #expect(whole.status == 0, "\(whole.errors)")
        _ = try sql(desk, "DELETE FROM log_archives")
        let folder = desk.path + "/second"
        var random = SplitMix64(seed: 42)
        var (killed, drafts) = (0, 0)
        let milliseconds = UInt64(max(50, whole.duration / .milliseconds(1)))
        for round in 0..<(Self.isLong ? 60 : 15) {
            let process = desk.command(["logs", "archive"], [setting: "second"])
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            usleep(UInt32(random.next() % milliseconds) * 1_000)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            if process.terminationReason == .uncaughtSignal { killed += 1 }
            for name in try ArchiveDesk.files(folder) {
                let test = try ToolRun("gzip", "--test", folder + "/" + name)
                #expect(test.status == 0, "round \(round): \(test.output)")
            }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            drafts += names.count { $0.hasPrefix(".draft-") && !$0.hasSuffix(".seen") }
            // Begun anew, so that every moment is reached again.
            if try ArchiveDesk.files(folder).count == 3, round < 10 {
                try FileManager.default.removeItem(atPath: folder)
                _ = try sql(desk, "DELETE FROM log_archives")
            }
        }
        #expect(killed > 5 && drafts > 0, "\(killed) were killed, \(drafts) while a file was made")
        let last = try desk.run(["logs", "archive"], [setting: "second"])
        #expect(last.status == 0, "\(last.errors)")
        try ArchiveDesk.checkSums(folder)
        let files = try ArchiveDesk.files(folder)
        let numbers = try files.flatMap { try ArchiveDesk.rows(folder + "/" + $0) }
            .compactMap { $0["id"] as? Int }
        #expect(numbers.sorted() == Array(1...6_000))
        // The same days give the same bytes.
        #expect(files == (try ArchiveDesk.files(desk.path + "/first")))
        for name in files {
            let same = try ToolRun("cmp", folder + "/" + name, desk.path + "/first/" + name)
            #expect(same.status == 0, "\(same.output)")
        }
    }

    @Test func theServiceMakesUpForDaysThatItMissedAndTellsHowItGoes() async throws {
        let desk = try await filledDesk(200, seed: 43)
        defer { desk.end() }
        let folder = desk.path + "/archive"
        let start = try desk.run(["start"], [setting: "archive"])
        #expect(start.status == 0, "\(start.errors)")
        for _ in 0..<300 where try ArchiveDesk.files(folder).count < 3 { usleep(100_000) }
        let isTold = try await eventually(desk) { metrics, health in
            metrics.contains("tradewind_log_archive_lines_total 200\n")
                && metrics.contains("tradewind_log_archive_failures_total 0\n")
                && metrics.contains("tradewind_log_archive_pending_days 0\n")
                && metrics.firstMatch(of: /\ntradewind_log_archive_last_success_time_seconds 1[0-9.e+]+\n/)
                    != nil
                && health.contains("\"log_archive\"") && health.contains(folder)
        }
        #expect(isTold)
        try ArchiveDesk.checkSums(folder)
        #expect(try desk.run(["stop"]).status == 0)
        // A destination that is out of reach: the service serves, and says what is wrong.
        _ = try sql(desk, "DELETE FROM log_archives")
        #expect(try desk.run(["start"], [setting: "/proc/1/archive"]).status == 0)
        let isTrouble = try await eventually(desk) { metrics, health in
            metrics.contains("tradewind_log_archive_failures_total 1\n")
                && metrics.contains("tradewind_log_archive_pending_days 3\n")
                && metrics.contains("tradewind_log_archive_last_success_time_seconds 0\n")
                && health.contains("log-archive.file") && health.contains("tries again in")
                && health.contains("/proc/1/archive")
        }
        #expect(isTrouble)
        let log = try String(contentsOfFile: desk.path + "/.tradewind/logs/api.jsonl", encoding: .utf8)
        #expect(log.contains("log_archive_failed") && log.contains("logs_archived"))
        #expect(try desk.run(["status"]).status == 0, "it is ready all the same")
    }

    private func eventually(
        _ desk: ServiceDesk, _ condition: (_ metrics: String, _ health: String) -> Bool
    ) async throws -> Bool {
        let base = "http://127.0.0.1:\(desk.port)"
        for _ in 0..<150 {
            let metrics = try await HTTPQuestion.get(base + "/metrics").body
            let health = try await HTTPQuestion.get(base + "/health/detailed").body
            if condition(String(decoding: metrics, as: UTF8.self), String(decoding: health, as: UTF8.self)) {
                return true
            }
            usleep(200_000)
        }
        return false
    }

    /// A day of a hundred thousand lines, with `TRADEWIND_TEST_LONG=1` of a million: memory as for a few.
    @Test func memoryDoesNotGrowWithTheDay() throws {
        let count = Self.isLong ? 1_000_000 : 100_000
        let desk = try ServiceDesk()
        defer { desk.end() }
        #expect(try desk.run(["migrate", "up"]).status == 0)
        func run(_ lines: Int, _ folder: String) throws -> (kilobytes: Int, seconds: Double) {
            _ = try sql(desk, "DELETE FROM logs")
            _ = try sql(desk, "DELETE FROM log_archives")
            _ = try sql(
                desk,
                "INSERT INTO logs SELECT n, 1794873600000000000 + n * 80000000, 1794873600000000000, 2, "
                    + "'api', 'tradewind.api', 'request', hex(randomblob(60)), hex(randomblob(8)), "
                    + "NULL, NULL, NULL, NULL, '{\"duration\":' || n || '}', 1, n, randomblob(32) FROM "
                    + "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < \(lines)) "
                    + "SELECT n FROM c)")
            let answer = try ToolRun(
                arguments: [
                    "env", "-C", desk.path, "\(setting)=\(folder)", "python3", "-c",
                    "import resource, subprocess, sys, time; t = time.time(); "
                        + "r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, "
                        + "stderr=subprocess.DEVNULL).returncode; "
                        + "print(r, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, time.time() - t)",
                    ServiceDesk.built, "logs", "archive",
                ])
            let words = answer.output.split(whereSeparator: \.isWhitespace).map(String.init)
            try #require(words.count == 3 && words[0] == "0", "\(answer.output)")
            return (Int(words[1]) ?? 0, Double(words[2]) ?? 0)
        }
        let few = try run(2_000, "few")
        let many = try run(count, "many")
        let name = "tradewind-logs-2026-11-17.jsonl.gz"
        let unpacked = try ToolRun(
            "sh", "-c", "gzip --decompress --stdout \"$1\" | wc --lines", "sh", desk.path + "/many/" + name)
        #expect(unpacked.output.trimmingCharacters(in: .whitespacesAndNewlines) == "\(count)")
        print(
            "archive of \(count) lines: \(Int(Double(count) / many.seconds)) lines a second,",
            "\(many.kilobytes / 1024) MiB at most; of 2,000 lines \(few.kilobytes / 1024) MiB")
        #expect(many.kilobytes < few.kilobytes + 48 * 1024)
    }
}
