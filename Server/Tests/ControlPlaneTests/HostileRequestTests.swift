import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import Operations
import Testing
import Units

@Suite(.timeLimit(.minutes(3))) struct HostileRequestTests {
    /// A body that is taken whole.
    static let echo: @Sendable (inout RouteTable) -> Void = { routes in
        routes.on(.post, "/echo", description: "Give the body back") { request, context in
            let body = try await request.body.collect(upTo: context.maxUploadSize)
            return Response(status: .ok, body: ResponseBody(byteBuffer: body))
        }
        routes.on(.get, "/breaks", description: "Fail") { _, _ in throw HostError("secret detail") }
    }

    func errorBody(_ answer: RawClient.Answer) throws -> [String: Any] {
        try #require(answer.json?["error"] as? [String: Any])
    }

    func header(_ name: String, _ answer: RawClient.Answer) -> String? { answer.header(name) }

    @Test func errorsHaveOneBodyAndTheCorrelationIDOfTheRequest() async throws {
        try await RunningServer.run(routes: Self.echo) { server in
            let cases: [(String, String, Int, String)] = [
                ("GET", "/nothing", 404, "resource.not_found"),
                ("POST", "/health", 405, "request.method_not_allowed"),
                ("DELETE", "/health/ready/", 405, "request.method_not_allowed"),
                ("OPTIONS", "/metrics", 405, "request.method_not_allowed"),
                ("GET", "/breaks", 500, "service.internal_error"),
                ("GET", "/health/%2e%2e/etc/passwd", 404, "resource.not_found"),
            ]
            for (method, path, status, code) in cases {
                let answer = await RawClient.get(
                    path, port: server.port, method: method, headers: "X-Correlation-ID: job:42.a_b-c\r\n")
                #expect(answer.statuses == [status], "\(method) \(path)")
                let error = try errorBody(answer)
                #expect(error["code"] as? String == code)
                #expect((error["message"] as? String)?.isEmpty == false)
                #expect(error["correlation_id"] as? String == "job:42.a_b-c")
                #expect(header("X-Correlation-ID", answer) == "job:42.a_b-c")
                #expect(!answer.text.contains("secret detail"))
            }
            let refused = await RawClient.get("/health", port: server.port, method: "PUT")
            #expect(header("Allow", refused) == "GET, HEAD")
        }
    }

    @Test func aCorrelationIDThatCouldDoHarmIsReplaced() async throws {
        try await RunningServer.run { server in
            let wrong = [
                "", "a b", "ü", "a\"b", String(repeating: "a", count: 129), "<b>", "a;b", "a,b", "a\tb",
            ]
            for id in wrong {
                let answer = await RawClient.get(
                    "/version", port: server.port, headers: "X-Correlation-ID: \(id)\r\n")
                let given = try #require(header("X-Correlation-ID", answer))
                #expect(given.count == 32 && given.allSatisfy(\.isHexDigit), "\(id)")
            }
            let first = header("X-Correlation-ID", await RawClient.get("/version", port: server.port))
            let second = header("X-Correlation-ID", await RawClient.get("/version", port: server.port))
            #expect(first != second)
        }
    }

    @Test func whatIsTooLargeIsRefusedAndTheConnectionEnds() async throws {
        var limits = HTTPLimits()
        limits.bodyBytes = 1_000
        try await RunningServer.run(limits: limits, routes: Self.echo) { server in
            let fits = await RawClient.send(
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n"
                    + String(repeating: "a", count: 1_000), port: server.port)
            #expect(fits.statuses == [200])
            let announced = await RawClient.send(
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", port: server.port)
            #expect(announced.statuses == [413])
            #expect(announced.isClosed)
            let refusal = try errorBody(announced)
            #expect(refusal["code"] as? String == "request.body_too_large")
            let chunk = "400\r\n" + String(repeating: "a", count: 0x400) + "\r\n"
            let chunked = await RawClient.send(
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk,
                port: server.port)
            #expect(chunked.statuses == [413])
            #expect(chunked.isClosed)
            // A route that does not want the body is no way around the limit.
            let flood = String(repeating: chunk, count: 2_000)
            let unread = await RawClient.send(
                "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + flood,
                port: server.port)
            #expect(unread.isClosed)
            let long = await RawClient.get("/" + String(repeating: "a", count: 9_000), port: server.port)
            #expect(long.statuses == [414])
            let target = try errorBody(long)
            #expect(target["code"] as? String == "request.target_too_long")
            let length = await RawClient.send(
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                port: server.port)
            #expect(length.isClosed && length.statuses != [200])
            #expect(await RawClient.get("/health", port: server.port).statuses == [200])
        }
    }

    @Test func hugeHeadsAreRefusedBeforeTheyFillTheMemory() async throws {
        try await RunningServer.run { server in
            let many = (0..<200).map { "X-\($0): a\r\n" }.joined()
            let large = "X-Large: " + String(repeating: "a", count: 100_000) + "\r\n"
            for headers in [many, large] {
                let answer = await RawClient.get("/health", port: server.port, headers: headers)
                #expect(answer.statuses == [431] && answer.isClosed)
                let refusal = try errorBody(answer)
                #expect(refusal["code"] as? String == "request.headers_too_large")
            }
            let before = residentBytes()
            let endless = [UInt8](repeating: 0x61, count: 50_000_000)
            let target = await RawClient.send(
                [Array("GET /".utf8), endless], port: server.port, patience: 30)
            #expect(target.isClosed)
            let name = await RawClient.send(
                [Array("GET / HTTP/1.1\r\n".utf8), endless], port: server.port, patience: 30)
            #expect(name.isClosed)
            #expect(residentBytes() - before < 150_000_000)
            #expect(await RawClient.get("/health", port: server.port).statuses == [200])
        }
    }

    @Test func noGarbageStopsTheServer() async throws {
        var limits = HTTPLimits()
        limits.idle = .milliseconds(300)
        try await RunningServer.run(limits: limits, routes: Self.echo) { server in
            var random = SplitMix64(seed: 3)
            let whole = Array(
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
                    .utf8)
            await withTaskGroup(of: Void.self) { group in
                for round in 0..<200 {
                    var bytes = whole
                    if round % 4 == 0 {
                        bytes = (0..<Int(random.next() % 400)).map { _ in
                            UInt8(truncatingIfNeeded: random.next())
                        }
                    } else {
                        for _ in 0..<Int(1 + random.next() % 6) {
                            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(
                                truncatingIfNeeded: random.next())
                        }
                    }
                    let port = server.port
                    let sent = bytes
                    group.addTask { _ = await RawClient.send([sent], port: port, patience: 0.6) }
                    if round % 16 == 15 { await group.waitForAll() }
                }
            }
            for text in [
                "GET /health HTTP/9.9\r\n\r\n", "GET\r\n\r\n", "\r\n\r\n\r\n", "GET /health\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET http://evil/ HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "GET /health HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\n\u{0}: a\r\n\r\n",
                "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            ] {
                _ = await RawClient.send(text, port: server.port, patience: 0.6)
            }
            #expect(await RawClient.get("/health", port: server.port).statuses == [200])
        }
    }

    @Test func requestsInOneGoAreAnsweredInTheirOrder() async throws {
        try await RunningServer.run { server in
            let one = { (path: String) in "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }
            let last = "GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let burst = (0..<100).map { one($0 % 2 == 0 ? "/api/v1/healthz" : "/nothing") }.joined() + last
            let answer = await RawClient.send(burst, port: server.port, patience: 20)
            #expect(answer.statuses == (0..<100).map { $0 % 2 == 0 ? 200 : 404 } + [200])
            #expect(answer.isClosed)
        }
    }

    @Test func slowClientsAreLeft() async throws {
        var limits = HTTPLimits()
        (limits.idle, limits.request) = (.milliseconds(400), .milliseconds(400))
        try await RunningServer.run(limits: limits, routes: Self.echo) { server in
            let nothing = await RawClient.send([], port: server.port)
            #expect(nothing.isClosed && nothing.seconds < 20)
            // A head, and a body, a byte at a time: each byte is too little to be left alone for.
            let head = "GET /health HTTP/1.1\r\nHost: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n".utf8.map {
                [$0]
            }
            let slowHead = await RawClient.send(head, port: server.port, pause: 0.1)
            #expect(slowHead.isClosed && slowHead.statuses.isEmpty)
            let start = Array("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n".utf8)
            let body = [start] + (0..<40).map { _ in [UInt8(0x61)] }
            let slowBody = await RawClient.send(body, port: server.port, pause: 0.1)
            #expect(slowBody.isClosed && slowBody.statuses == [408])
            let refusal = try errorBody(slowBody)
            #expect(refusal["code"] as? String == "request.timeout")
            // And an idle connection after an answer.
            let idle = await RawClient.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", port: server.port)
            #expect(idle.statuses == [200] && idle.isClosed && idle.seconds < 20)
        }
    }

    @Test func aClientThatNeverReadsIsLeft() async throws {
        var limits = HTTPLimits()
        limits.unread = .milliseconds(300)
        let page = String(repeating: "a", count: 1_000_000)
        let large: @Sendable (inout RouteTable) -> Void = { routes in
            routes.on(.get, "/large", description: "Answer at length") { _, _ in
                Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: page)))
            }
        }
        let took = try await RunningServer.run(limits: limits, routes: large) { server in
            // Two hundred megabytes of answers, none of them read for a while.
            let burst = String(repeating: "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", count: 200)
            let answer = await RawClient.send(
                [Array(burst.utf8), []], port: server.port, pause: 3, patience: 30, receiveBuffer: 65_536)
            let (isClosed, bytes) = (answer.isClosed, answer.text.utf8.count)
            #expect(isClosed && bytes < 150_000_000)
        }
        #expect(took < .seconds(5))
    }

    @Test func aStopLetsRequestsFinishAndTakesNoNewOnes() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        let slow: @Sendable (inout RouteTable) -> Void = { routes in
            routes.on(.get, "/slow", description: "Wait") { _, _ in
                for await _ in gate.stream { break }
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "finished")))
            }
        }
        try await RunningServer.run(routes: slow) { server in
            async let pending = RawClient.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", port: server.port)
            async let idle = RawClient.send([], port: server.port)
            // The request has arrived when it is counted nowhere yet, so wait for the connection instead.
            try await Task.sleep(for: .milliseconds(200))
            await server.stop()
            #expect(await idle.isClosed)
            #expect(await RawClient.get("/health", port: server.port).statuses.isEmpty)
            gate.continuation.yield()
            let answer = await pending
            #expect(answer.statuses == [200])
            #expect(answer.text.hasSuffix("finished"))
            #expect(answer.isClosed)
        }
    }

    private func residentBytes() -> Int {
        let fields =
            (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4_096
    }
}
