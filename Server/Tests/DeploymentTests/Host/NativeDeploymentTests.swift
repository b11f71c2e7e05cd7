import Deployment
import Foundation
import Glibc
import Storage
import TestServers
import Testing

/// `tradewind deploy` with the services of this host: real Git, real services, versions that fail and
/// deployments that are killed.
@Suite(.serialized) struct NativeDeploymentTests {
    /// A host on which the first version serves.
    private func servingHost() throws -> DeployedHost {
        let host = try DeployedHost()
        let start = try host.run("deploy", "--native")
        #expect(start.status == 0, "\(start.errors)")
        return host
    }

    /// With the kill switch engaged: whoever stops all trading for a fault must be able to deploy the cure.
    @Test func anUpdateServesTheNewVersionAndARollbackTheOldOne() throws {
        let host = try servingHost()
        defer { host.end() }
        #expect(try host.run("kill-switch", "engage", "--reason", "a cure is on its way").status == 0)
        let first = try host.git(["-C", host.clone, "rev-parse", "HEAD"])
        #expect(try host.served() == first)
        let second = try host.publish(.none, "second")
        let update = try host.run("deploy", "local", "all", "update", "--native")
        #expect(update.status == 0, "\(update.errors)")
        #expect(update.output.contains("\(first.prefix(12)) -> \(second.prefix(12))  done"))
        #expect(try host.served() == second)
        #expect(try host.read("notes.txt") == "second\n")
        let again = try host.run("deploy", "update", "--native")
        #expect(again.status == 0 && again.output == "the latest version serves already\n")
        let rollback = try host.run("deploy", "local", "rollback", "--native")
        #expect(rollback.status == 0, "\(rollback.errors)")
        #expect(try host.served() == first)
        let status = try host.run("deploy", "status", "--native", "--json")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
        let deployments = try #require(object["deployments"] as? [[String: Any]])
        #expect(deployments.map { $0["action"] as? String } == ["rollback", "update"])
        #expect(
            deployments.allSatisfy { $0["result"] as? String == "done" && $0["actor"] as? String == "tester" }
        )
        #expect(object["unfinished"] is NSNull)
        // Storage and the audit know them too.
        let rows = try ToolRun(
            "python3", "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
                + "print(c.execute('SELECT count(*) FROM deployments').fetchone()[0], "
                + "c.execute(\"SELECT count(*) FROM audit WHERE entity_type = 'deployment'\").fetchone()[0])",
            host.clone + "/.tradewind/tradewind.db")
        #expect(rows.output == "2 2\n")
    }

    @Test(arguments: DeployedHost.Flaw.allCases.filter { $0 != .none })
    func aVersionThatFailsLeavesTheOldOneServing(flaw: DeployedHost.Flaw) throws {
        let host = try servingHost()
        defer { host.end() }
        let first = try host.git(["-C", host.clone, "rev-parse", "HEAD"])
        let schema = try migrations(host)
        try host.change("notes.txt", "edited\n")
        try host.publish(flaw, "flawed")
        let update = try host.run("deploy", "update", "--native")
        #expect(update.status == 1 || update.status == 69, "\(update.status) \(update.errors)")
        let touched = flaw != .build && flaw != .settings
        #expect(update.errors.contains("serves again") == touched, "\(update.errors)")
        #expect(try host.served() == first)
        #expect(try host.read("notes.txt") == "edited\n")
        #expect(try host.git(["-C", host.clone, "rev-parse", "HEAD"]) == first)
        #expect(try host.git(["-C", host.clone, "stash", "list"]) == "")
        #expect(try migrations(host) == schema)
        #expect(try host.place.unfinished() == nil)
        let mended = try host.publish(.none, "mended")
        let next = try host.run("deploy", "update", "--native")
        #expect(next.status == 0, "\(next.errors)")
        #expect(try host.served() == mended)
    }

    private func migrations(_ host: DeployedHost) throws -> [String] {
        let status = try host.run("migrate", "status", "--json")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
        return try #require(object["steps"] as? [[String: Any]]).map {
            "\($0["number"] ?? "")\($0["state"] ?? "")"
        }
    }

    /// Killed when the journal shows each of its steps, and at moments between them: the next call finishes
    /// the work, and nobody has to do anything by hand.
    @Test func aDeploymentThatIsKilledAtAnyStepIsTakenUpByTheNextCall() throws {
        let host = try servingHost()
        defer { host.end() }
        try host.change("notes.txt", "edited\n")
        try host.change("untracked.txt", "mine\n")
        var reached: Set<DeploymentStep> = []
        let steps: [DeploymentStep] = [
            .sources, .building, .stopping, .backingUp, .migrating, .starting, .starting, .stopping, .passed,
            .building,
        ]
        var random = SystemRandomNumberGenerator()
        for (round, step) in steps.enumerated() {
            let before = try host.served()
            let commit = try host.publish(.none, "version \(round)")
            let pause = round < 5 ? 0 : UInt32.random(in: 0...60_000, using: &random)
            if try kill(at: step, host, after: pause) { reached.insert(step) }
            // Whatever was killed, one version serves or none; a second one never.
            let between = try host.served()
            #expect(between == nil || between == before || between == commit, "\(step)")
            let next = try host.run("deploy", "update", "--native")
            #expect(next.status == 0, "killed at \(step): \(next.errors)")
            #expect(try host.served() == commit, "\(step)")
            #expect(try host.place.unfinished() == nil)
        }
        // The last one is a matter of a millisecond.
        #expect(reached.isSuperset(of: [.building, .stopping, .backingUp, .migrating, .starting]))
        // What was edited is in a commit that nobody can lose.
        let kept = try host.git([
            "-C", host.clone, "for-each-ref", "refs/tradewind/set-aside", "--format=%(objectname)",
        ])
        .split(separator: "\n")
        let texts = try kept.map { try host.git(["-C", host.clone, "show", "\($0):notes.txt"]) }
        #expect(texts.contains("edited"))
        let others = try kept.map { try host.git(["-C", host.clone, "show", "\($0)^3:untracked.txt"]) }
        #expect(others.contains("mine"))
        let log = try host.run("events", "verify", "--json")
        #expect(log.status == 0, "\(log.errors)")
    }

    /// - Returns: whether the journal showed the step when the deployment was killed.
    private func kill(at step: DeploymentStep, _ host: DeployedHost, after pause: UInt32) throws -> Bool {
        let process = host.command(["deploy", "update", "--native"])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        var isReached = false
        while process.isRunning {
            if let journal = try? host.place.unfinished(), journal.step == step {
                isReached = true
                usleep(pause)
                break
            }
            usleep(200)
        }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return isReached
    }

    /// Tracked, staged, untracked and ignored changes, of which the new version has one under the same name:
    /// the printed command brings all of them back.
    @Test func localChangesOfEveryKindComeBackByThePrintedCommand() throws {
        let host = try servingHost()
        defer { host.end() }
        try host.change("notes.txt", "edited\n")
        try host.change("untracked.txt", "mine\n")
        try host.change("ignored.txt", "never touched\n")
        try host.change("later.txt", "ignored, and tracked by the next version\n")
        try host.change("staged.txt", "staged\n")
        try host.git(["-C", host.clone, "add", "staged.txt"])
        try host.publish(.none, "first", files: ["later.txt": "of the version\n"])
        let update = try host.run("deploy", "update", "--native")
        #expect(update.status == 0, "\(update.errors)")
        #expect(try host.read("later.txt") == "of the version\n")
        #expect(try host.read("ignored.txt") == "never touched\n")
        #expect(try host.git(["-C", host.clone, "status", "--porcelain"]) == "")
        let line = try #require(update.errors.split(separator: "\n").first { $0.contains("stash apply") })
        let command = try #require(line.split(separator: ": ").last)
        // What the new version has under the same name must give way first, as Git says.
        let look = try host.git([
            "-C", host.clone, "show", "\(command.split(separator: " ").last ?? "")^3:later.txt",
        ])
        #expect(look == "ignored, and tracked by the next version")
        try FileManager.default.removeItem(atPath: host.clone + "/later.txt")
        let applied = try ToolRun("sh", "-c", String(command))
        #expect(applied.status == 0, "\(applied.output)")
        #expect(try host.read("notes.txt") == "edited\n")
        #expect(try host.read("untracked.txt") == "mine\n")
        #expect(try host.read("staged.txt") == "staged\n")
        #expect(try host.read("later.txt") == "ignored, and tracked by the next version\n")
    }

    @Test func archivedLogsInTheCloneAreLeftWhereTheyAre() throws {
        let host = try servingHost()
        defer { host.end() }
        try FileManager.default.createDirectory(
            atPath: host.clone + "/log-archive", withIntermediateDirectories: true)
        try host.change("log-archive/tradewind-logs-2026-11-16.jsonl.gz", "packed\n")
        try host.change("untracked.txt", "mine\n")
        let second = try host.publish(.none, "second")
        let update = try host.run(
            ["deploy", "update", "--native"], ["TRADEWIND_LOGS__ARCHIVE__DESTINATION": "log-archive"])
        #expect(update.status == 0, "\(update.errors)")
        #expect(try host.served() == second)
        #expect(try host.read("log-archive/tradewind-logs-2026-11-16.jsonl.gz") == "packed\n")
        #expect(!FileManager.default.fileExists(atPath: host.clone + "/untracked.txt"))
    }

    @Test func twoDeploymentsAtOnceAreKeptApart() throws {
        let host = try servingHost()
        defer { host.end() }
        try host.publish(.none, "second")
        let first = host.command(["deploy", "update", "--native"])
        first.standardOutput = FileHandle.nullDevice
        first.standardError = FileHandle.nullDevice
        try first.run()
        while first.isRunning, try host.place.unfinished() == nil { usleep(500) }
        let second = try host.run("deploy", "update", "--native", "--json")
        first.waitUntilExit()
        #expect(first.terminationStatus == 0)
        #expect(second.status == 69 && second.output.contains("deployment.busy"), "\(second.output)")
    }

    @Test func whatIsWrongIsFoundBeforeAnythingStops() throws {
        let host = try servingHost()
        defer { host.end() }
        let first = try host.served()
        try host.publish(.none, "second")
        // A setting that is wrong: everything else is left alone.
        try host.change("tradewind.yaml", "api:\n  prot: 1\n")
        let wrong = try host.run("deploy", "update", "--native")
        #expect(wrong.status == 78 && wrong.errors.contains("api.port"), "\(wrong.errors)")
        #expect(try host.served() == first)
        try FileManager.default.removeItem(atPath: host.clone + "/tradewind.yaml")
        // A remote that is not there.
        try FileManager.default.moveItem(
            atPath: host.desk.path + "/remote.git", toPath: host.desk.path + "/gone.git")
        let gone = try host.run("deploy", "update", "--native")
        #expect(gone.status == 1 && gone.errors.contains("git fetch failed"), "\(gone.errors)")
        #expect(try host.served() == first)
        #expect(try host.place.unfinished() == nil)
        // A word that is none.
        let word = try host.run("deploy", "lokal", "updaet", "--native")
        #expect(word.status == 64 && word.errors.contains("lokal"))
    }

    @Test func aBackupIsRestoredByADeploymentAndServesAgain() throws {
        let host = try servingHost()
        defer { host.end() }
        let backup = try host.run("deploy", "backup", "--native", "--json")
        #expect(backup.status == 0, "\(backup.errors)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(backup.output.utf8)) as? [String: Any])
        let name = try #require(object["name"] as? String)
        let add = host.command(["users", "add", "later", "--role", "viewer"])
        let input = Pipe()
        add.standardInput = input
        add.standardOutput = FileHandle.nullDevice
        try add.run()
        input.fileHandleForWriting.write(Data("a long enough password 1\n".utf8))
        try input.fileHandleForWriting.close()
        add.waitUntilExit()
        #expect(try host.run("users", "list").output.contains("later"))
        let restore = try host.run("deploy", "restore", "--backup", name, "--native")
        #expect(restore.status == 0, "\(restore.errors)")
        #expect(try host.served() != nil)
        #expect(try !host.run("users", "list").output.contains("later"))
        #expect(try host.run("events", "verify").status == 0)
    }
}
