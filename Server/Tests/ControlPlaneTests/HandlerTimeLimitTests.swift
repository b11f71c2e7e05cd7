import ControlPlane
import Foundation
import Hummingbird
import Operations
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct HandlerTimeLimitTests {
    static var short: HTTPLimits {
        var limits = HTTPLimits()
        limits.handling = .milliseconds(50)
        return limits
    }

    /// Counts what became of handlers.
    final class Tally: Sendable {
        private let state = Mutex([String: Int]())
        func add(_ word: String) { state.withLock { $0[word, default: 0] += 1 } }
        func count(_ word: String) -> Int { state.withLock { $0[word] ?? 0 } }
    }

    static func words(_ text: String) -> Response {
        Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    @Test func aHandlerThatHangsIsCancelledAndTheClientIsTold() async throws {
        let tally = Tally()
        try await RunningServer.run(
            limits: Self.short,
            routes: { routes in
                routes.on(.get, "/hangs", description: "Hang") { _, _ in
                    do {
                        try await Task.sleep(for: .seconds(3_600))
                    } catch {
                        tally.add("cancelled")
                        throw error
                    }
                    return Self.words("never")
                }
            }
        ) { server in
            let answer = await RawClient.send("GET /hangs HTTP/1.1\r\nHost: x\r\n\r\n", port: server.port)
            #expect(answer.statuses == [504] && answer.seconds < 20)
            try RejectedInputTests.check(answer, code: "service.timeout", "a handler that hangs")
            while tally.count("cancelled") == 0 { await Task.yield() }
            let page = await RawClient.get("/metrics", port: server.port).text
            #expect(page.contains("{method=\"GET\",route=\"/hangs\",status=\"504\"} 1\n"))
        }
    }

    @Test func aHandlerThatDoesNotHeedItsCancellationKeepsNobodyWaiting() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        let tally = Tally()
        try await RunningServer.run(
            limits: Self.short,
            routes: { routes in
                routes.on(.post, "/deaf", description: "Do not listen") { request, context in
                    // A task of its own does not hear of the cancellation.
                    await Task.detached { for await _ in gate.stream { break } }.value
                    // Whatever is left of the request's body: the server reads the connection as well.
                    do {
                        _ = try await request.body.collect(upTo: context.maxUploadSize)
                    } catch {
                        tally.add("refused")
                    }
                    tally.add("ended")
                    return Self.words("late")
                }
            }
        ) { server in
            let answer = await RawClient.send(
                "POST /deaf HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", port: server.port)
            #expect(answer.statuses == [504] && answer.seconds < 20)
            gate.continuation.yield()
            while tally.count("ended") == 0 { await Task.yield() }
            #expect(await RawClient.get("/health", port: server.port).statuses == [200])
        }
    }

    @Test func aHandlerThatWaitsForABodyLosesItToTheServer() async throws {
        let tally = Tally()
        try await RunningServer.run(
            limits: Self.short,
            routes: { routes in
                routes.on(.post, "/waits", description: "Wait for the body") { request, context in
                    do {
                        _ = try await request.body.collect(upTo: context.maxUploadSize)
                        tally.add("read")
                    } catch {
                        tally.add("refused")
                        throw error
                    }
                    return Self.words("read")
                }
            }
        ) { server in
            // Many at once, as the two who could read the connection must never do so together.
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        let half = "POST /waits HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello"
                        let answer = await RawClient.send(half, port: server.port)
                        #expect(answer.statuses == [504] && answer.isClosed && answer.seconds < 20)
                    }
                }
            }
            while tally.count("refused") < 40 { await Task.yield() }
            #expect(tally.count("read") == 0)
        }
    }

    @Test func aRouteMayHaveALimitOfItsOwnOrNone() async throws {
        try await RunningServer.run(
            limits: Self.short,
            routes: { routes in
                for (path, limit) in [
                    ("/standard", RouteTimeLimit.standard), ("/long", .after(.seconds(60))),
                    ("/short", .after(.milliseconds(1))), ("/streaming", .streaming),
                ] {
                    routes.on(.get, RouterPath(path), description: "Take a while", timeLimit: limit) { _, _ in
                        try await Task.sleep(for: .milliseconds(300))
                        return Self.words("done")
                    }
                }
            }
        ) { server in
            for (path, status) in [
                ("/standard", 504), ("/long", 200), ("/short", 504), ("/streaming", 200),
            ] {
                #expect(await RawClient.get(path, port: server.port).statuses == [status], "\(path)")
            }
        }
    }

    /// The limit is one on the handler: what it has begun to send goes on.
    @Test func anAnswerThatStreamsGoesOnPastTheLimit() async throws {
        try await RunningServer.run(
            limits: Self.short,
            routes: { routes in
                routes.on(.get, "/events", description: "Send events", timeLimit: .streaming) { _, _ in
                    Response(
                        status: .ok, headers: [.contentType: "text/event-stream"],
                        body: ResponseBody { writer in
                            for number in 0..<3 {
                                try await Task.sleep(for: .milliseconds(100))
                                try await writer.write(ByteBuffer(string: "data: \(number)\n\n"))
                            }
                            try await writer.finish(nil)
                        })
                }
            }
        ) { server in
            let answer = await RawClient.get("/events", port: server.port)
            #expect(answer.statuses == [200])
            #expect((0..<3).allSatisfy { answer.text.contains("data: \($0)\n\n") })
            // Its headers are all that HEAD asks for.
            let head = await RawClient.get("/events", port: server.port, method: "HEAD")
            #expect(head.header("Content-Type") == "text/event-stream" && head.seconds < 10)
        }
    }

    @Test func handlersInTimeAreLeftAlone() async throws {
        let tally = Tally()
        try await RunningServer.run(routes: { routes in
            routes.on(.get, "/quick", description: "Answer") { _, _ in
                tally.add(Task.isCancelled ? "cancelled" : "free")
                return Self.words("quick")
            }
            routes.on(.get, "/fails", description: "Fail") { _, _ in throw HostError("broken") }
        }) { server in
            let burst = String(repeating: "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n", count: 500)
            let last = "GET /fails HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answer = await RawClient.send(burst + last, port: server.port)
            #expect(answer.statuses == Array(repeating: 200, count: 500) + [500])
            #expect(tally.count("free") == 500 && tally.count("cancelled") == 0)
        }
    }
}
