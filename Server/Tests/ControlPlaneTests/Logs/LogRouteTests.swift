import AsyncHTTPClient
import ControlPlane
import Foundation
import NIOHTTP1
import Storage
import Testing
import Units

@Suite(.timeLimit(.minutes(2))) struct LogRouteTests {
    func messages(_ page: [String: Any]) -> [String] {
        (page["logs"] as? [[String: Any]] ?? []).compactMap { $0["message"] as? String }
    }

    func number(_ line: Int) -> String { "line \(line)" }

    @Test func theNewestComeFirstByPagesAndByCursor() async throws {
        try await LogDesk.run { (desk) async throws -> Void in
            try await desk.store(120) { _, _ in }
            let first = try await desk.get("/api/v1/logs").json
            #expect(messages(first) == (70..<120).reversed().map(number))
            #expect(first["total"] as? Int == 120 && first["total_is_exact"] as? Bool == true)
            #expect(first["pages"] as? Int == 3 && first["page_size"] as? Int == 50)
            let third = try await desk.get("/api/v1/logs?page=3&page_size=50").json
            #expect(messages(third) == (0..<20).reversed().map(number))
            #expect(third["next_cursor"] is NSNull)
            let cursor = try #require(first["next_cursor"] as? String)
            // A line that comes meanwhile shifts pages, not what follows a cursor.
            try await desk.store(1) { _, line in (line.file, line.message) = (9, "new") }
            let next = try await desk.get("/api/v1/logs?cursor=\(cursor)").json
            #expect(messages(next) == (20..<70).reversed().map(number))
            #expect(messages(try await desk.get("/api/v1/logs").json).first == "new")
        }
    }

    @Test func filtersFindWhatTheySay() async throws {
        try await LogDesk.run { (desk) async throws -> Void in
            try await desk.store(100) { number, line in
                line.severity = LogSeverity.allCases[number % 7]
                line.event = number % 10 == 0 ? "tick" : nil
                line.logger = number % 4 == 0 ? "tradewind.Runs" : "tradewind.api"
                line.runID = number % 5 == 0 ? "run-1" : nil
                line.correlationID = "work-\(number % 3)"
                line.strategyID = number % 20 == 0 ? "eth-basis" : nil
                line.message = number == 42 ? "50%_done\\ Ärger" : "line \(number)"
                line.payload = number == 43 ? "{\"error\":\"Refused\"}" : nil
                if number == 44 { (line.requestID, line.traceID, line.service) = ("q", "t", "browser") }
            }
            func found(_ query: String) async throws -> [Int] {
                let answer = try await desk.get("/api/v1/logs?page_size=500&\(query)")
                #expect(answer.status == 200, "\(query): \(answer.text)")
                return (answer.json["logs"] as? [[String: Any]] ?? []).compactMap {
                    ($0["id"] as? Int).map { $0 - 1 }
                }
                .reversed()
            }
            let all = Array(0..<100)
            #expect(try await found("level=WARN") == all.filter { $0 % 7 == 4 })
            #expect(try await found("level=warning,Fatal") == all.filter { [4, 6].contains($0 % 7) })
            #expect(try await found("minimum_level=error") == all.filter { $0 % 7 >= 5 })
            #expect(try await found("minimum_level=warning&level=error") == all.filter { $0 % 7 == 5 })
            #expect(try await found("event=tick") == all.filter { $0 % 10 == 0 })
            #expect(try await found("logger=runs") == all.filter { $0 % 4 == 0 })
            #expect(try await found("run_id=run-1&level=info") == all.filter { $0 % 5 == 0 && $0 % 7 == 2 })
            #expect(try await found("correlation_id=work-2") == all.filter { $0 % 3 == 2 })
            #expect(try await found("strategy_id=eth-basis") == all.filter { $0 % 20 == 0 })
            #expect(try await found("search=50%25_DONE%5C") == [42])
            #expect(try await found("search=%25") == [42], "a sign of patterns is itself")
            #expect(try await found("search=%C3%84rger") == [42])
            #expect(try await found("search=refused") == [43])
            #expect(try await found("request_id=q&trace_id=t&service=browser") == [44])
            #expect(try await found("search=%27%20OR%201=1%20--") == [])
            #expect(try await found("start=2026-11-21T11:59:50Z&end=2026-11-21T11:59:55Z") == Array(89..<94))
        }
    }

    @Test func aSearchThatNoIndexAnswersGoesThroughAllLines() async throws {
        try await LogDesk.run { (desk) async throws -> Void in
            try await desk.store(45_000) { number, line in
                line.message = number % 15_000 == 7 ? "needle \(number)" : "hay \(number)"
            }
            let page = try await desk.get("/api/v1/logs?search=needle&page_size=2").json
            #expect(messages(page) == ["needle 30007", "needle 15007"])
            #expect(page["total"] is NSNull && page["is_complete"] as? Bool == true)
            let cursor = try #require(page["next_cursor"] as? String)
            let rest = try await desk.get("/api/v1/logs?search=needle&page_size=2&cursor=\(cursor)").json
            #expect(messages(rest) == ["needle 7"] && rest["next_cursor"] is NSNull)
            let second = try await desk.get("/api/v1/logs?search=needle&page_size=2&page=2").json
            #expect(messages(second) == ["needle 7"])
            #expect(try await desk.get("/api/v1/logs?page_size=1").value("total") == 10_000)
            #expect(try await desk.get("/api/v1/logs").value("total_is_exact") == false)
        }
    }

    @Test func whatIsWrongInAQueryIsToldAllAtOnce() async throws {
        try await LogDesk.run { (desk) async throws -> Void in
            let answer = try await desk.get(
                "/api/v1/logs?page_size=501&page=0&levle=error&level=odd&start=x&cursor=1&minimum_level=7")
            #expect(answer.status == 422)
            let error = answer.json["error"] as? [String: Any]
            #expect(error?["code"] as? String == "validation.failed")
            for word in ["page_size", "levle", "level", "start", "cursor", "minimum_level"] {
                #expect(answer.text.contains("\"\(word)\""), "\(word)")
            }
            for query in [
                "page=202", "cursor=99999999999999999999-1", "end=2020-01-01&start=2021-01-01",
                "search=%FF", "search=", "cursor=1-1&page=2",
            ] {
                #expect(try await desk.get("/api/v1/logs?\(query)").status == 422, "\(query)")
            }
            #expect(try await desk.get("/api/v1/logs/summary?level=info").status == 422)
            #expect(try await desk.get("/api/v1/logs/export?page=1").status == 422)
        }
    }

    @Test func theSummaryCountsAndNamesTheLatest() async throws {
        try await LogDesk.run { (desk) async throws -> Void in
            #expect(
                try await desk.get("/api/v1/logs/summary").json["latest_entry"].map { $0 is NSNull } == true)
            try await desk.store(60) { number, line in
                line.severity =
                    number < 30 ? .info : number < 50 ? .warning : number == 55 ? .critical : .debug
                line.logger = "logger-\(min(number, 6) % 6)"
                line.event = number % 2 == 0 ? "even" : nil
            }
            let page = try await desk.get("/api/v1/logs/summary").json
            #expect(page["total"] as? Int == 60)
            let counts = page["level_counts"] as? [String: Int]
            #expect(counts?["info"] == 30 && counts?["warning"] == 20 && counts?["critical"] == 1)
            #expect(counts?["error"] == 0)
            let loggers = page["top_loggers"] as? [[String: Any]]
            #expect(loggers?.count == 5 && loggers?.first?["logger"] as? String == "logger-0")
            #expect(loggers?.first?["count"] as? Int == 55)
            #expect((page["top_events"] as? [[String: Any]])?.first?["count"] as? Int == 30)
            #expect((page["latest_entry"] as? [String: Any])?["message"] as? String == "line 59")
            #expect((page["latest_error"] as? [String: Any])?["message"] as? String == "line 55")
            #expect((page["latest_warning"] as? [String: Any])?["message"] as? String == "line 49")
            #expect(page["ingestion_enabled"] as? Bool == false)
            let part = try await desk.get("/api/v1/logs/summary?end=2026-11-21T11:59:31Z").json
            #expect(part["total"] as? Int == 30)
        }
    }

    @Test func theExportHasEveryLineAndNoFormula() async throws {
        try await LogDesk.run { (desk) async throws -> Void in
            try await desk.store(1_234) { number, line in
                line.message = number == 1_233 ? "=HYPERLINK(\"http://x\"),\n+1" : "line \(number)"
                line.event = number == 1_232 ? "@cmd" : nil
                line.payload = number == 1_231 ? "-1" : nil
            }
            let (answer, body) = try await HTTPAsk.exchange(
                "GET", port: desk.server.port, "/api/v1/logs/export?minimum_level=debug")
            #expect(answer.status == .ok)
            #expect(
                answer.headers.first(name: "content-disposition")
                    == "attachment; filename=\"logs-export-20261121-120000.csv\"")
            #expect(answer.headers.first(name: "content-type")?.hasPrefix("text/csv") == true)
            let text = String(decoding: body, as: UTF8.self)
            let rows = text.components(separatedBy: "\r\n")
            #expect(rows.count == 1_236 && rows.last == "")
            #expect(rows[0].hasPrefix("logged_at,level,service,logger,event,message,"))
            #expect(rows[1].contains(",\"'=HYPERLINK(\"\"http://x\"\"),\n+1\","))
            #expect(rows[2].contains(",'@cmd,") && rows[3].hasSuffix(",'-1"))
            #expect(rows[4] == "2026-11-21T11:59:57Z,info,api,tradewind.api,,line 1230,,,,,,")
        }
    }
}
