import Foundation
import Glibc
import TestServers
import Testing
import TradewindCommands

/// The commands of supervision, by the executable that was built with the tests, over the real HTTP service.
@Suite(.serialized) struct ServiceCommandTests {
    let desk: ServiceDesk

    init() throws { desk = try ServiceDesk() }

    @Test func startingAndStoppingTwiceDoesNoHarm() throws {
        defer { desk.end() }
        #expect(try desk.run(["start"]).status == 0)
        let before = try pids([:])
        let again = try desk.run(["start"])
        #expect(again.status == 0 && again.errors.contains("already running"))
        #expect(try pids([:]) == before && before.count == 2)
        #expect(try desk.run(["logs", "supervisor", "--json", "--lines", "3"]).output.contains("all-ready"))
        #expect(try desk.run(["logs", "nobody"]).status == 65)
        let stop = try desk.run(["stop", "--json"])
        #expect(stop.object["stopped"] as? [String] == ["api"])
        #expect(try desk.run(["stop"]).output == "nothing was running\n")
        #expect(try desk.run(["status"]).status == 0, "nothing should run, and nothing does")
    }

    @Test func twoStartsAtOnceStartOneOfEach() throws {
        defer { desk.end() }
        let both = (0..<2).map { _ in desk.command(["start"]) }
        for process in both {
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
        }
        for process in both { process.waitUntilExit() }
        #expect(both.map(\.terminationStatus) == [0, 0])
        #expect(try desk.run(["status"]).status == 0)
        let log = try desk.run(["logs", "supervisor"]).output
        #expect(log.split(separator: "\n").count { $0.contains("service-started") } == 1)
    }

    @Test func aStartThatIsInterruptedSaysThatTheServicesGoOn() throws {
        defer { desk.end() }
        // A service is ready within a tenth of a second: the signal is sent ever later, until it comes while
        // the command waits.
        var attempts = 0
        for delay in stride(from: 10, to: 400, by: 5) {
            attempts += 1
            let start = desk.command(["start"])
            start.standardOutput = FileHandle.nullDevice
            let errors = Pipe()
            start.standardError = errors
            try start.run()
            usleep(UInt32(delay) * 1000)
            start.interrupt()
            start.waitUntilExit()
            guard start.terminationReason == .exit && start.terminationStatus == 130 else {
                _ = try desk.run(["stop"])
                continue
            }
            let text = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
            #expect(text.contains("tradewind status") && text.contains("tradewind stop"), "\(text)")
            var isWell = false
            for _ in 0..<100 where !isWell { isWell = try desk.run(["status"]).status == 0 }
            #expect(isWell, "the services went on starting")
            return
        }
        Issue.record("none of \(attempts) starts was interrupted while it waited")
    }

    @Test func inProductionWithoutSettingsAllThatIsMissingIsNamedWithinASecond() throws {
        defer { desk.end() }
        let start = try desk.run(["start", "--json"], ["TRADEWIND_ENVIRONMENT": "production"])
        #expect(start.status == 78)
        let problems = start.object["problems"] as? [[String: Any]] ?? []
        let messages = problems.compactMap { $0["message"] as? String }
        for key in ["execution.mode", "api.token", "auth.signing-keys", "database.url", "api.cors-origins"] {
            #expect(messages.contains { $0.hasPrefix(key + ":") }, "\(key)")
        }
        print("refusal in production: \(start.duration)")
        #expect(start.duration < .seconds(1))
        #expect(!FileManager.default.fileExists(atPath: desk.path + "/.tradewind"), "nothing was touched")
    }

    @Test func aForcedBacktestStaysOneThroughRestartAndKill() throws {
        defer { desk.end() }
        let settings = ["TRADEWIND_EXECUTION__MODE": "paper"]
        #expect(try desk.run(["start", "--mode", "backtest"], settings).status == 0)
        func mode(_ answer: ServiceDesk.Answer) -> String? { answer.object["mode"] as? String }
        #expect(mode(try desk.run(["status", "--json"], settings)) == "backtest")
        #expect(mode(try desk.run(["restart", "--json"], settings)) == "backtest")
        for pid in try pids(settings) { kill(pid, SIGKILL) }
        #expect(try desk.run(["status"], settings).status == 69)
        #expect(mode(try desk.run(["start", "--json"], settings)) == "backtest")
        _ = try desk.run(["stop"], settings)
        #expect(mode(try desk.run(["start", "--json"], settings)) == "backtest")
        let page = try health()
        #expect(page.contains("backtest") && !page.contains("paper"), "\(page)")
        let other = try desk.run(["start", "--mode", "paper", "--json"], settings)
        #expect(other.status == 1 && other.output.contains("already-running"))
        #expect(mode(try desk.run(["restart", "--mode", "paper", "--json"], settings)) == "paper")
    }

    @Test func liveIsRefusedUnlessTheSettingsAllowIt() throws {
        defer { desk.end() }
        #expect(try desk.run(["start", "--mode", "live"]).status == 78)
        let allowed = ["TRADEWIND_EXECUTION__MODE": "live"]
        let refused = try desk.run(["start", "--json"], allowed)
        #expect(refused.status == 78 && refused.output.contains("live-disabled"))
        #expect(try desk.run(["start", "--mode", "loud"]).status == 64)
    }

    @Test func aFolderThatCannotBeWrittenToIsNamedWithTheReason() throws {
        defer { desk.end() }
        // Not even root can make a folder in /proc.
        let start = try desk.run(
            ["start", "--json"], ["TRADEWIND_STATE__DIRECTORY": "/proc/1/tradewind"])
        #expect(start.status == 74)
        let problem = start.object["error"] as? [String: Any]
        #expect(problem?["file"] as? String == "/proc/1/tradewind", "\(start.output)")
        #expect((problem?["message"] as? String)?.contains("making the folder failed") == true)
    }

    @Test func aRestartDuringAStartLeavesOneOfEach() throws {
        defer { desk.end() }
        for delay in [10, 20, 30, 40, 60, 80, 120, 160] {
            let start = desk.command(["start"])
            start.standardOutput = FileHandle.nullDevice
            start.standardError = FileHandle.nullDevice
            try start.run()
            usleep(UInt32(delay) * 1000)
            let restart = try desk.run(["restart"])
            #expect(restart.status == 0, "after \(delay) ms: \(restart.output) \(restart.errors)")
            start.waitUntilExit()
            // It was done, or says that its services were stopped, or was itself ended, as it had the lock.
            let isToldOf = [0, 69, 130].contains(start.terminationStatus)
            #expect(isToldOf || start.terminationReason == .uncaughtSignal)
            #expect(try desk.run(["status"]).status == 0)
            #expect(try desk.run(["stop"]).output == "stopped api\n")
        }
    }

    @Test func wrongSettingsLeaveWhatRunsAlone() throws {
        defer { desk.end() }
        #expect(try desk.run(["start"]).status == 0)
        let before = try pids([:])
        #expect(try desk.run(["restart"], ["TRADEWIND_API__PORT": "none"]).status == 78)
        #expect(try pids([:]) == before)
        #expect(
            try desk.run(["status"], ["TRADEWIND_API__PORT": "none"]).status == 0, "status works all the same"
        )
    }

    @Test func aPortThatIsTakenFailsTheStartAndSaysSo() throws {
        defer { desk.end() }
        let other = try ServiceDesk()
        defer { other.end() }
        let taken = ["TRADEWIND_API__PORT": "\(other.port)"]
        #expect(try other.run(["start"]).status == 0)
        let start = try desk.run(["start", "--json"], taken)
        #expect(start.status == 69, "another's answers are not taken for one's own")
        #expect(start.output.contains("127.0.0.1:\(other.port) is taken"))
        let again = try desk.run(["start"], taken)
        #expect(again.status == 69 && again.errors.contains("already running"), "it is not ready")
        #expect(again.output.contains("waiting for its next attempt"))
        #expect(try desk.run(["stop"], taken).output.hasPrefix("stopped the supervisor"))
        #expect(try other.run(["status"]).status == 0)
    }

    @Test func theSupervisorInTheForegroundTellsSystemdAndEndsWithASignal() throws {
        defer { desk.end() }
        let socket = try NotifySocket()
        let process = Process()
        process.executableURL = URL(filePath: ServiceDesk.built)
        process.arguments = ["start", "--foreground"]
        process.currentDirectoryURL = URL(filePath: desk.path)
        process.environment = [
            "HOME": desk.path, "PATH": "/usr/bin:/bin", "TRADEWIND_API__PORT": "\(desk.port)",
            "NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "200000",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        #expect(socket.waits(for: "READY=1"))
        #expect(socket.waits(for: "WATCHDOG=1") && socket.waits(for: "WATCHDOG=1"))
        #expect(try desk.run(["start", "--foreground"]).status == 1, "one supervisor at a time")
        process.terminate()
        #expect(socket.waits(for: "STOPPING=1"))
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try desk.run(["status", "--json"]).services.first?["running"] as? Bool == false)
    }

    @Test func aUnitFileIsPrintedForThisFolder() throws {
        defer { desk.end() }
        let unit = try desk.run(["systemd", "--mode", "paper", "--user", "root"]).output
        #expect(unit.contains("WorkingDirectory=\(desk.path)\n"))
        #expect(unit.contains("ReadWritePaths=\"\(desk.path)/.tradewind\"\n"))
        #expect(unit.contains("start --foreground --mode paper\n"))
    }

    /// `tradewind --help` lists what this executable can do, and nothing else.
    @Test func theOtherExecutableListsTheseCommands() throws {
        let help = try desk.run(["--help"]).output
        var mine: Set<String> = []
        let lines = help.split(separator: "\n").drop { !$0.hasPrefix("SUBCOMMANDS") }.dropFirst()
        for line in lines.prefix(while: { $0.hasPrefix("  ") && !$0.contains("See '") })
        where !line.hasPrefix("   ") {
            mine.insert(String(line.drop { $0 == " " }.prefix { $0 != " " }))
        }
        let listed = Set(ServiceCommands.listed.map { String($0.path.prefix { $0 != " " }) })
        #expect(mine == listed)
        for command in ServiceCommands.listed {
            let help = try desk.run(command.path.split(separator: " ").map(String.init) + ["--help"])
            #expect(
                help.status == 0 && help.output.contains("USAGE: tradewind-server \(command.path)"),
                "\(command)")
            let overview = help.output.replacing("\n", with: " ")
            #expect(overview.hasPrefix("OVERVIEW: \(command.abstract) "), "\(command.path)")
        }
    }

    private func pids(_ settings: [String: String]) throws -> [Int32] {
        let answer = try desk.run(["status", "--json"], settings)
        let supervisor = (answer.object["supervisor"] as? [String: Any])?["pid"] as? Int
        return ([supervisor] + answer.services.map { $0["pid"] as? Int }).compactMap { $0.map(Int32.init) }
    }

    private func health() throws -> String {
        let url = try #require(URL(string: "http://127.0.0.1:\(desk.port)/health"))
        return try String(contentsOf: url, encoding: .utf8)
    }
}

/// A socket as systemd gives one.
private final class NotifySocket {
    let path: String
    private let descriptor: Int32
    private let scratch: ScratchFolder
    private var seen: [String] = []

    init() throws {
        scratch = try ScratchFolder()
        path = scratch.path + "/notify"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        try #require(bound == 0)
    }

    deinit { close(descriptor) }

    /// Whether a message comes within ten seconds; it is then used up.
    func waits(for message: String) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<100 {
            if let index = seen.firstIndex(of: message) {
                seen.remove(at: index)
                return true
            }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, 100) > 0 else { continue }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { seen.append(String(decoding: buffer[..<count], as: UTF8.self)) }
        }
        return false
    }
}
