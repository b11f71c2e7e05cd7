import Events
import Foundation
import TestServers
import Units

/// The real service over sample data, in a folder of its own.
final class ResearchDesk {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// An answer: its status and its JSON.
    struct Answer {
        let status: Int
        let body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONText { (try? JSONText(parsing: text)) ?? .null }
        var code: String? { json["error"]?["code"]?.text }
        var problems: [String] {
            (json["error"]?["details"]?["problems"]?.items ?? []).compactMap { $0["key"]?.text }
        }
    }

    let folder: URL
    let port: Int
    private(set) var service: Process
    private let extra: [String]

    var address: String { "http://127.0.0.1:\(port)" }

    private static let executables = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    private static let catalogue = SampleCatalogue(days: 30)

    /// Starts a service and waits until it answers.
    static func open(_ extra: [String] = []) async throws -> ResearchDesk {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tradewind-research-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let desk = try ResearchDesk(folder, extra)
        try await desk.awaitReady()
        return desk
    }

    private init(_ folder: URL, _ extra: [String]) throws {
        (self.folder, self.extra, port) = (folder, extra, ServerProcess.freePort())
        service = try Self.serve(folder, port, extra)
    }

    private static func serve(_ folder: URL, _ port: Int, _ extra: [String]) throws -> Process {
        try start(
            "tradewind-server",
            [
                "serve", "--set", "api.port=\(port)", "--set", "api.rate-limit=1000000", "--set",
                "data.catalogue=\(try catalogue.path())",
            ] + extra, in: folder)
    }

    /// Kills the service and starts it again over the same folder.
    func crash() async throws {
        kill(service.processIdentifier, SIGKILL)
        service.waitUntilExit()
        service = try Self.serve(folder, port, extra)
        try await awaitReady()
    }

    /// Stops the service, lets something happen to its folder, and starts it again.
    func restart(after change: () throws -> Void) async throws {
        service.terminate()
        service.waitUntilExit()
        try change()
        service = try Self.serve(folder, port, extra)
        try await awaitReady()
    }

    private func awaitReady() async throws {
        for _ in 0..<600 {
            if let (_, status) = try? await HTTPQuestion.get(address + "/ready"), status == 200 { return }
            guard service.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let words = try String(contentsOf: folder.appending(path: "errors"), encoding: .utf8)
        throw Failure(description: "the service did not start: \(words.suffix(4_000))")
    }

    func close() {
        if service.isRunning {
            service.terminate()
            service.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: Requests

    func get(_ path: String) async throws -> Answer {
        let (body, status) = try await HTTPQuestion.get(address + path)
        return Answer(status: status, body: body)
    }

    @discardableResult
    func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> Answer {
        let headers = body == nil ? [:] : ["Content-Type": "application/json"]
        let (answer, status) = try await HTTPQuestion.send(
            method, address + path, headers: headers, body: body)
        return Answer(status: status, body: answer)
    }

    /// Creates a run.
    ///
    /// - Returns: its id.
    func create(_ file: String, starts: Bool = true) async throws -> String {
        let answer = try await send(
            "POST", "/api/v1/runs", "{\"mode\": \"backtest\", \"start\": \(starts), \"run\": \(file)}")
        guard answer.status == 201, let id = answer.json["id"]?.text else {
            throw Failure(description: "\(answer.status): \(answer.text)")
        }
        return id
    }

    /// Waits until a run is in one of some states.
    func wait(_ id: String, for states: [String]) async throws -> JSONText {
        for _ in 0..<2_400 {
            let run = try await get("/api/v1/runs/\(id)").json
            if let status = run["status"]?.text, states.contains(status) { return run }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw Failure(
            description: "run \(id) is never \(states): \(try await get("/api/v1/runs/\(id)").text)")
    }

    /// The file of the service's database.
    var database: String { folder.appending(path: ".tradewind/tradewind.db").path }

    /// Something that happened and concerns no run.
    static func event(_ number: Int) -> EventEnvelope {
        EventEnvelope(
            id: EventID(derivedFrom: "desk", sequence: UInt64(number)), type: "test.Happened",
            correlationID: "desk", time: .epoch, producer: "tests", payload: .object([]))
    }

    /// Waits until the service has noticed how far consumers of its event log are behind.
    func wait(untilPressureIs level: Int) async throws {
        for _ in 0..<400 {
            let metrics = try await get("/metrics").text.split(separator: "\n")
            if metrics.contains("tradewind_events_pressure \(level)") { return }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw Failure(description: "the pressure is never \(level)")
    }

    /// A run over the hours of one instrument.
    static func file(_ name: String = "quick", fast: Int = 5) -> String {
        """
        {"name": "\(name)", "strategy": "sma-cross",
         "parameters": {"fast": \(fast), "slow": 20, "quantity": "0.5"},
         "capital": {"amount": "100000", "asset": "USDT"},
         "data": {"series": [{"instrument": "binance:spot:BTCUSDT", "kind": "bars", "timeframe": "1h"}]}}
        """
    }

    /// A run that takes long: many strategies on every minute.
    static func slowFile(_ name: String = "slow", strategies: Int = 400) -> String {
        let one = (0..<strategies).map { place in
            """
            {"strategy": "sma-cross", "account": "a\(place)", "capital": "1000",
             "parameters": {"fast": 2, "slow": 4, "quantity": "0.01"}}
            """
        }
        return """
            {"name": "\(name)", "strategies": [\(one.joined(separator: ","))],
             "capital": {"amount": "\(strategies * 1_000)", "asset": "USDT"},
             "data": {"series": [{"instrument": "binance:spot:BTCUSDT", "kind": "bars", "timeframe": "1m"}]}}
            """
    }

    private static func start(_ executable: String, _ arguments: [String], in folder: URL) throws -> Process {
        let process = Process()
        process.executableURL = executables.appending(path: executable)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = folder.appending(path: "errors")
        if !FileManager.default.fileExists(atPath: errors.path) { try Data().write(to: errors) }
        let handle = try FileHandle(forWritingTo: errors)
        try handle.seekToEnd()
        process.standardError = handle
        try process.run()
        return process
    }
}
