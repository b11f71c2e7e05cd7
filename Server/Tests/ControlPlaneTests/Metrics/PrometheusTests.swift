import Events
import Foundation
import TestServers
import Testing

/// The page of metrics of the real executable, as the real tools read it.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PrometheusTests {
    /// What a service must tell of itself, and what each is measured in.
    private static let families = [
        "tradewind_events_lag", "tradewind_events_pressure", "tradewind_events_offset",
        "tradewind_events_appended_total", "tradewind_events_stream_clients",
        "tradewind_events_stream_frames_total", "tradewind_events_stream_skips_total", "tradewind_runs",
        "tradewind_runs_queued", "tradewind_http_requests_total", "tradewind_http_requests_in_flight",
        "tradewind_http_request_duration_seconds", "tradewind_storage_size_bytes",
        "tradewind_storage_commit_writers", "tradewind_storage_commit_events",
        "tradewind_storage_commit_duration_seconds", "tradewind_storage_write_latency_seconds",
        "tradewind_storage_waiting_writers", "tradewind_log_ingest_lag_seconds",
        "tradewind_log_ingest_behind_bytes", "tradewind_log_lag_seconds",
        "tradewind_process_resident_memory_bytes", "tradewind_process_open_files", "tradewind_ready",
    ]

    /// A service that has done some work: a run, a client that follows it, lines in storage.
    private static func worked(_ body: (ResearchDesk) async throws -> Void) async throws {
        let desk = try await ResearchDesk.open(["--set", "logs.poll-interval=250ms"])
        defer { desk.close() }
        let follower = try StreamSocket(port: desk.port, query: "", after: 0)
        defer { follower.hangUp() }
        let id = try await desk.create(ResearchDesk.file())
        _ = try await desk.wait(id, for: ["completed"])
        for _ in 0..<200 {
            let page = try await desk.get("/metrics").text
            if page.contains("tradewind_runs{state=\"completed\"} 1\n"),
                page.contains("tradewind_log_ingest_lag_seconds ")
            {
                return try await body(desk)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ResearchDesk.Failure(description: "no such metrics: \(try await desk.get("/metrics").text)")
    }

    @Test func thePageTellsOfEveryPartAndPromtoolFindsNothingWrong() async throws {
        try await Self.worked { desk in
            let page = try await desk.get("/metrics").text
            for family in Self.families {
                #expect(page.contains("# TYPE \(family) "), "\(family)")
            }
            func value(_ series: String) -> Double? {
                page.split(separator: "\n").first { $0.hasPrefix(series + " ") }
                    .flatMap { Double($0.dropFirst(series.count + 1)) }
            }
            #expect(value("tradewind_events_stream_clients") == 1)
            // The request for this page.
            #expect(value("tradewind_http_requests_in_flight") == 1)
            #expect(value("tradewind_runs{state=\"failed\"}") == 0)
            let last = try await desk.get("/api/v1/events?limit=1").json["last"]?.wholeNumber
            #expect(value("tradewind_events_appended_total") == last.map { Double($0) })
            let sizes = ["database", "write-ahead-log"].compactMap {
                value("tradewind_storage_size_bytes{file=\"\($0)\"}")
            }
            #expect(sizes.count == 2 && sizes.reduce(0, +) > 65_536, "\(sizes)")
            #expect((value("tradewind_storage_commit_writers_count") ?? 0) > 3)
            #expect(
                (value("tradewind_storage_write_latency_seconds_count") ?? 0)
                    >= (value("tradewind_storage_commit_duration_seconds_count") ?? .infinity))
            #expect((value("tradewind_events_stream_frames_total") ?? 0) > 3)
            let tool = try ToolRun("promtool", "check", "metrics", input: page)
            if tool.status == 127 {
                print("skipped, as promtool is not installed (Debian package prometheus)")
                return
            }
            #expect(tool.status == 0 && tool.output.isEmpty, "\(tool.output)")
        }
    }

    @Test func aRealPrometheusScrapesTheServiceAndAnswersQuestionsAboutIt() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-prometheus-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Self.worked { desk in
            guard let prometheus = try await ServerProcess.prometheus(scraping: desk.port, folder: folder)
            else {
                print("skipped, as prometheus is not installed (Debian package prometheus)")
                return
            }
            defer { prometheus.stop() }
            func ask(_ query: String) async throws -> [JSONText] {
                let text = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? query
                let (body, _) = try await HTTPQuestion.get("\(prometheus.address)/api/v1/query?query=\(text)")
                let answer = try JSONText(parsing: String(decoding: body, as: UTF8.self))
                return answer["data"]?["result"]?.items ?? []
            }
            // Two scrapes, so that there are rates.
            for _ in 0..<300 {
                let count = try await ask("count_over_time(up[1m])").first?["value"]?.items?.last?.text
                if let count, let number = Int(count), number >= 2 { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            func number(_ query: String) async throws -> Double? {
                try await ask(query).first?["value"]?.items?.last?.text.flatMap { Double($0) }
            }
            #expect(try await number("up") == 1)
            #expect(try await number("tradewind_runs{state=\"completed\"}") == 1)
            #expect(try await number("tradewind_events_stream_clients") == 1)
            #expect(try await number("tradewind_events_lag") == 0)
            #expect(try await number("rate(tradewind_http_requests_total{route=\"/metrics\"}[1m])") ?? 0 > 0)
            let quantile = try await number(
                """
                histogram_quantile(0.99, sum by (le) (tradewind_storage_write_latency_seconds_bucket))
                """)
            #expect(quantile.map { $0 > 0 && $0 <= 30 } == true, "\(quantile ?? -1)")
            #expect(try await number("max(tradewind_log_ingest_lag_seconds)") ?? 60 < 30)
            for family in Self.families where !family.hasSuffix("_seconds") {
                let found = try await ask("{__name__=~\"\(family)(_count)?\"}")
                #expect(!found.isEmpty, "\(family)")
            }
        }
    }
}
