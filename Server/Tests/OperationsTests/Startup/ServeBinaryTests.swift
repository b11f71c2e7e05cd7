import Foundation
import Glibc
import Testing

/// The real executable, in a folder of its own, without anything of this process's environment.
@Suite(.timeLimit(.minutes(2)), .serialized) struct ServeBinaryTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tradewind-serve-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func cleanUp() { try? FileManager.default.removeItem(at: folder) }

    private static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("tradewind-server")

    /// The executable, started; what it prints goes to files.
    func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path]
        for name in ["out", "err"] { try Data().write(to: folder.appendingPathComponent(name)) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: folder.appendingPathComponent("out"))
        process.standardError = try FileHandle(forWritingTo: folder.appendingPathComponent("err"))
        try process.run()
        return process
    }

    func run(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        let process = try start(arguments)
        process.waitUntilExit()
        return (process.terminationStatus, try text("out"), try text("err"))
    }

    func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// A port of the loopback that nobody used a moment ago, and the socket that holds it until it is closed.
    func freePort() -> (port: Int, socket: Int32) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size)
                listen(descriptor, 1)
                getsockname(descriptor, $0, &size)
            }
        }
        return (Int(in_port_t(bigEndian: address.sin_port)), descriptor)
    }

    @Test func whateverFailsEndsTheStartWithItsStepAndItsNumber() throws {
        defer { cleanUp() }
        let wrong = try run("serve", "--set", "api.port=80x", "--set", "logging.lvel=info")
        #expect(wrong.status == 78)
        #expect(wrong.errors.contains("the start failed at step 2 of 5, configuration"))
        #expect(wrong.errors.contains("logging.level"))
        let data = try run("serve", "--set", "data.instruments=binance:spot:BTCUSDT")
        #expect(data.status == 65)
        #expect(data.errors.contains("the start failed at step 3 of 5, data provider"))
        #expect(data.errors.contains("tradewind data import"))
        try Data("x".utf8).write(to: folder.appendingPathComponent("file"))
        let store = try run("serve", "--set", "runs.results=file/results")
        #expect(store.status != 0)
        #expect(store.errors.contains("the start failed at step 4 of 5, components (results-store)"))
        let (port, held) = freePort()
        defer { close(held) }
        let taken = try run("serve", "--set", "api.port=\(port)")
        #expect(taken.status == 69)
        #expect(taken.errors.contains("the start failed at step 5 of 5, HTTP server"))
        #expect(taken.errors.contains("127.0.0.1:\(port) is taken"))
    }

    @Test func itServesSaysHowItIsAndStopsWhenAsked() async throws {
        defer { cleanUp() }
        let (port, held) = freePort()
        close(held)
        let service = try start(["serve", "--mode", "backtest", "--set", "api.port=\(port)"])
        defer { if service.isRunning { service.terminate() } }
        let errors = folder.appendingPathComponent("err")
        let kept = folder.appendingPathComponent("service-err")
        while try !String(contentsOf: errors, encoding: .utf8).contains("HTTP on http://127.0.0.1:\(port)") {
            try #require(service.isRunning)
            try await Task.sleep(for: .milliseconds(20))
        }
        try FileManager.default.moveItem(at: errors, to: kept)
        let health = try run("health", "--set", "api.port=\(port)")
        #expect(health.status == 0)
        #expect(health.output.contains("mode backtest") && health.output.contains("disk-space      ready"))
        let json = try run("health", "--json", "--set", "api.port=\(port)")
        let page = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(page?["ready"] as? Bool == true)
        let doctor = try run("doctor", "--json", "--set", "api.port=\(port)")
        let rows = try JSONSerialization.jsonObject(with: Data(doctor.output.utf8)) as? [String: Any]
        let checks = rows?["checks"] as? [[String: Any]] ?? []
        #expect(
            checks.contains {
                $0["name"] as? String == "port \(port)"
                    && $0["found"] as? String == "a service of tradewind listens on 127.0.0.1"
            })
        #expect(doctor.status == (checks.contains { $0["status"] as? String == "failed" } ? 1 : 0))
        #expect(kill(service.processIdentifier, SIGTERM) == 0)
        service.waitUntilExit()
        #expect(service.terminationStatus == 0)
        let log = try text(".tradewind/logs/api.log").split(separator: "\n")
        #expect(log.count > 3)
        for line in log { #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil) }
        #expect(log.last?.contains("\"message\":\"stopped\"") == true)
        let nobody = try run("health", "--json", "--set", "api.port=\(port)")
        #expect(nobody.status == 69)
        #expect(nobody.output.contains("\"no-service\""))
    }
}
