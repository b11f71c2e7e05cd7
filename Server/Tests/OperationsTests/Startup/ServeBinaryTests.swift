import Foundation
import Glibc
import Operations
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
        let log = try text(".tradewind/logs/api.jsonl").split(separator: "\n")
        #expect(log.count > 3)
        for line in log { #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil) }
        #expect(log.last?.contains("\"message\":\"stopped\"") == true)
        let clock = ContinuousClock()
        let asked = clock.now
        let nobody = try run("health", "--json", "--set", "api.port=\(port)")
        #expect(asked.duration(to: clock.now) < .seconds(4), "at once, not when five seconds are over")
        #expect(nobody.status == 69)
        #expect(nobody.output.contains("\"no-service\"") && nobody.output.contains("connection refused"))
    }

    func json(_ path: String, port: Int) async throws -> [String: Any] {
        let answer = try await HTTPInquiry.get("http://127.0.0.1:\(port)\(path)", timeout: .seconds(10))
        let page = try JSONSerialization.jsonObject(with: Data(answer.body))
        return try #require(page as? [String: Any])
    }

    @Test func theNineComponentsMarketDataAndMetricsOnTheirOwnPortAreServed() async throws {
        let catalogue = try CatalogueFolder()
        defer {
            catalogue.remove()
            cleanUp()
        }
        let (port, held) = freePort()
        let (metricsPort, metricsHeld) = freePort()
        close(held)
        close(metricsHeld)
        let service = try start([
            "serve", "--mode", "backtest", "--set", "api.port=\(port)", "--set",
            "metrics.port=\(metricsPort)", "--set", "data.catalogue=\(catalogue.catalogue)", "--set",
            "data.instruments=binance:spot:BTCUSDT", "--set", "data.start=2024-01-01T00:01:00Z", "--set",
            "data.end=2024-01-01T00:30:00Z",
        ])
        defer { if service.isRunning { service.terminate() } }
        while try !text("err").contains("HTTP on http://127.0.0.1:\(port)") {
            let said = try text("err")
            try #require(service.isRunning, "\(said)")
            try await Task.sleep(for: .milliseconds(20))
        }
        let detailed = try await json("/health/detailed", port: port)
        let components = try #require(detailed["components"] as? [String: [String: Any]])
        let chain = ComponentName.chain.map { $0.text.replacing("-", with: "_") }
        #expect(chain.count == 9)
        for name in chain {
            let component = try #require(components[name], "\(name)")
            #expect(component["status"] as? String == "healthy", "\(name)")
            let checks = try #require(component["readiness_checks"] as? [String: Bool])
            #expect(checks["initialized"] == true, "\(name)")
        }
        let data = components["data_provider"]?["readiness_checks"] as? [String: Bool]
        #expect(data == ["initialized": true, "data_loaded": true, "market_data": true])
        let health = try await json("/health", port: port)
        #expect(health["holds_positions"] as? Bool == false)
        // The counters have moved to the other port, where the pages of health are as well.
        let metricsURL = "http://127.0.0.1:\(metricsPort)/metrics"
        let metrics = try await HTTPInquiry.get(metricsURL, timeout: .seconds(10))
        let counters = String(decoding: metrics.body, as: UTF8.self)
        #expect(metrics.status == 200)
        #expect(counters.contains("tradewind_ready{check=\"market-data\"} 1\n"))
        #expect(counters.contains("route=\"/health/detailed\",status=\"200\"} 1\n"))
        #expect(try await json("/health", port: metricsPort)["status"] as? String == "healthy")
        let here = try await HTTPInquiry.get("http://127.0.0.1:\(port)/metrics", timeout: .seconds(10))
        #expect(here.status == 404)
        #expect(kill(service.processIdentifier, SIGTERM) == 0)
        service.waitUntilExit()
        #expect(service.terminationStatus == 0)
    }
}
