import Foundation
import TestServers
import Testing

/// What the real Caddy does with requests, before a stand-in for the service.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ProxyBehaviourTests {
    /// An answer as curl shows it.
    struct Answer {
        let status: String
        let headers: String
        let body: String
    }

    /// Starts the stand-in and the proxy, on free ports in the place of those of the container.
    private func withProxy(
        _ variables: [String: String], _ body: (_ port: Int, _ log: URL) async throws -> Void
    ) async throws {
        guard Tools.find("caddy", package: "the Debian package caddy") != nil,
            Tools.find("curl", package: "the Debian package curl") != nil
        else { return }
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = ServerProcess.freePort()
        try FileManager.default.copyItem(
            atPath: DeployFiles.path("Deploy/Proxy"), toPath: folder.appending(path: "proxy").path)
        let file = folder.appending(path: "proxy/Caddyfile")
        let text = try String(contentsOf: file, encoding: .utf8)
            .replacingOccurrences(of: "http_port 8080", with: "http_port \(port)")
            .replacingOccurrences(of: "https_port 8443", with: "https_port \(ServerProcess.freePort())")
            .replacingOccurrences(of: "http://:9180", with: "http://:\(ServerProcess.freePort())")
        try Data(text.utf8).write(to: file)
        let service = try await LoopbackServer.start { request in
            let headers = request.headers.map { "\($0.key.lowercased())=\($0.value)" }.sorted()
            let said = "\(request.method) \(request.target) \(request.body.count)\n"
            return .init(
                status: 200, body: said + headers.joined(separator: "\n"),
                headers: ["Content-Type": "application/json", "X-Frame-Options": "of-the-service"])
        }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["start"]
        process.currentDirectoryURL = folder.appending(path: "proxy")
        var environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder.path,
            "XDG_DATA_HOME": folder.path, "XDG_CONFIG_HOME": folder.path, "CADDYFILE": file.path,
            "API_ADDRESS": "127.0.0.1:\(service.port)", "METRICS_ADDRESS": "127.0.0.1:\(service.port)",
        ]
        environment.merge(variables) { $1 }
        process.environment = environment
        let log = folder.appending(path: "log")
        try Data().write(to: log)
        process.standardOutput = try FileHandle(forWritingTo: log)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        for _ in 0..<200 {
            if try ask(port, "/health").status == "200" { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        try await body(port, log)
        try await service.stop()
    }

    private func ask(_ port: Int, _ path: String, _ more: [String] = [], input: String = "") throws -> Answer
    {
        let done = try Tools.run(
            // Without asking first whether a body may come, as there would be two answers.
            ["curl", "--silent", "--include", "--max-time", "5", "--header", "Expect:"]
                + ["http://localhost:\(port)\(path)"] + more,
            input: input)
        let text = done.output.replacingOccurrences(of: "\r\n", with: "\n")
        let parts = text.components(separatedBy: "\n\n")
        let head = parts.first ?? ""
        let words = head.split(separator: " ")
        return Answer(
            status: words.count > 1 ? String(words[1]) : "", headers: head.lowercased(),
            body: parts.dropFirst().joined(separator: "\n\n"))
    }

    @Test func everyPathLeadsToTheServiceAndSaysWhoAsks() async throws {
        try await withProxy([:]) { (port: Int, _: URL) async throws in
            for path in ["/", "/app.js", "/api/v1/runs?limit=2", "/health/detailed", "/ready", "/version"] {
                let answer = try ask(port, path, ["--header", "X-Forwarded-For: 203.0.113.9"])
                #expect(answer.status == "200" && answer.body.hasPrefix("GET \(path) 0"), "\(path)")
                #expect(answer.body.contains("x-forwarded-for="), "\(path)")
                #expect(!answer.body.contains("203.0.113.9"), "a client cannot say where it is")
                #expect(answer.body.contains("x-forwarded-proto=http"))
                // The service's own word stands; what it leaves out is added.
                #expect(answer.headers.contains("x-frame-options: of-the-service"))
                #expect(answer.headers.contains("x-content-type-options: nosniff"))
                #expect(!answer.headers.contains("server: caddy"))
                #expect(!answer.headers.contains("strict-transport-security"), "there is no TLS")
            }
            #expect(try ask(port, "/", ["--header", "Host: evil.example"]).body.isEmpty)
        }
    }

    @Test func figuresAreForSomeAddressesOnly() async throws {
        try await withProxy(["METRICS_FROM": "private_ranges"]) { (port: Int, _: URL) async throws in
            #expect(try ask(port, "/metrics").status == "200")
        }
        try await withProxy(["METRICS_FROM": "10.99.0.0/24"]) { (port: Int, _: URL) async throws in
            for path in ["/metrics", "/metrics/", "/metricsx"] {
                #expect(try ask(port, path).status == "403", "\(path)")
            }
            #expect(try ask(port, "/health").status == "200")
        }
    }

    @Test func largeBodiesAreRefused() async throws {
        try await withProxy([:]) { (port: Int, _: URL) async throws in
            let small = String(repeating: "a", count: 100_000)
            let sent = try ask(port, "/api/v1/runs", ["--data-binary", "@-"], input: small)
            #expect(sent.status == "200" && sent.body.hasPrefix("POST /api/v1/runs 100000"))
            let large = String(repeating: "a", count: 11_000_000)
            // Caddy 2.6 blames the service for a body that it cut off itself; newer ones say 413.
            let refused = try ask(port, "/api/v1/runs", ["--data-binary", "@-"], input: large)
            #expect(["413", "502"].contains(refused.status), "\(refused.status)")
        }
    }

    @Test func pagesAskForAPasswordWhenThereIsOneAndTheAPIDoesNot() async throws {
        guard let caddy = Tools.find("caddy", package: "the Debian package caddy") else { return }
        let hash = try Tools.run([caddy, "hash-password", "--plaintext", "pass of the desk"]).output
            .split(separator: "\n").last.map(String.init)
        try await withProxy(["BASIC_AUTH_HASH": try #require(hash)]) { (port: Int, _: URL) async throws in
            #expect(try ask(port, "/").status == "401")
            #expect(try ask(port, "/", ["--user", "desk:wrong"]).status == "401")
            let page = try ask(port, "/", ["--user", "desk:pass of the desk"])
            #expect(page.status == "200")
            #expect(!page.body.contains("authorization="), "the service would take it for a token")
            let bearer = ["--header", "Authorization: Bearer t-4711"]
            #expect(try ask(port, "/api/v1/runs", bearer).body.contains("authorization=Bearer t-4711"))
            #expect(try ask(port, "/health").status == "200")
        }
    }

    @Test func noTokenIsWrittenDown() async throws {
        try await withProxy([:]) { (port: Int, log: URL) async throws in
            _ = try ask(
                port, "/api/v1/events/stream?access_token=hidden-4711&token=hidden-4712&run_id=seen-4713",
                ["--header", "Authorization: Bearer hidden-4714", "--header", "X-API-Key: hidden-4715"])
            var text = ""
            for _ in 0..<100 where !text.contains("seen-4713") {
                try await Task.sleep(for: .milliseconds(50))
                text = try String(contentsOf: log, encoding: .utf8)
            }
            #expect(text.contains("seen-4713"))
            #expect(!text.contains("hidden-47"))
        }
    }

    @Test func answersAreCompressedByTypeOnly() async throws {
        try await withProxy([:]) { (port: Int, _: URL) async throws in
            let long = String(repeating: "x", count: 900)
            let more = ["--header", "Accept-Encoding: gzip", "--output", "/dev/null", "--dump-header", "-"]
            let answer = try ask(port, "/api/v1/runs?\(long)", more)
            #expect(answer.headers.contains("content-encoding: gzip"), "\(answer.headers)")
        }
    }

    @Test func aDomainGetsHTTPSAndThisHostStillAsksItself() async throws {
        try await withProxy(["APP_DOMAIN": "desk.example.org"]) { (port: Int, _: URL) async throws in
            let answer = try ask(port, "/page", ["--header", "Host: desk.example.org"])
            #expect(answer.status == "308")
            #expect(answer.headers.contains("location: https://desk.example.org/page"))
            #expect(try ask(port, "/health").status == "200")
        }
    }
}
