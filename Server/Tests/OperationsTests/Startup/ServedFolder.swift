import Foundation
import Glibc
import TestServers
import Testing

/// The real executable in a folder of its own, as a service and as commands, with everything that it says
/// kept for a look at the end.
final class ServedFolder {
    let folder: URL
    let port = ServerProcess.freePort()
    private var service: Process?
    /// All that was printed and answered.
    private(set) var said = ""

    static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("tradewind-server")

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("served-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Writes a file for its owner alone, by renaming, as an agent does.
    func write(_ name: String, _ text: String) throws {
        let next = folder.appendingPathComponent(name + ".next")
        try Data(text.utf8).write(to: next)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: next.path)
        rename(next.path, folder.appendingPathComponent(name).path)
    }

    private func process(_ arguments: [String], _ variables: [String: String], _ output: String) throws
        -> Process
    {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = variables.merging(["PATH": "/usr/bin:/bin", "HOME": folder.path]) { $1 }
        let file = folder.appendingPathComponent(output)
        try Data().write(to: file)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardError = process.standardOutput
        try process.run()
        return process
    }

    /// A command; both of its outputs together.
    func run(_ arguments: [String], _ variables: [String: String] = [:]) throws -> (
        status: Int32, text: String
    ) {
        let process = try process(arguments, variables, "command-output")
        // A service that starts although it should not must not hold the tests up.
        let pid = process.processIdentifier
        let end = DispatchWorkItem { kill(pid, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: end)
        process.waitUntilExit()
        end.cancel()
        let text = try String(contentsOf: folder.appendingPathComponent("command-output"), encoding: .utf8)
        said += text
        return (process.terminationStatus, text)
    }

    /// Starts the service and waits until it takes requests.
    func serve(_ variables: [String: String] = [:]) async throws {
        let process = try process(["serve", "--set", "api.port=\(port)"], variables, "service-output")
        service = process
        for _ in 0..<1500 {
            if log.contains("HTTP on http://127.0.0.1:\(port)") { return }
            try #require(process.isRunning, "\(log)")
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CocoaError(.featureUnsupported)
    }

    /// What the service printed so far.
    var log: String {
        (try? String(contentsOf: folder.appendingPathComponent("service-output"), encoding: .utf8)) ?? ""
    }

    /// Stops the service as a service manager does, and keeps what it printed.
    @discardableResult
    func stop() -> Int32? {
        guard let service, service.isRunning else { return nil }
        kill(service.processIdentifier, SIGTERM)
        service.waitUntilExit()
        said += log
        return service.terminationStatus
    }

    /// The object on a page of the service.
    func page(_ path: String) async throws -> [String: Any] {
        let (data, _) = try await HTTPQuestion.get("http://127.0.0.1:\(port)\(path)")
        said += String(decoding: data, as: UTF8.self)
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// What health shows of the secrets of an owner.
    func facts(_ owner: String) async throws -> [String: Any] {
        let components = try await page("/health/detailed")["components"] as? [String: [String: Any]]
        let facts = try #require(components?["secrets"]?["facts"] as? [String: [String: Any]])
        return try #require(facts[owner])
    }

    /// Why the check of an owner's secrets says no; nil when it says yes.
    func reason(_ owner: String) async throws -> String? {
        let checks = try #require(try await page("/ready")["checks"] as? [String: [String: Any]])
        return try #require(checks["secrets-source-\(owner)"])["reason"] as? String
    }

    /// Waits, for at most so long, until something is so.
    func wait(_ limit: Duration, _ what: String, until isSo: () async throws -> Bool) async throws {
        let began = ContinuousClock.now
        while try await !isSo() {
            try #require(ContinuousClock.now - began < limit, "\(what); \(log)")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The files below the folder of state, in one text.
    func state() throws -> String {
        let root = folder.appendingPathComponent(".tradewind")
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        return names.compactMap { name in
            FileManager.default.contents(atPath: root.appendingPathComponent(name).path)
        }.map { String(decoding: $0, as: UTF8.self) }.joined()
    }
}
