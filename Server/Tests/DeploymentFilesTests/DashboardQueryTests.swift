import Foundation
import TestServers
import Testing

/// Every expression of the dashboards and rules, asked of a real Prometheus that reads the real service.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DashboardQueryTests {
    /// The service on ports of its own, in a folder of its own.
    private func startService(_ folder: URL, port: Int) async throws -> Process {
        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let given = ProcessInfo.processInfo.environment["TRADEWIND_SERVER_EXECUTABLE"]
        let process = Process()
        process.executableURL =
            given.map { URL(filePath: $0) } ?? products.appending(path: "tradewind-server")
        process.arguments = ["serve", "--set", "api.port=\(port)"]
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<600 {
            let answer = try? await HTTPQuestion.get("http://127.0.0.1:\(port)/ready")
            if answer?.status == 200 { return process }
            try await Task.sleep(for: .milliseconds(50))
        }
        process.terminate()
        throw StackDesk.Failure(description: "the service did not start")
    }

    private func startPrometheus(_ folder: URL, port: Int, service: Int) async throws -> Process? {
        guard let path = Tools.find("prometheus", package: "the Debian package prometheus") else {
            return nil
        }
        let text = """
            global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
            rule_files: ["\(DeployFiles.path("Deploy/Monitoring/rules"))/*.yml"]
            scrape_configs:
              - job_name: tradewind
                static_configs: [{targets: ["127.0.0.1:\(service)"]}]
              - job_name: prometheus
                static_configs: [{targets: ["127.0.0.1:\(port)"]}]

            """
        let configuration = folder.appending(path: "prometheus.yml")
        try Data(text.utf8).write(to: configuration)
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = [
            "--config.file=\(configuration.path)", "--storage.tsdb.path=\(folder.path)/figures",
            "--web.listen-address=127.0.0.1:\(port)",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<600 {
            let answer = try? await HTTPQuestion.get("http://127.0.0.1:\(port)/-/ready")
            if answer?.status == 200 { return process }
            try await Task.sleep(for: .milliseconds(50))
        }
        process.terminate()
        throw StackDesk.Failure(description: "Prometheus did not start")
    }

    /// How many series an expression gives.
    private func count(_ expression: String, port: Int) async throws -> Int {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let escaped = try #require(expression.addingPercentEncoding(withAllowedCharacters: allowed))
        let answer = try await HTTPQuestion.get("http://127.0.0.1:\(port)/api/v1/query?query=\(escaped)")
        let json = try JSONSerialization.jsonObject(with: answer.body) as? [String: Any]
        let status = json?["status"] as? String
        #expect(status == "success", "\(expression): \(json?["error"] ?? "")")
        let data = json?["data"] as? [String: Any]
        return (data?["result"] as? [Any])?.count ?? 0
    }

    /// What a service that has only just started, alone, has no figures of.
    private static let silent = [
        "caddy_", "alertmanager_", "tradewind_auth_logins_total", "tradewind_events_consumer_lag",
    ]

    @Test func everyExpressionIsUnderstoodAndShowsSomething() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (port, service) = (ServerProcess.freePort(), ServerProcess.freePort())
        guard let prometheus = try await startPrometheus(folder, port: port, service: service) else { return }
        defer { prometheus.terminate() }
        let api = try await startService(folder, port: service)
        defer { api.terminate() }
        for _ in 0..<5 { _ = try await HTTPQuestion.get("http://127.0.0.1:\(service)/api/v1/runs") }
        let asked = try GrafanaDashboard.all().flatMap { dashboard in
            dashboard.expressions.map { (file: dashboard.file, title: $0.0, expression: $0.1) }
        }
        #expect(asked.count > 50)
        var missing = asked.filter { one in !Self.silent.contains { one.expression.contains($0) } }
        // Rates need two readings, recorded ones an evaluation more, each when its turn comes.
        for _ in 0..<200 where !missing.isEmpty {
            // Something that is written.
            for action in ["engage", "release"] {
                try await HTTPQuestion.send(
                    "POST", "http://127.0.0.1:\(service)/api/v1/kill-switch/\(action)",
                    headers: ["Content-Type": "application/json"], body: #"{"reason": "a write"}"#)
            }
            try await Task.sleep(for: .milliseconds(100))
            var still: [(file: String, title: String, expression: String)] = []
            for one in missing where try await count(one.expression, port: port) == 0 { still.append(one) }
            missing = still
        }
        for one in missing {
            Issue.record("\(one.file), \(one.title) shows nothing: \(one.expression)")
        }
        // What shows nothing yet is understood all the same.
        for one in asked { _ = try await count(one.expression, port: port) }
        for file in ["alerts", "recording"] {
            for rule in try AlertRule.rules("Deploy/Monitoring/rules/\(file).yml") {
                _ = try await count(rule["expr"] as? String ?? "", port: port)
            }
        }
    }
}
