import ControlPlane
import Foundation
import Testing
import Units

/// What no handler ever sees has the one error body too.
@Suite(.timeLimit(.minutes(2))) struct RejectedInputTests {
    /// The whole body of an error: everything under `error`, the main keys beside it.
    static func check(_ answer: RawClient.Answer, code: String, _ note: Comment) throws {
        let page = try #require(answer.json, note)
        #expect(Set(page.keys) == ["error", "code", "message", "details", "correlation_id"], note)
        let error = try #require(page["error"] as? [String: Any], note)
        #expect(
            Set(error.keys) == ["code", "message", "details", "request_id", "correlation_id", "timestamp"],
            note)
        #expect(error["code"] as? String == code, note)
        for key in ["code", "message", "correlation_id"] {
            let value = try #require(page[key] as? String, note)
            #expect(error[key] as? String == value && !value.isEmpty, note)
        }
        let time = try #require(error["timestamp"] as? String, note)
        #expect(Instant(iso8601: time) != nil, note)
        #expect(answer.header("X-Request-ID") == error["request_id"] as? String, note)
        #expect(answer.header("X-Correlation-ID") == error["correlation_id"] as? String, note)
        #expect(answer.header("Content-Type") == "application/json; charset=utf-8", note)
        #expect(answer.header("Connection") == "close" && answer.isClosed, note)
    }

    @Test func whatTheParserRefusesHasTheErrorBodyAndEndsTheConnection() async throws {
        try await RunningServer.run { server in
            let inputs = [
                "GET /health HTTP/9.9\r\nHost: x\r\n\r\n", "hello\r\n\r\n", "GET\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\n\u{0}: a\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nNo colon here\r\n\r\n",
                "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}TLS to a plain port\r\n\r\n",
            ]
            for input in inputs {
                let answer = await RawClient.send(input, port: server.port, patience: 10)
                #expect(answer.statuses == [400], "\(input)")
                try Self.check(answer, code: "request.malformed", "\(input)")
            }
            let headers = String(repeating: "X: y\r\n", count: 500)
            let many = await RawClient.get("/health", port: server.port, headers: headers)
            #expect(many.statuses == [431])
            try Self.check(many, code: "request.headers_too_large", "many headers")
        }
    }

    @Test func theAnswersBeforeComeFirst() async throws {
        try await RunningServer.run { server in
            let good = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n"
            let answer = await RawClient.send(good + good + "garbage\r\n\r\n" + good, port: server.port)
            #expect(answer.statuses == [200, 200, 400])
            #expect(answer.isClosed)
            #expect(answer.json?["code"] as? String == "request.malformed")
        }
    }

    @Test func aBodyThatBreaksTheRulesHasTheErrorBody() async throws {
        try await RunningServer.run(routes: HostileRequestTests.echo) { server in
            let answer = await RawClient.send(
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
                port: server.port, patience: 10)
            #expect(answer.statuses == [400])
            try Self.check(answer, code: "request.malformed", "a chunk")
        }
    }

    @Test func failuresOfRoutesHaveTheSameBody() async throws {
        try await RunningServer.run(routes: HostileRequestTests.echo) { server in
            for (path, code) in [
                ("/nothing", "resource.not_found"), ("/breaks", "service.internal_error"),
            ] {
                let answer = await RawClient.get(path, port: server.port, headers: "X-Request-ID: r-1\r\n")
                let error = try #require(answer.json?["error"] as? [String: Any])
                #expect(answer.json?["code"] as? String == code)
                #expect(error["request_id"] as? String == "r-1")
                // Without an id of the work, the request is the work.
                #expect(answer.json?["correlation_id"] as? String == "r-1")
                #expect(answer.header("X-Request-ID") == "r-1")
                #expect(answer.json?["details"] is NSNull)
            }
        }
    }
}
