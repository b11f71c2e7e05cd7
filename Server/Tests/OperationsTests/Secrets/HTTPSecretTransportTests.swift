import Operations
import Settings
import Synchronization
import TestServers
import Testing
import Units

@Suite struct HTTPSecretTransportTests {
    private func ask(
        _ url: String, policy: RetryPolicy = RetryPolicy(firstWait: .milliseconds(1))
    ) async throws -> SecretHTTPResponse {
        let transport = HTTPSecretTransport(
            client: directClient, policy: policy, time: .system, jitter: Jitter(SplitMix64(seed: 1)))
        let request = SecretHTTPRequest(
            method: "POST", url: url, headers: [("X-Plain", "a")], secretHeaders: [("X-Token", Secret("b"))],
            body: Secret("question"))
        return try await transport.send(request, source: "vault x")
    }

    @Test func headersAndBodyArriveAndTheAnswerComesBack() async throws {
        let server = try await LoopbackServer.start { request in
            .init(
                status: 404,
                body: "\(request.method) \(request.target) \(request.headers["x-plain"] ?? "") "
                    + "\(request.headers["x-token"] ?? "") \(request.text)")
        }
        let answer = try await ask(server.address + "/a?b=c")
        #expect(answer.status == 404)
        #expect(answer.body.withText { $0 } == "POST /a?b=c a b question")
        try await server.stop()
    }

    @Test(arguments: [412, 429, 500, 503])
    func whatMayPassIsAskedAgainAFewTimes(_ status: Int) async throws {
        let count = Mutex(0)
        let server = try await LoopbackServer.start { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return .init(status: number < 3 ? status : 200)
        }
        #expect(try await ask(server.address).status == 200)
        #expect(count.withLock { $0 } == 3)
        count.withLock { $0 = -10 }
        #expect(try await ask(server.address).status == status)
        #expect(count.withLock { $0 } == -7)
        try await server.stop()
    }

    @Test func aRefusalIsNotAskedAgain() async throws {
        let count = Mutex(0)
        let server = try await LoopbackServer.start { _ in
            count.withLock { $0 += 1 }
            return .init(status: 403)
        }
        #expect(try await ask(server.address).status == 403)
        #expect(count.withLock { $0 } == 1)
        try await server.stop()
    }

    @Test func aRedirectionIsNotFollowed() async throws {
        let other = try await LoopbackServer.start { _ in
            Issue.record("secrets were handed to another host")
            return .init(status: 200)
        }
        let server = try await LoopbackServer.start { _ in
            .init(status: 307, headers: ["Location": other.address])
        }
        #expect(try await ask(server.address).status == 307)
        try await server.stop()
        try await other.stop()
    }

    @Test func anAnswerThatIsTooLargeIsRefused() async throws {
        let server = try await LoopbackServer.start { _ in
            .init(status: 200, body: String(repeating: "x", count: 5000))
        }
        let policy = RetryPolicy(maximumResponseBytes: 1000)
        let error = await #expect(throws: SecretError.self) { try await ask(server.address, policy: policy) }
        #expect(error?.code == .malformed)
        try await server.stop()
    }

    @Test func noServerAndNoAnswerInTimeAreToldWithTheAddress() async throws {
        let port = ServerProcess.freePort()
        let closed = await #expect(throws: SecretError.self) {
            try await ask(
                "http://127.0.0.1:\(port)/v1/secret",
                policy: RetryPolicy(attempts: 1, timeout: .milliseconds(300)))
        }
        #expect(closed?.code == .unavailable)
        #expect(closed?.message.contains("http://127.0.0.1:\(port)") == true)
        let server = try await LoopbackServer.start { _ in
            try? await Task.sleep(for: .seconds(3))
            return .init(status: 200)
        }
        let hasty = RetryPolicy(attempts: 1, timeout: .milliseconds(100))
        let late = await #expect(throws: SecretError.self) { try await ask(server.address, policy: hasty) }
        #expect(late?.code == .unavailable)
        try await server.stop()
    }

    @Test func waitsDoubleUpToTheLongestAndAreJittered() {
        let policy = RetryPolicy(firstWait: .milliseconds(100), longestWait: .milliseconds(500))
        #expect(
            (1...5).map { policy.wait(after: $0) } == [100, 200, 400, 500, 500].map { .milliseconds($0) })
        #expect(policy.wait(after: .max) == .milliseconds(500))
        let jitter = Jitter(SplitMix64(seed: 5))
        let waits = (0..<1000).map { _ in jitter.wait(.seconds(1)) }
        #expect(waits.allSatisfy { $0 >= .milliseconds(500) && $0 <= .seconds(1) })
        #expect(Set(waits).count > 300)
    }
}
