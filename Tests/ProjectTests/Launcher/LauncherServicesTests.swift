import Foundation
import Testing

/// The launcher as a person meets it: this clone, the real compiler, the real services.
///
/// Only as a part of `./tradewind test`, which has built the services in release before: the launcher then
/// finds their objects and has no more to do than to look, link and write its stamp.
@Suite struct LauncherServicesTests {
    /// Goal: a fresh clone can start the services. Method: without the stamp of an earlier build the launcher
    /// must find out which executable of `Server` it is to build, build it and hand the command over; the
    /// services then run in a folder of their own.
    @Test(.enabled(if: SuiteStage.isRelease, "only by ./tradewind test"), .timeLimit(.minutes(15)))
    func theServicesAreFoundBuiltStartedAndStopped() throws {
        let stamp = ProjectTree.root.appendingPathComponent("Server/.build/launcher-stamp")
        if FileManager.default.fileExists(atPath: stamp.path) {
            try FileManager.default.removeItem(at: stamp)
        }
        let desk = try LauncherDesk()
        defer { #expect(throws: Never.self) { try desk.run("stop") } }
        let began = ContinuousClock.now
        let start = try desk.run("start")
        print("./tradewind start, with the look for what is to be built: \(ContinuousClock.now - began)")
        #expect(start.status == 0, "\(start.output)\n\(start.errors)")
        #expect(start.errors.contains("building tradewind-server (release)"), "\(start.errors)")
        let status = try desk.run("status", "--json")
        let object = try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
        #expect(status.status == 0 && object?["well"] as? Bool == true, "\(status.output)")
        let services = object?["services"] as? [[String: Any]] ?? []
        #expect(services.first?["ready"] as? Bool == true, "\(status.output)")
        #expect(!status.errors.contains("building"), "one build is enough")
        let stop = try desk.run("stop")
        #expect(stop.status == 0 && stop.output == "stopped api\n", "\(stop.output)\(stop.errors)")
    }
}

/// A folder in which the clone's own launcher is used, with a port of its own.
private struct LauncherDesk {
    private let folder: TemporaryFolder
    private let environment: [String: String]

    init() throws {
        folder = try TemporaryFolder(named: "a desk")
        var kept = ["CI": "true", "TRADEWIND_API__PORT": "\(DocumentedCommands.freePort())"]
        for name in ["HOME", "PATH", "LANG", "TMPDIR"] {
            kept[name] = ProcessInfo.processInfo.environment[name]
        }
        environment = kept
    }

    @discardableResult
    func run(_ arguments: String...) throws -> ShellCommand {
        try ShellCommand.run(
            ProjectTree.root.appendingPathComponent("tradewind"), arguments, in: folder.url,
            environment: environment)
    }
}
