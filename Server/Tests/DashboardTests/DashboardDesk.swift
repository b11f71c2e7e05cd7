import Foundation
import TestServers

/// The real service over sample data, in a folder of its own.
final class DashboardDesk {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// A series of minutes: a run over it takes a moment, so that its progress can be seen.
    static let instrument = "binance:spot:BTCUSDT"
    private static let catalogue = SampleCatalogue(days: 90)

    let folder: URL
    let port: Int
    private let service: Process
    private let variables: [String: String]

    /// A service that wants to know who asks: environment ci, with a static token and signing keys, and
    /// access tokens that live for some seconds.
    struct Access {
        static let token = "token-of-the-desk-in-ci-4711"
        static let lifetime = 5

        /// Variables of the service's environment; the dashboard's own origin is one that may ask.
        static func variables(port: Int) -> [String: String] {
            [
                "TRADEWIND_ENVIRONMENT": "ci", "TRADEWIND_API__TOKEN": token,
                "TRADEWIND_API__CORS_ORIGINS": "http://127.0.0.1:\(port)",
                "TRADEWIND_EXECUTION__MODE": "backtest",
                "TRADEWIND_DATABASE__URL": "sqlite:///.tradewind/tradewind.db",
                "TRADEWIND_AUTH__SIGNING_KEYS":
                    "a:\(Data((0..<32).map { $0 &* 7 &+ 3 }).base64EncodedString())",
                "TRADEWIND_AUTH__ACCESS_TOKEN_LIFETIME": "\(lifetime)s",
            ]
        }
    }

    var address: String { "http://127.0.0.1:\(port)" }

    private static let executables = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// Starts the service, and waits until it answers.
    ///
    /// - Parameter access: whether it wants to know who asks.
    static func open(access: Bool = false) async throws -> DashboardDesk {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tradewind-desk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = ServerProcess.freePort()
        let variables = access ? Access.variables(port: port) : [:]
        let arguments = [
            "serve", "--set", "api.port=\(port)", "--set", "api.rate-limit=100000", "--set",
            "logging.level=debug", "--set", "data.catalogue=\(try catalogue.path())",
        ]
        let desk = DashboardDesk(
            folder: folder, port: port, variables: variables,
            service: try start("tradewind-server", arguments, in: folder, variables))
        for _ in 0..<600 {
            if let (_, status) = try? await HTTPQuestion.get(desk.address + "/ready"), status == 200 {
                return desk
            }
            guard desk.service.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let words = try String(contentsOf: folder.appending(path: "errors"), encoding: .utf8)
        desk.close()
        throw Failure(description: "the service did not start: \(words.suffix(4_000))")
    }

    private init(folder: URL, port: Int, variables: [String: String], service: Process) {
        (self.folder, self.port, self.variables, self.service) = (folder, port, variables, service)
    }

    /// Adds a user, as an administrator does at the machine.
    func add(_ name: String, role: String, password: String) throws {
        let added = try Self.start(
            "tradewind-server", ["users", "add", name, "--role", role], in: folder, variables,
            input: password + "\n", log: "users")
        added.waitUntilExit()
        guard added.terminationStatus == 0 else {
            let words = try String(contentsOf: folder.appending(path: "users-errors"), encoding: .utf8)
            throw Failure(description: "users add \(name): \(words)")
        }
    }

    /// Runs a backtest to its end.
    ///
    /// - Returns: its id.
    func run(_ name: String, fast: Int = 12) async throws -> String {
        let body: [String: Any] = ["mode": "backtest", "start": true, "run": Self.file(name, fast: fast)]
        let text = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
        var headers = variables.isEmpty ? [:] : ["Authorization": "Bearer \(Access.token)"]
        headers["Content-Type"] = "application/json"
        let (made, status) = try await HTTPQuestion.send(
            "POST", address + "/api/v1/runs", headers: headers, body: text)
        guard status < 300, let id = Self.object(made)["id"] as? String else {
            throw Failure(description: "\(status): \(String(decoding: made, as: UTF8.self))")
        }
        for _ in 0..<1_200 {
            let (body, _) = try await HTTPQuestion.send(
                "GET", address + "/api/v1/runs/\(id)", headers: headers, body: nil)
            let state = Self.object(body)["status"] as? String
            if state == "completed" { return id }
            if state == "failed" { throw Failure(description: String(decoding: body, as: UTF8.self)) }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(description: "the run \(id) did not end")
    }

    /// A run file over hours of one instrument.
    static func file(_ name: String, fast: Int) -> [String: Any] {
        [
            "name": name, "strategy": "sma-cross",
            "parameters": ["fast": fast, "slow": 48, "quantity": "0.5"],
            "capital": ["amount": "100000", "asset": "USDT"],
            "data": ["series": [["instrument": instrument, "kind": "bars", "timeframe": "1h"]]],
            "execution": ["fill": "next-open", "commission": ["basis-points": "5"]],
        ]
    }

    private static func object(_ data: Data) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    }

    /// Stops the service and removes the folder.
    func close() {
        if service.isRunning {
            service.terminate()
            service.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    private static func start(
        _ executable: String, _ arguments: [String], in folder: URL, _ variables: [String: String] = [:],
        input: String? = nil, log: String? = nil
    ) throws -> Process {
        let process = Process()
        process.executableURL = executables.appending(path: executable)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = variables.merging(["PATH": "/usr/bin:/bin", "HOME": folder.path]) { $1 }
        process.standardInput = FileHandle.nullDevice
        if let input {
            let pipe = Pipe()
            pipe.fileHandleForWriting.write(Data(input.utf8))
            try pipe.fileHandleForWriting.close()
            process.standardInput = pipe
        }
        for (name, stream) in [("output", \Process.standardOutput), ("errors", \Process.standardError)] {
            let file = folder.appending(path: (log.map { $0 + "-" } ?? "") + name)
            try Data().write(to: file)
            process[keyPath: stream] = try FileHandle(forWritingTo: file)
        }
        try process.run()
        return process
    }
}
