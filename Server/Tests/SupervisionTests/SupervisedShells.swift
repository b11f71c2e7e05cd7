import Foundation
import Glibc
import Operations
import Settings
import TestServers
import Units

/// Services that are shell scripts, supervised by the real executable in a folder of their own; what runs is
/// counted by a look of its own at `/proc`.
final class SupervisedShells: Sendable {
    static let names = ["alpha", "beta"]

    let folder: StateFolder
    let path: String
    private let marker: String
    private let isMounted: Bool

    init() throws {
        marker = UUID().uuidString
        path = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/tradewind-\(marker)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        isMounted =
            geteuid() == 0
            && Self.shell("mount -t tmpfs -o size=512k tmpfs '\(path)' 2>/dev/null && echo yes") == "yes\n"
        folder = StateFolder(path + "/supervision")
    }

    /// Whether the folder has a disk of its own, which can be filled.
    var canBeFilled: Bool { isMounted }

    func plan(_ mode: ExecutionMode = .backtest, script: String = "echo here; sleep 600 & wait")
        -> SupervisionPlan
    {
        var policy = SupervisionPolicy.standard
        policy.waits = Array(repeating: .milliseconds(20), count: 100)
        policy.maximumRestarts = 1000
        let services = Self.names.map { name in
            ServiceDefinition(
                name: name,
                command: ["/bin/sh", "-c", script, "\(marker)-\(name)", "execution.mode=\(mode.rawValue)"],
                health: nil, readyWithin: .seconds(10), grace: .seconds(2))
        }
        return SupervisionPlan(mode: mode, services: services, policy: policy)
    }

    func start(_ plan: SupervisionPlan? = nil) throws -> SupervisorLaunch.Result {
        try SupervisorLaunch.detached(
            plan ?? self.plan(), in: folder, executable: ServiceDesk.built,
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/"])
    }

    /// The processes of a service, as its command line says; not by the files that the implementation looks
    /// at.
    ///
    /// A shell's child that has not yet become another program has the same line, but leads no session.
    func processes(of name: String) -> [(pid: Int32, arguments: [String])] {
        Self.commandLines().filter { pid, arguments in
            arguments.count > 3 && arguments[3] == "\(marker)-\(name)" && getsid(pid) == pid
        }
    }

    /// Processes that supervise this folder.
    var supervisors: [Int32] {
        Self.commandLines().filter {
            $0.arguments.dropFirst().first == "supervise" && $0.arguments.last == folder.path
        }
        .map(\.pid)
    }

    /// Waits until a condition holds, for at most ten seconds.
    func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<1000 {
            if try condition() { return true }
            usleep(10_000)
        }
        return false
    }

    func end() {
        for pid in supervisors { kill(pid, SIGKILL) }
        for name in Self.names { for (pid, _) in processes(of: name) { kill(-pid, SIGKILL) } }
        if isMounted { _ = Self.shell("umount -l '\(path)'") }
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func commandLines() -> [(pid: Int32, arguments: [String])] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.compactMap { pid in
            guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"), !data.isEmpty
            else {
                return nil
            }
            return (pid, data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
        }
    }

    @discardableResult static func shell(_ script: String) -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return "" }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
