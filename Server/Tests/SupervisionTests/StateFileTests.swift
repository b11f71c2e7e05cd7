import Foundation
import Operations
import Settings
import TestServers
import Testing
import Units

@Suite struct StateFileTests {
    let scratch: ScratchFolder
    let folder: StateFolder

    init() throws {
        scratch = try ScratchFolder()
        folder = StateFolder(scratch.path)
    }

    static func plan(_ mode: ExecutionMode) -> SupervisionPlan {
        SupervisionPlan(mode: mode, services: MachineWorld.definitions(2), policy: .standard)
    }

    @Test func whatIsRememberedIsReadBack() throws {
        for mode in ExecutionMode.allCases {
            try SupervisionMemory(folder).write(Self.plan(mode))
            let found = SupervisionMemory(folder).read()
            #expect(found.plan == Self.plan(mode))
            #expect(found.problems == [])
        }
        #expect(SupervisionMemory(StateFolder(scratch.path + "/none")).read().plan == nil)
    }

    @Test func noDamageOfOneFileChangesTheModeAndEachIsTold() throws {
        try SupervisionMemory(folder).write(Self.plan(.backtest))
        let whole = try Data(contentsOf: URL(filePath: scratch.path + "/plan"))
        var random = SplitMix64(seed: 4)
        for round in 0..<500 {
            let damaged = Self.damage(whole, &random)
            if damaged == whole { continue }
            let name = round % 2 == 0 ? "plan" : "plan.copy"
            try damaged.write(to: URL(filePath: scratch.path + "/" + name))
            let found = SupervisionMemory(folder).read()
            #expect(found.plan?.mode == .backtest)
            #expect(found.problems.count == (name == "plan" ? 1 : 0))
            try whole.write(to: URL(filePath: scratch.path + "/" + name))
        }
    }

    @Test func aPlanThatCannotBeCarriedOutIsNotTakenThoughItsChecksumIsRight() throws {
        var plan = Self.plan(.paper)
        plan.policy.failedChecks = 0
        try SupervisionMemory(folder).write(plan)
        let found = SupervisionMemory(folder).read()
        #expect(found.plan == nil && found.problems.map(\.code) == [.corrupted, .corrupted])
    }

    @Test func withBothFilesDamagedNothingIsInvented() throws {
        try SupervisionMemory(folder).write(Self.plan(.paper))
        for name in ["plan", "plan.copy"] {
            try Data("{\"mode\":\"live\"}\n".utf8).write(to: URL(filePath: scratch.path + "/" + name))
        }
        let found = SupervisionMemory(folder).read()
        #expect(found.plan == nil)
        #expect(found.problems.count == 2)
        #expect(found.problems.allSatisfy { $0.code == .corrupted })
    }

    @Test func statePathsAreCleaned() {
        #expect(StateFolder(".tradewind/supervision", in: "/a/b").path == "/a/b/.tradewind/supervision")
        #expect(StateFolder("../x/./y//z", in: "/a/b").path == "/a/x/y/z")
        #expect(StateFolder("/x", in: "/a").path == "/x")
    }

    @Test func aLockIsHeldOnceAndEndsWithItsHolder() throws {
        let path = scratch.path + "/a.lock"
        #expect(try !LockFile.isHeld(path))
        do {
            guard let first = try LockFile.acquire(path) else {
                Issue.record("a free lock was refused")
                return
            }
            if try LockFile.acquire(path) != nil { Issue.record("a lock was given twice") }
            #expect(try LockFile.isHeld(path))
            _ = consume first
        }
        #expect(try !LockFile.isHeld(path))
        if try LockFile.acquire(path) == nil { Issue.record("a lock outlived its holder") }
    }

    /// One of: a flipped bit, a cut, an appended byte, an empty file, other bytes altogether.
    private static func damage(_ data: Data, _ random: inout SplitMix64) -> Data {
        var bytes = [UInt8](data)
        let position = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 5 {
        case 0: bytes[position] ^= 1 << UInt8(random.next() % 8)
        case 1: bytes.removeLast(bytes.count - position)
        case 2: bytes.append(UInt8(truncatingIfNeeded: random.next()))
        case 3: bytes = []
        default: for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
        }
        return Data(bytes)
    }
}

@Suite struct ProcessTableTests {
    let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        try scratch.write("f00d-1\n", to: "sys/kernel/random/boot_id")
        try scratch.write("1000.50 900.00\n", to: "uptime")
    }

    var table: ProcessTable { ProcessTable(root: scratch.path) }

    private func stat(_ pid: Int, name: String, state: String, start: UInt64) -> String {
        "\(pid) (\(name)) \(state) 1 \(pid) \(pid) 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 \(start) 9 9\n"
    }

    @Test func aProcessIsKnownByItsStartWhateverItsName() throws {
        for name in ["sh", "a b", "a) S 1 (", "))", "evil) Z 1 2 3"] {
            try scratch.write(stat(42, name: name, state: "S", start: 777), to: "42/stat")
            let identity = try #require(table.identity(of: 42))
            #expect(identity.startTicks == 777 && identity.bootID == "f00d-1")
            #expect(table.isRunning(identity))
        }
    }

    @Test func aReusedNumberAnotherBootAndARemainAreNotTheProcess() throws {
        try scratch.write(stat(42, name: "sh", state: "S", start: 777), to: "42/stat")
        let identity = try #require(table.identity(of: 42))
        try scratch.write(stat(42, name: "sh", state: "S", start: 778), to: "42/stat")
        #expect(!table.isRunning(identity))
        try scratch.write(stat(42, name: "sh", state: "Z", start: 777), to: "42/stat")
        #expect(!table.isRunning(identity))
        try scratch.write(stat(42, name: "sh", state: "R", start: 777), to: "42/stat")
        #expect(table.isRunning(identity))
        try scratch.write("other\n", to: "sys/kernel/random/boot_id")
        #expect(!table.isRunning(identity))
    }

    /// The number of a service that ended, given to a stranger, draws no signal.
    @Test func aSignalReachesTheProcessItIsMeantForAndNoOtherOfItsNumber() throws {
        let stranger = Process()
        stranger.executableURL = URL(filePath: "/bin/sleep")
        stranger.arguments = ["600"]
        stranger.standardInput = FileHandle.nullDevice
        try stranger.run()
        defer { kill(stranger.processIdentifier, SIGKILL) }
        let real = try #require(ProcessTable().identity(of: stranger.processIdentifier))
        let copied = try JSONEncoder().encode(real)
        for (key, value) in [("startTicks", "\(real.startTicks - 1)"), ("bootID", "\"another\"")] {
            var object = try #require(
                try JSONSerialization.jsonObject(with: copied) as? [String: Any])
            object[key] = try JSONSerialization.jsonObject(
                with: Data(value.utf8), options: .fragmentsAllowed)
            let old = try JSONDecoder().decode(
                ProcessIdentity.self, from: JSONSerialization.data(withJSONObject: object))
            let process = ServiceProcess(identity: old, isChild: false, table: ProcessTable())
            #expect(process.send(SIGKILL) == 0)
        }
        usleep(50_000)
        #expect(stranger.isRunning)
        #expect(ServiceProcess(identity: real, isChild: false, table: ProcessTable()).send(SIGKILL) == 0)
        stranger.waitUntilExit()
        #expect(stranger.terminationReason == .uncaughtSignal)
    }

    @Test func damagedEntriesAreNoProcess() throws {
        for text in [
            "", "42", "42 (sh)", "42 (sh) S 1 2", "42 (sh) S 1 x 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 y\n",
        ] {
            try scratch.write(text, to: "42/stat")
            #expect(table.identity(of: 42) == nil)
        }
        #expect(
            table.identity(of: -1) == nil && table.identity(of: 0) == nil && table.identity(of: 43) == nil)
    }

    @Test func theUptimeOfAProcessIsThatOfTheMachineLessItsStart() throws {
        try scratch.write(stat(42, name: "sh", state: "S", start: 99_050), to: "42/stat")
        // 100 ticks a second, on every Linux that has Swift: 1000.50 s - 990.50 s.
        #expect(table.uptime(of: 42) == .seconds(10))
    }

    @Test func thisVeryProcessIsFoundByAnOpenFile() throws {
        let path = scratch.path + "/held"
        let lock = try LockFile.acquire(path)
        let own = [ProcessInfo.processInfo.processIdentifier]
        #expect(ProcessTable().holders(of: path) == own && ProcessTable().openers(of: path) == own)
        _ = consume lock
        let asking = open(path, O_RDWR)
        #expect(ProcessTable().openers(of: path) == own)
        #expect(ProcessTable().holders(of: path) == [], "whoever only looks at a lock does not have it")
        close(asking)
        #expect(ProcessTable().openers(of: path) == [])
    }
}
