import Foundation
import TestServers
import Testing

/// The images are built and the whole stack is started, watched and stopped.
@Suite(.serialized, .timeLimit(.minutes(150))) struct StackTests {
    /// A program that takes alerts and appends each to a file.
    private func startHook(_ desk: StackDesk) throws -> Process {
        let script = """
            import http.server, sys
            class Hook(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    body = self.rfile.read(int(self.headers['Content-Length']))
                    open(sys.argv[2], 'ab').write(body + b'\\n')
                    self.send_response(200)
                    self.end_headers()
            http.server.HTTPServer(('0.0.0.0', int(sys.argv[1])), Hook).serve_forever()
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", script, "\(desk.hook)", desk.folder.appending(path: "alerts").path,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Waits until something holds.
    private func wait(
        _ what: String, seconds: Int, until holds: () async throws -> Bool
    ) async throws -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        while start.duration(to: clock.now) < .seconds(seconds) {
            if try await holds() { return start.duration(to: clock.now) }
            try await Task.sleep(for: .milliseconds(500))
        }
        throw StackDesk.Failure(description: "\(what): not within \(seconds) s")
    }

    @Test func theStackIsBuiltStartedWatchedAndStopped() async throws {
        if !StackDesk.runsLong && StackDesk.prepared == nil {
            print("skipped: the stack is built and started with --long only")
            return
        }
        if let tool = StackDesk.missing() {
            print("skipped: \(tool) is not there")
            return
        }
        let desk = try StackDesk()
        defer { desk.close() }
        let clock = ContinuousClock()
        var times: [String] = []
        if StackDesk.prepared == nil {
            times.append("base images \(try clock.measure { try desk.makeBaseImages() })")
            times.append("production image \(try clock.measure { try desk.buildProduction() })")
        }
        try desk.makeSideImages()
        let base = try desk.size(of: "docker.io/library/debian:bookworm-slim")
        let whole = try desk.size(of: "localhost/tradewind:trial")
        print("production image: \(whole / 1_000_000) MB, \((whole - base) / 1_000_000) MB over its base")
        #expect(whole > base && whole - base < 150_000_000)
        try expectNoSecret(desk)
        try expectSealed(desk)

        let hook = try startHook(desk)
        defer { hook.terminate() }
        times.append("up \(try clock.measure { try desk.up() })")
        times.append(
            "ready after \(try await wait("ready", seconds: 60) { await desk.ask("/healthz").status == 200 })"
        )
        try await expectServing(desk)
        try await expectWatched(desk)
        times.append("alert at the webhook after \(try await alert(desk))")
        let stop = try clock.measure { try desk.run(desk.compose + " stop api") }
        times.append("stopped within \(stop)")
        let logs = try desk.run("podman logs tradewind-test_api_1 2>&1 | tail -n 5")
        #expect(logs.contains("service_stopped"), "it did not end by itself: \(logs)")
        print(times.joined(separator: "\n"))
    }

    /// No layer holds what the build was given to reach its sources.
    private func expectNoSecret(_ desk: StackDesk) throws {
        let planted = StackDesk.planted.joined(separator: "\\|")
        let found = try desk.run(
            """
            podman save --quiet --format docker-archive --output image.tar \
              localhost/tradewind:trial > /dev/null 2>&1
            mkdir -p layers && tar -xf image.tar -C layers
            for layer in layers/*.tar; do tar -xOf "$layer" | grep -a -c '\(planted)' || true; done
            grep -c '\(planted)' layers/*.json || true
            rm -rf layers image.tar
            """, minutes: 10)
        let counts = found.split(separator: "\n").map { $0.split(separator: ":").last.map(String.init) ?? "" }
        #expect(counts.count >= 3 && counts.allSatisfy { $0 == "0" }, "\(found)")
    }

    /// Nothing to compile with, not root, and a list of what it is made of.
    private func expectSealed(_ desk: StackDesk) throws {
        func inside(_ script: String) throws -> String {
            try desk.run(
                "podman run --rm --no-healthcheck --network none --read-only --cap-drop all --entrypoint sh "
                    + "localhost/tradewind:trial -c '\(script)' 2>/dev/null")
        }
        #expect(try inside("id -u") == "10001\n")
        #expect(try inside("command -v swift gcc ld git || true").isEmpty)
        #expect(try inside("touch /opt/tradewind/x && echo written || true").isEmpty)
        let stamp = try inside("cat /opt/tradewind/tradewind-build-stamp")
        if StackDesk.prepared == nil { #expect(stamp == "\(StackDesk.commit)\n2026-01-02T03:04:05Z\n") }
        let list = try inside("cat /opt/tradewind/sbom.cdx.json")
        for part in ["pkg:swift/github.com/apple/swift-nio@", "pkg:deb/debian/libssl3@", "\"CycloneDX\""] {
            #expect(list.contains(part), "\(part)")
        }
    }

    private func expectServing(_ desk: StackDesk) async throws {
        let page = await desk.ask("/")
        #expect(page.status == 200 && page.body.contains("<title>"), "\(page.body.prefix(300))")
        #expect(await desk.ask("/api/v1/runs").status == 401)
        #expect(await desk.ask("/api/v1/runs", isKnown: true).status == 200)
        let version = await desk.ask("/version")
        #expect(version.body.contains("git_sha"))
        #expect(await desk.ask("/health/detailed").status == 200)
        // Its log file is read back into storage.
        _ = try await wait("log lines in storage", seconds: 20) {
            await desk.ask("/api/v1/logs?event=listening", isKnown: true).body.contains("listening")
        }
        // Events come at once, and a reader that has gone is forgotten.
        let stream = try desk.run(
            """
            timeout 2 curl -sN -H 'Authorization: Bearer \(StackDesk.token)' \
              http://localhost:\(desk.port)/api/v1/events/stream || true
            """)
        #expect(stream.contains("retry:"))
        _ = try await wait("the stream ends", seconds: 60) {
            await desk.ask("/metrics").body.contains("\ntradewind_events_stream_clients 0\n")
        }
    }

    private func expectWatched(_ desk: StackDesk) async throws {
        let prometheus = try desk.address(of: "prometheus")
        _ = try await wait("every target answers", seconds: 90) {
            let answer = try await HTTPQuestion.get("http://\(prometheus):9090/api/v1/query?query=sum(up)")
            return String(decoding: answer.body, as: UTF8.self).contains("\"4\"")
        }
        for service in ["api", "proxy", "prometheus", "alertmanager"] {
            try desk.run("podman healthcheck run tradewind-test_\(service)_1")
        }
    }

    /// Engages the kill switch and waits for the message.
    private func alert(_ desk: StackDesk) async throws -> Duration {
        let engaged = await desk.ask(
            "/api/v1/kill-switch/engage", method: "POST", body: #"{"reason": "drill"}"#, isKnown: true)
        #expect(engaged.status == 200, "\(engaged.body)")
        // The service believes the proxy about where the client is.
        let audit = await desk.ask("/api/v1/audit", isKnown: true).body
        #expect(audit.contains("172.30.91.1\"") && !audit.contains("172.30.91.250"), "\(audit)")
        let file = desk.folder.appending(path: "alerts")
        return try await wait("an alert", seconds: 120) {
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            return text.contains("TradewindKillSwitchEngaged") && text.contains("firing")
        }
    }
}
