import Foundation
import Testing

/// Which host a request names.
@Suite(.timeLimit(.minutes(1))) struct HostTests {
    private static func ask(_ fields: String, version: String = "1.1", port: Int) async -> RawClient.Answer {
        await RawClient.send(
            "GET /version HTTP/\(version)\r\n\(fields)Connection: close\r\n\r\n", port: port)
    }

    @Test func aRequestOfHTTP11ThatNamesNoHostOrSeveralIsRefused() async throws {
        try await RunningServer.run { server in
            let wrong = [
                "", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: b\r\n", "Host:\r\n", "Host: a b\r\n",
                "Host: a/b\r\n", "Host: someone@a\r\n", "Host: \u{E9}\r\n",
            ]
            for fields in wrong {
                let answer = await Self.ask(fields, port: server.port)
                #expect(answer.statuses == [400], "\(fields)")
                #expect(answer.json?["code"] as? String == "request.malformed", "\(fields): \(answer.text)")
                #expect(answer.header("X-Correlation-ID") != nil)
            }
            for fields in ["Host: x\r\n", "host: x:80\r\n", "Host: [::1]:8000\r\n", "Host: 127.0.0.1\r\n"] {
                #expect(await Self.ask(fields, port: server.port).statuses == [200], "\(fields)")
            }
        }
    }

    /// Probes of load balancers speak it, and it knows of no hosts.
    @Test func clientsOfHTTP10NeedNotNameOne() async throws {
        try await RunningServer.run { server in
            #expect(await Self.ask("", version: "1.0", port: server.port).text.hasPrefix("HTTP/1.1 200"))
            #expect(
                await Self.ask("Host: a\r\nHost: b\r\n", version: "1.0", port: server.port).statuses == [400])
        }
    }

    @Test func theRequestsBesideItAreAnsweredInTheirOrder() async throws {
        try await RunningServer.run { server in
            let good = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n"
            let last = "GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answer = await RawClient.send(
                good + "GET /version HTTP/1.1\r\n\r\n" + last, port: server.port)
            #expect(answer.statuses == [200, 400, 200])
        }
    }
}
