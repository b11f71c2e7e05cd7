import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import Storage
import Synchronization
import Testing

/// Requests that are repeated with `Idempotency-Key`.
@Suite(.timeLimit(.minutes(1))) struct IdempotencyTests {
    /// Counts what was really done; a request can be held up in the middle.
    private final class Work: Sendable {
        private let state = Mutex((done: 0, failing: false))
        private let gate = AsyncStream.makeStream(of: Void.self)

        var done: Int { state.withLock { $0.done } }
        func fail(_ failing: Bool) { state.withLock { $0.failing = failing } }
        func open() { gate.continuation.yield() }

        func setup() -> AccessSetup {
            var setup = AccessSetup()
            setup.routes = { table in
                for idempotency in [RouteIdempotency.optional, .required, .none] {
                    table.on(
                        .post, "/tasks/\(idempotency)",
                        description: RouteDescription(
                            "Work", access: .role(.trader), idempotency: idempotency)
                    ) { request, context in try await self.work(request, context) }
                }
                table.on(
                    .post, "/slow", description: RouteDescription("Slow", idempotency: .optional)
                ) { _, _ in
                    self.state.withLock { $0.done += 1 }
                    for await _ in self.gate.stream { break }
                    return Response(status: .ok, body: .init(byteBuffer: .init(string: "{\"slow\":true}")))
                }
            }
            return setup
        }

        private func work(_ request: Request, _ context: APIContext) async throws -> Response {
            var request = request
            let body = try await request.collectBody(upTo: context.maxUploadSize)
            let (number, failing) = state.withLock { state in
                state.done += 1
                return (state.done, state.failing)
            }
            if failing { throw APIError(.internalError, "broken") }
            if String(buffer: body) == "bad" { throw APIError(.validationFailed, "it is bad") }
            return Response(
                status: .created,
                headers: [.contentType: "application/json", .location: "/tasks/\(number)"],
                body: .init(
                    byteBuffer: .init(string: "{\"number\":\(number),\"body\":\"\(String(buffer: body))\"}"))
            )
        }
    }

    private func post(
        _ desk: AccessDesk, _ path: String, key: String?, body: String = "a",
        token: String = AccessDesk.staticToken
    ) async -> RawClient.Answer {
        await desk.call(
            "POST", path, token: token, json: body, headers: key.map { ["Idempotency-Key: \($0)"] } ?? [])
    }

    @Test func theSameRequestGetsTheSameAnswerAndIsDoneOnce() async throws {
        let work = Work()
        try await AccessDesk.run(work.setup()) { desk in
            let first = await post(desk, "/tasks/optional", key: "k1")
            #expect(first.status == 201 && first.header("Idempotency-Replayed") == nil)
            let again = await post(desk, "/tasks/optional", key: "k1")
            #expect(again.status == 201 && again.header("Idempotency-Replayed") == "true")
            #expect(again.header("Location") == first.header("Location"))
            #expect(again.text.hasSuffix("{\"number\":1,\"body\":\"a\"}") && work.done == 1)
            // Without a key it is done again; with another one too.
            #expect(await post(desk, "/tasks/optional", key: nil).status == 201)
            #expect(await post(desk, "/tasks/optional", key: "k2").header("Idempotency-Replayed") == nil)
            #expect(work.done == 3)
            // A route that heeds no key does it each time.
            _ = await post(desk, "/tasks/none", key: "k1")
            _ = await post(desk, "/tasks/none", key: "k1")
            #expect(work.done == 5)
        }
    }

    @Test func aKeyBelongsToWhoAsksAndToTheRoute() async throws {
        let work = Work()
        try await AccessDesk.run(work.setup()) { desk in
            try await desk.add("ada", .trader)
            let ada = try await desk.login("ada").access
            _ = await post(desk, "/tasks/optional", key: "k")
            #expect(
                await post(desk, "/tasks/optional", key: "k", token: ada).header("Idempotency-Replayed")
                    == nil
            )
            #expect(await post(desk, "/tasks/required", key: "k").header("Idempotency-Replayed") == nil)
            #expect(work.done == 3)
        }
    }

    @Test func anotherBodyOrQueryWithTheSameKeyIsRefused() async throws {
        let work = Work()
        try await AccessDesk.run(work.setup()) { desk in
            _ = await post(desk, "/tasks/optional", key: "k", body: "a")
            let other = await post(desk, "/tasks/optional", key: "k", body: "b")
            #expect(other.status == 409 && other.code == "idempotency.payload_mismatch")
            let query = await post(desk, "/tasks/optional?x=1", key: "k", body: "a")
            #expect(query.status == 409 && work.done == 1)
        }
    }

    @Test func keysThatAreMissingOrIllegalAreRefused() async throws {
        let work = Work()
        try await AccessDesk.run(work.setup()) { desk in
            let missing = await post(desk, "/tasks/required", key: nil)
            #expect(missing.status == 400 && missing.code == "idempotency.key_required")
            let longest = String(repeating: "k", count: 128)
            #expect(await post(desk, "/tasks/required", key: longest).status == 201)
            for wrong in [longest + "k", "a b", "", "ä"] {
                let answer = await post(desk, "/tasks/optional", key: wrong)
                #expect(answer.status == 400, "\(wrong): \(answer.text)")
                #expect(answer.code == "idempotency.key_invalid", "\(wrong): \(answer.text)")
            }
            let twice = await desk.call(
                "POST", "/tasks/optional", token: AccessDesk.staticToken, json: "a",
                headers: ["Idempotency-Key: a", "Idempotency-Key: b"])
            #expect(twice.status == 400 && work.done == 1)
        }
    }

    @Test func aRequestThatIsBeingWorkedOnIsNotDoneASecondTime() async throws {
        let work = Work()
        try await AccessDesk.run(work.setup()) { desk in
            async let first = post(desk, "/slow", key: "k")
            while work.done == 0 { await Task.yield() }
            let second = await post(desk, "/slow", key: "k")
            #expect(second.status == 409 && second.code == "idempotency.in_progress")
            #expect(second.header("Retry-After") == "1")
            work.open()
            #expect(await first.status == 200)
            let third = await post(desk, "/slow", key: "k")
            #expect(third.status == 200 && third.header("Idempotency-Replayed") == "true" && work.done == 1)
        }
    }

    @Test func ofManyAtTheSameTimeOneIsDone() async throws {
        let work = Work()
        try await AccessDesk.run(work.setup()) { desk in
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<16 { group.addTask { await post(desk, "/tasks/optional", key: "k").status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(work.done == 1)
            #expect(statuses.allSatisfy { $0 == 201 || $0 == 409 } && statuses.contains(201), "\(statuses)")
        }
    }

    @Test func whatFailsForGoodIsKeptAndWhatMaySucceedIsNot() async throws {
        let work = Work()
        try await AccessDesk.run(work.setup()) { desk in
            work.fail(true)
            #expect(await post(desk, "/tasks/optional", key: "k").status == 500)
            work.fail(false)
            #expect(await post(desk, "/tasks/optional", key: "k").status == 201)
            let bad = await post(desk, "/tasks/optional", key: "bad", body: "bad")
            #expect(bad.status == 422 && bad.code == "validation.failed")
            let again = await post(desk, "/tasks/optional", key: "bad", body: "bad")
            #expect(again.status == 422 && again.code == "validation.failed")
            #expect(again.header("Idempotency-Replayed") == "true" && work.done == 3)
        }
    }

    @Test func answersAreKeptForTheirTime() async throws {
        let work = Work()
        try await AccessDesk.run(work.setup()) { desk in
            _ = await post(desk, "/tasks/optional", key: "good")
            _ = await post(desk, "/tasks/optional", key: "bad", body: "bad")
            desk.clock.advance(4 * 3_600 - 1)
            #expect(
                await post(desk, "/tasks/optional", key: "bad", body: "bad").header("Idempotency-Replayed")
                    != nil)
            desk.clock.advance(1)
            #expect(
                await post(desk, "/tasks/optional", key: "bad", body: "bad").header("Idempotency-Replayed")
                    == nil)
            desk.clock.advance(20 * 3_600 - 1)
            #expect(await post(desk, "/tasks/optional", key: "good").header("Idempotency-Replayed") != nil)
            desk.clock.advance(1)
            #expect(await post(desk, "/tasks/optional", key: "good").header("Idempotency-Replayed") == nil)
            desk.clock.advance(30 * 3_600)
            let now = desk.clock.now()
            let removed = try await desk.store.write { try $0.answers.removeExpired(at: now) }
            #expect(removed == 2)
        }
    }

    @Test func routesWithSecretsHeedNoKey() async throws {
        try await AccessDesk.run { desk in
            try await desk.add("ada", .viewer)
            let body = "{\"username\":\"ada\",\"password\":\"\(AccessDesk.password)\"}"
            for _ in 0..<2 {
                let answer = await desk.call(
                    "POST", "/api/v1/auth/login", json: body, headers: ["Idempotency-Key: k"])
                #expect(answer.status == 200 && answer.header("Idempotency-Replayed") == nil)
            }
            let kept = try await desk.store.read {
                try $0.session.integer("SELECT count(*) FROM idempotency")
            }
            #expect(kept == 0)
        }
    }
}
