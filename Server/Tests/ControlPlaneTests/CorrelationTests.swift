import Events
import Foundation
import Testing

/// One id through everything that a request leads to, over the real executable.
@Suite(.serialized, .timeLimit(.minutes(3))) struct CorrelationTests {
    /// What a request that starts a backtest is known by.
    private struct Ids {
        let correlation = "work-\(UUID().uuidString)"
        let request = "request-\(UUID().uuidString)"
        let trace = (0..<32).map { _ in String("123456789abcdef".randomElement() ?? "1") }.joined()

        var headers: String {
            """
            X-Correlation-ID: \(correlation)\r\nX-Request-ID: \(request)\r\n\
            traceparent: 00-\(trace)-00f067aa0ba902b7-01\r\n
            """
        }
    }

    private static func post(_ desk: ResearchDesk, _ ids: Ids, _ file: String) async -> RawClient.Answer {
        let body = "{\"mode\": \"backtest\", \"start\": true, \"run\": \(file)}"
        return await RawClient.send(
            "POST /api/v1/runs HTTP/1.1\r\nHost: 127.0.0.1:\(desk.port)\r\nConnection: close\r\n"
                + "\(ids.headers)Content-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)", port: desk.port)
    }

    /// The stored log lines of a selection, as soon as one of them has an event.
    private static func lines(
        _ desk: ResearchDesk, _ query: String, until event: String
    ) async throws -> [JSONText] {
        for _ in 0..<200 {
            let page = try await desk.get("/api/v1/logs?page_size=200&\(query)").json
            let lines = page["logs"]?.items ?? []
            if lines.contains(where: { $0["event"]?.text == event }) { return lines }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ResearchDesk.Failure(description: "no line \(event) of \(query)")
    }

    @Test func theIdsOfARequestAreInTheAnswerTheAuditTheEventsAndTheLinesOfTheRun() async throws {
        let desk = try await ResearchDesk.open(["--set", "logs.poll-interval=250ms"])
        defer { desk.close() }
        let ids = Ids()
        let answer = await Self.post(desk, ids, ResearchDesk.file())
        #expect(answer.statuses == [201], "\(answer.text)")
        #expect(answer.header("X-Correlation-ID") == ids.correlation)
        #expect(answer.header("X-Request-ID") == ids.request)
        #expect(answer.header("traceparent")?.hasPrefix("00-\(ids.trace)-") == true)
        let id = try #require(answer.json?["id"] as? String)
        let run = try await desk.wait(id, for: ["completed"])
        #expect(run["correlation_id"]?.text == ids.correlation)

        // Every event of the run, from the first to the last.
        let events = try await desk.get("/api/v1/events?run_id=\(id)&limit=500").json["events"]?.items ?? []
        #expect(events.first?["type"]?.text == "run.Created" && events.last?["type"]?.text == "run.Completed")
        for event in events {
            #expect(event["correlation_id"]?.text == ids.correlation, "\(event.compact)")
            #expect(event["trace_id"]?.text == ids.trace, "\(event.compact)")
        }
        // The audit, and the events that tell of it.
        let audit = try await desk.get("/api/v1/audit?correlation_id=\(ids.correlation)").json
        let records = audit["records"]?.items ?? []
        #expect(Set(records.compactMap { $0["action"]?.text }) == ["run.created", "run.started"])
        #expect(records.allSatisfy { $0["request_id"]?.text == ids.request })
        let told = try await desk.get("/api/v1/events?correlation_id=\(ids.correlation)&types=audit.Recorded")
        #expect(told.json["events"]?.items?.count == records.count)

        // The lines of the request, of the service about the run, and of the run's own process.
        let lines = try await Self.lines(
            desk, "correlation_id=\(ids.correlation)", until: "run_completed")
        let ofProcess = lines.filter { $0["logger"]?.text == "tradewind.run" }
        #expect(
            Set(ofProcess.compactMap { $0["event"]?.text })
                == ["run_process_started", "run_process_finished"], "\(lines.map(\.compact))")
        for line in ofProcess {
            #expect(line["run_id"]?.text == id && line["trace_id"]?.text == ids.trace, "\(line.compact)")
        }
        let created = try #require(lines.first { $0["event"]?.text == "run_created" })
        #expect(created["request_id"]?.text == ids.request && created["trace_id"]?.text == ids.trace)
        let completed = try #require(lines.first { $0["event"]?.text == "run_completed" })
        #expect(completed["run_id"]?.text == id && completed["trace_id"]?.text == ids.trace)
        #expect(completed["request_id"] == .null, "the request was answered long before")
        let ofRequest = try await Self.lines(desk, "request_id=\(ids.request)", until: "run_created")
        #expect(ofRequest.allSatisfy { $0["correlation_id"]?.text == ids.correlation })
        // By run, the same lines are found.
        let ofRun = try await Self.lines(desk, "run_id=\(id)", until: "run_process_finished")
        #expect(ofRun.allSatisfy { $0["correlation_id"]?.text == ids.correlation })
    }

    /// A run whose turn comes as another one ends bears its own ids, not those of the other.
    @Test func aRunThatWaitedKeepsTheIdsOfItsOwnRequest() async throws {
        let desk = try await ResearchDesk.open([
            "--set", "logs.poll-interval=250ms", "--set", "runs.max-concurrent=1",
        ])
        defer { desk.close() }
        let (first, second) = (Ids(), Ids())
        let one = await Self.post(desk, first, ResearchDesk.file("one"))
        let two = await Self.post(desk, second, ResearchDesk.file("two"))
        let id = try #require(two.json?["id"] as? String, "\(one.text) \(two.text)")
        _ = try await desk.wait(id, for: ["completed"])
        let events = try await desk.get("/api/v1/events?run_id=\(id)&limit=500").json["events"]?.items ?? []
        for event in events {
            #expect(event["correlation_id"]?.text == second.correlation, "\(event.compact)")
            #expect(event["trace_id"]?.text == second.trace, "\(event.compact)")
        }
        let lines = try await Self.lines(desk, "run_id=\(id)", until: "run_completed")
        #expect(lines.contains { $0["event"]?.text == "run_process_started" })
        for line in lines {
            #expect(line["correlation_id"]?.text == second.correlation, "\(line.compact)")
            #expect(line["trace_id"]?.text == second.trace, "\(line.compact)")
        }
    }
}
