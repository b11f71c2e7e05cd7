import Foundation
import Glibc
import Operations
import Settings
import TestServers
import Testing
import Units

/// Goal: whatever is killed at whatever moment, and whatever is wrong with the files, status tells what runs,
/// nothing runs twice, and the mode stays. Method: fifty rounds of a fault from a seed, a random pause, and a
/// look at `/proc` that shares nothing with the implementation.
@Suite(.serialized) struct CrashTests {
    enum Fault: CaseIterable {
        case killSupervisor, killFirst, killSecond, killAll, killBothServices, stalePid, reusedPid,
            damagedRecords
        case damagedPlan, fullDisk
    }

    @Test func killedFiftyTimesNothingRunsTwiceAndTheModeStays() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        if !shells.canBeFilled { print("skipped: a full disk, as only root can mount a small one") }
        #expect(try shells.start() == .ready)
        var random = SplitMix64(seed: 2024)
        var done: Set<String> = []
        for round in 0..<50 {
            let fault = Fault.allCases[round < Fault.allCases.count ? round : Int(random.next() % 10)]
            try inflict(fault, on: shells, &random)
            done.insert("\(fault)")
            usleep(UInt32(random.next() % 60_000))
            try checkTruth(shells, round, fault)
            try recover(shells, fault, together: random.next() % 2 == 0)
            try checkWhole(shells, round, fault)
        }
        #expect(done.count == Fault.allCases.count)
        let stopped = try HostServices(folder: shells.folder).stop()
        #expect(stopped.services == SupervisedShells.names)
        #expect(
            SupervisedShells.names.allSatisfy { shells.processes(of: $0).isEmpty }
                && shells.supervisors.isEmpty)
    }

    /// What status says while anything may be going on: it is compared before and after with what `/proc`
    /// says, and must agree wherever those two looks agree.
    private func checkTruth(_ shells: SupervisedShells, _ round: Int, _ fault: Fault) throws {
        let before = SupervisedShells.names.map { shells.processes(of: $0).map(\.pid) }
        let supervisorsBefore = shells.supervisors
        let status = try HostServices(folder: shells.folder).status()
        let after = SupervisedShells.names.map { shells.processes(of: $0).map(\.pid) }
        for (index, name) in SupervisedShells.names.enumerated() {
            #expect(after[index].count <= 1, "round \(round), \(fault): \(name) runs twice")
            guard before[index] == after[index] else { continue }
            let told = status.services.first { $0.name == name }?.process.map { [$0.pid] } ?? []
            // A process that is being born is told of before `/proc` shows whose it is.
            let isTrue =
                told == after[index]
                || shells.eventually { shells.processes(of: name).map(\.pid) == told }
            #expect(isTrue, "round \(round), \(fault): status of \(name) is \(told), not \(after[index])")
        }
        if supervisorsBefore == shells.supervisors {
            #expect(status.supervisor.map { [$0.pid] } ?? [] == supervisorsBefore, "round \(round), \(fault)")
        }
        #expect(status.mode == .backtest, "round \(round), \(fault)")
    }

    /// Starts again as a person or a script would, who may do so twice at a time.
    private func recover(_ shells: SupervisedShells, _ fault: Fault, together: Bool) throws {
        if fault == .fullDisk { try FileManager.default.removeItem(atPath: shells.path + "/filler") }
        let results: [SupervisorLaunch.Result]
        if together {
            let all = StartResults()
            DispatchQueue.concurrentPerform(iterations: 2) { _ in all.add { try shells.start() } }
            results = try all.values()
        } else {
            results = [try shells.start()]
        }
        for result in results {
            #expect(result == .ready || result == .alreadyRunning, "\(fault)")
        }
    }

    private func checkWhole(_ shells: SupervisedShells, _ round: Int, _ fault: Fault) throws {
        let isWhole = try shells.eventually {
            try HostServices(folder: shells.folder).status().isWell && shells.supervisors.count == 1
        }
        #expect(isWhole, "round \(round), \(fault)")
        for name in SupervisedShells.names {
            let found = shells.processes(of: name)
            #expect(found.count == 1, "round \(round), \(fault): \(name)")
            #expect(found.allSatisfy { $0.arguments.last == "execution.mode=backtest" })
        }
    }

    private func inflict(_ fault: Fault, on shells: SupervisedShells, _ random: inout SplitMix64) throws {
        let services = SupervisedShells.names.map { name in shells.processes(of: name).map(\.pid) }
        func killSupervisor() { for pid in shells.supervisors { kill(pid, SIGKILL) } }
        func killService(_ index: Int) { for pid in services[index] { kill(pid, SIGKILL) } }
        let record = shells.folder.path + "/alpha.record"
        switch fault {
        case .killSupervisor: killSupervisor()
        case .killFirst: killService(0)
        case .killSecond: killService(1)
        case .killBothServices: for index in 0...1 { killService(index) }
        case .killAll:
            killSupervisor()
            for index in 0...1 { killService(index) }
        case .stalePid:
            // The record stays, and names a process that is gone.
            killSupervisor()
            let text = try? String(contentsOfFile: record, encoding: .utf8)
            killService(0)
            try text?.write(toFile: record, atomically: true, encoding: .utf8)
        case .reusedPid: try reusePid(record, shells, services[0], killSupervisor)
        case .damagedRecords:
            killSupervisor()
            for name in ["alpha.record", "beta.record", "supervisor.record"] {
                let noise = (0..<64).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                try Data(noise).write(to: URL(filePath: shells.folder.path + "/" + name))
            }
        case .damagedPlan:
            let name = random.next() % 2 == 0 ? "plan" : "plan.copy"
            try Data("{}".utf8).write(to: URL(filePath: shells.folder.path + "/" + name))
            if random.next() % 2 == 0 { killSupervisor() }
        case .fullDisk: try fill(shells, killSupervisor, { killService(1) })
        }
    }

    /// A record whose number belongs to an innocent process by now, which must be left alone.
    private func reusePid(
        _ record: String, _ shells: SupervisedShells, _ pids: [Int32], _ killSupervisor: () -> Void
    ) throws {
        killSupervisor()
        let innocent = Process()
        innocent.executableURL = URL(filePath: "/bin/sleep")
        innocent.arguments = ["600"]
        // Neither what the tests print to nor a signal that they ignore may keep it.
        innocent.standardInput = FileHandle.nullDevice
        innocent.standardOutput = FileHandle.nullDevice
        innocent.standardError = FileHandle.nullDevice
        try innocent.run()
        defer { kill(innocent.processIdentifier, SIGKILL) }
        for pid in pids { kill(pid, SIGKILL) }
        let text = try String(contentsOfFile: record, encoding: .utf8)
        for pid in pids {
            let other = text.replacing("\"pid\":\(pid)", with: "\"pid\":\(innocent.processIdentifier)")
            let body = String(other.prefix { $0 != "\n" })
            let sum = SupervisedShells.shell("printf %s '\(body)' | sha256sum | cut -d' ' -f1")
            try "\(body)\nsha256 \(sum)".write(toFile: record, atomically: true, encoding: .utf8)
        }
        let status = try HostServices(folder: shells.folder).status()
        #expect(status.services.allSatisfy { $0.process?.pid != innocent.processIdentifier })
        _ = try HostServices(folder: shells.folder).stop(forgets: false)
        #expect(innocent.isRunning, "a process that has nothing to do with it was ended")
    }

    /// No byte can be written any more, while things are killed.
    private func fill(_ shells: SupervisedShells, _ killSupervisor: () -> Void, _ killService: () -> Void)
        throws
    {
        guard shells.canBeFilled else {
            try Data().write(to: URL(filePath: shells.path + "/filler"))
            return killSupervisor()
        }
        SupervisedShells.shell("cat /dev/zero > '\(shells.path)/filler' 2>/dev/null")
        killService()
        let isBack = shells.eventually { shells.processes(of: "beta").count == 1 }
        #expect(isBack, "supervision goes on without a disk")
        killSupervisor()
        _ = shells.eventually { shells.supervisors.isEmpty }
        #expect(throws: SupervisionError.self) { try shells.start() }
        #expect(shells.supervisors.isEmpty)
        let remembered = SupervisionMemory(shells.folder).read()
        #expect(remembered.plan == shells.plan() && remembered.problems == [], "nothing was lost")
    }
}

/// What several starts at the same time gave.
private final class StartResults: @unchecked Sendable {
    // Guarded by `lock`.
    private var results: [Result<SupervisorLaunch.Result, any Error>] = []
    private let lock = NSLock()

    func add(_ start: () throws -> SupervisorLaunch.Result) {
        let result = Result { try start() }
        lock.withLock { results.append(result) }
    }

    func values() throws -> [SupervisorLaunch.Result] {
        try lock.withLock { try results.map { try $0.get() } }
    }
}

@Suite(.serialized) struct SupervisionTests {
    @Test func anotherModeIsRefusedWhileServicesRunWithoutASupervisor() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        #expect(try shells.start() == .ready)
        for pid in shells.supervisors { kill(pid, SIGKILL) }
        #expect(shells.eventually { shells.supervisors.isEmpty })
        #expect(throws: SupervisionError.self) { try shells.start(shells.plan(.live)) }
        #expect(SupervisionMemory(shells.folder).read().plan?.mode == .backtest)
        #expect(
            try HostServices(folder: shells.folder).status().services.map(\.state) == [
                "unsupervised", "unsupervised",
            ])
        #expect(try shells.start() == .ready)
    }

    /// A record that names a process which runs, but has nothing to do with the service.
    @Test func aRecordThatNamesAStrangerMisleadsNobody() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        #expect(try shells.start() == .ready)
        let own = try #require(shells.processes(of: "alpha").first?.pid)
        for pid in shells.supervisors { kill(pid, SIGKILL) }
        #expect(shells.eventually { shells.supervisors.isEmpty })
        let stranger = Process()
        stranger.executableURL = URL(filePath: "/bin/sleep")
        stranger.arguments = ["600"]
        stranger.standardInput = FileHandle.nullDevice
        stranger.standardOutput = FileHandle.nullDevice
        stranger.standardError = FileHandle.nullDevice
        try stranger.run()
        defer { kill(stranger.processIdentifier, SIGKILL) }
        let record = shells.folder.path + "/alpha.record"
        let line = try String(contentsOfFile: record, encoding: .utf8).prefix { $0 != "\n" }
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let identity = try #require(ProcessTable().identity(of: stranger.processIdentifier))
        object["process"] = try JSONSerialization.jsonObject(with: JSONEncoder().encode(identity))
        let body = try JSONSerialization.data(withJSONObject: object, options: .withoutEscapingSlashes)
        try body.write(to: URL(filePath: record))
        SupervisedShells.shell(
            "s=$(sha256sum <'\(record)'); printf '\\nsha256 %s\\n' \"${s%% *}\" >>'\(record)'")
        let status = try HostServices(folder: shells.folder).status()
        #expect(status.problems == [] && status.services.first?.process?.pid == own)
        _ = try HostServices(folder: shells.folder).stop()
        #expect(stranger.isRunning && shells.processes(of: "alpha").isEmpty)
    }

    @Test func whatAServiceLeavesBehindIsEndedWithIt() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        // Exit code 78 is final: no further start would clear up.
        var plan = shells.plan(script: "sleep 600 & exit 78")
        plan.services = [plan.services[0]]
        _ = try shells.start(plan)
        #expect(shells.eventually { shells.supervisors.isEmpty })
        #expect(ProcessTable().holders(of: shells.folder.path + "/alpha.lock") == [])
    }

    @Test func whatAServiceLeavesBehindInASessionOfItsOwnDoesNotKeepItFromComingBack() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        let mark = shells.path + "/was-here"
        let first = "touch '\(mark)'; setsid sleep 600 & sleep 0.2; exit 1"
        var plan = shells.plan(script: "if test -e '\(mark)'; then sleep 600 & wait; else \(first); fi")
        plan.services = [plan.services[0]]
        _ = try shells.start(plan)
        let isBack = try shells.eventually {
            let service = try HostServices(folder: shells.folder).status().services.first
            return service?.state == "ready" && service?.restarts == 1
        }
        #expect(isBack)
        #expect(shells.processes(of: "alpha").count == 1)
        let log = try String(contentsOfFile: shells.folder.log(of: "supervisor"), encoding: .utf8)
        #expect(log.contains("leftover-ended"))
    }

    /// It would go on in the old way, with the old settings, and nobody would notice.
    @Test func whatRunsOtherwiseThanPlannedIsEndedAndStartedAnew() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        #expect(try shells.start() == .ready)
        let before = SupervisedShells.names.map { shells.processes(of: $0).map(\.pid) }
        for pid in shells.supervisors { kill(pid, SIGKILL) }
        #expect(shells.eventually { shells.supervisors.isEmpty })
        var plan = shells.plan()
        plan.services[1] = shells.plan(script: "echo other; sleep 600 & wait").services[1]
        #expect(try shells.start(plan) == .ready)
        let after = SupervisedShells.names.map { shells.processes(of: $0) }
        #expect(after[0].map(\.pid) == before[0], "the one that runs as planned was taken over")
        #expect(after[1].count == 1 && after[1].map(\.pid) != before[1])
        #expect(after[1].allSatisfy { $0.arguments.contains { $0.hasPrefix("echo other") } })
        let log = try String(contentsOfFile: shells.folder.log(of: "supervisor"), encoding: .utf8)
        #expect(log.contains("stranger-ended"))
    }

    /// As its processes keep writing while nobody is there to rotate.
    @Test func logsOfASupervisedServiceAreSetAsideWholeAndReadAsOne() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        let line = String(repeating: "x", count: 990)
        let script = "i=10000; while [ $i -lt 22000 ]; do echo $i \(line); i=$((i+1)); done; sleep 600 & wait"
        var plan = shells.plan(script: script)
        plan.services = [plan.services[0]]
        // The disk of the others is too small for 12 MB.
        let scratch = try ScratchFolder()
        let folder = StateFolder(scratch.path)
        let result = try SupervisorLaunch.detached(
            plan, in: folder, executable: ServiceDesk.built,
            environment: ["PATH": "/usr/bin:/bin"])
        #expect(result == .ready)
        defer { _ = try? HostServices(folder: folder).stop() }
        let older = folder.log(of: "alpha") + ".1"
        #expect(shells.eventually { FileManager.default.fileExists(atPath: older) })
        var last = ""
        _ = shells.eventually {
            var tail = LogTail(path: folder.log(of: "alpha"))
            last = tail.last(1).first ?? ""
            return last.hasPrefix("21999 ")
        }
        #expect(last.hasPrefix("21999 "))
        _ = try HostServices(folder: folder).stop()
        #expect(try !CapturedOutput(path: folder.log(of: "alpha")).hasHole(), "a plain file is left behind")
        var tail = LogTail(path: folder.log(of: "alpha"))
        let told = tail.last(20_000).map { $0.prefix(5) }
        #expect(told == (10000..<22000).map { Substring("\($0)") })
    }

    @Test func withBothPlansLostTheModeIsThatOfWhatRuns() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        #expect(try shells.start(shells.plan(.paper)) == .ready)
        for name in ["plan", "plan.copy"] {
            try Data().write(to: URL(filePath: shells.folder.path + "/" + name))
        }
        let status = try HostServices(folder: shells.folder).status()
        #expect(status.mode == .paper)
        #expect(status.problems.count == 2)
        #expect(status.services.map(\.name) == SupervisedShells.names)
        #expect(try HostServices(folder: shells.folder).stop().services == SupervisedShells.names)
        #expect(SupervisedShells.names.allSatisfy { shells.processes(of: $0).isEmpty })
    }

    @Test func aServiceThatCannotStartIsGivenUpLoudlyAndStaysStopped() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        var plan = shells.plan(script: "exit 3")
        plan.policy.waits = [.milliseconds(10), .milliseconds(20)]
        plan.services = [plan.services[0], plan.services[1]]
        let result = try shells.start(plan)
        // Without a health endpoint it counts as ready once it runs, so that the report may say either.
        #expect(result != .alreadyRunning)
        let hasEnded = shells.eventually { shells.supervisors.isEmpty }
        #expect(hasEnded)
        let status = try HostServices(folder: shells.folder).status()
        #expect(status.services.map(\.state) == ["gave-up", "gave-up"])
        #expect(status.services[0].lastFailure?.contains("exit code 3") == true)
        #expect(status.services[0].restarts == 2)
        #expect(!status.isWell)
        let log = try String(contentsOfFile: shells.folder.log(of: "supervisor"), encoding: .utf8)
        #expect(log.contains("GAVE UP"))
    }

    @Test func whatIgnoresARequestToEndIsKilledWithAllThatItStarted() throws {
        let shells = try SupervisedShells()
        defer { shells.end() }
        let plan = shells.plan(script: "trap '' TERM; sleep 600 & while :; do sleep 1; done")
        #expect(try shells.start(plan) == .ready)
        _ = try HostServices(folder: shells.folder).stop()
        #expect(SupervisedShells.names.allSatisfy { shells.processes(of: $0).isEmpty })
        #expect(ProcessTable().holders(of: shells.folder.path + "/alpha.lock") == [])
    }
}
