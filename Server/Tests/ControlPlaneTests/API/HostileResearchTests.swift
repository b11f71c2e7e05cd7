import Events
import Foundation
import TestServers
import Testing

/// What clients may get wrong, or mean ill with, on the routes of research.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HostileResearchTests {
    @Test func everythingWrongWithARunIsToldAtOnce() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let answer = try await desk.send(
            "POST", "/api/v1/runs",
            """
            {"mode": "backtest", "run": {"name": "x", "strategy": "sma-cross",
             "parameters": {"fast": 30, "slow": "twenty", "quantty": "1"},
             "capital": {"amount": "-5", "asset": "USDT"}, "sede": 3}}
            """)
        #expect(answer.status == 422 && answer.code == "validation.failed")
        #expect(answer.problems.contains("capital.amount"), "\(answer.text)")
        #expect(answer.problems.contains { $0.contains("slow") })
        #expect(answer.problems.contains { $0.contains("quantty") || $0 == "parameters" })
        #expect(answer.text.contains("sede"))
        let body = try await desk.send("POST", "/api/v1/runs", #"{"mod": "backtest", "run": [], "start": 1}"#)
        #expect(body.status == 422)
        #expect(Set(body.problems) == ["mode", "run", "start", "mod"], "\(body.text)")
        #expect(body.text.contains("did you mean \\\"mode\\\"?"))
        let query = try await desk.get("/api/v1/runs?page=0&page_size=100000&status=runing&pgae=2")
        #expect(query.status == 422)
        #expect(Set(query.problems) == ["page", "page_size", "status", "pgae"], "\(query.text)")
        #expect(query.text.contains("did you mean \\\"running\\\"?"))
    }

    @Test func clientsNameNoPathsAndNoKindsOfRunThatTheProcessMayNotExecute() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        for data in [
            #"{"catalogue": "/etc"}"#, #"{"catalogue": "../../x"}"#,
            #"[{"instrument": "binance:spot:BTCUSDT", "bars": "/etc/passwd", "timeframe": "1m"}]"#,
        ] {
            let file = """
                {"name": "x", "strategy": "sma-cross", "parameters": {"quantity": "1"},
                 "capital": {"amount": "1000", "asset": "USDT"}, "data": \(data)}
                """
            let answer = try await desk.send(
                "POST", "/api/v1/runs", "{\"mode\": \"backtest\", \"run\": \(file)}")
            #expect(answer.status == 422 && answer.problems.allSatisfy { $0.hasPrefix("data") }, "\(data)")
        }
        for mode in ["paper", "live"] {
            let answer = try await desk.send(
                "POST", "/api/v1/runs", "{\"mode\": \"\(mode)\", \"run\": \(ResearchDesk.file())}")
            #expect(answer.status == 409 && answer.text.contains("execution.mode"), "\(answer.text)")
        }
        #expect(try await desk.get("/api/v1/account").code == "dependency.unavailable")
        #expect(try await desk.get("/api/v1/account/positions").status == 503)
    }

    @Test func bodiesThatAreNoJSONAreRefused() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let cases: [(String, Int)] = [
            ("{", 400), (deep, 400), ("[]", 422), ("null", 422), ("\"x\"", 422), ("{\"a\":1,\"a\":1}", 422),
            ("{\"mode\":\"backtest\"} trailing", 400), ("{\"x\": 1e999999}", 400), ("", 400),
        ]
        for (body, status) in cases {
            let answer = try await desk.send("POST", "/api/v1/runs", body)
            #expect(answer.status == status, "\(body.prefix(40)): \(answer.text)")
            #expect(answer.code != nil)
        }
        let large = "{\"mode\": \"" + String(repeating: "x", count: 11 << 20) + "\"}"
        if let answer = try? await desk.send("POST", "/api/v1/runs", large) {
            #expect(answer.status == 413)
        }
        let (_, status) = try await HTTPQuestion.send(
            "POST", desk.address + "/api/v1/runs", headers: ["Content-Type": "text/plain"], body: "{}")
        #expect(status == 415)
        #expect(try await desk.get("/health").status == 200)
    }

    @Test func namesOfFilesAndIdsLeadNowhere() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let id = try await desk.create(ResearchDesk.file())
        _ = try await desk.wait(id, for: ["completed", "failed"])
        for path in [
            "/api/v1/runs/\(id)/files/..%2F..%2Ftradewind.db", "/api/v1/runs/\(id)/files/%2Fetc%2Fpasswd",
            "/api/v1/runs/\(id)/files/.runs", "/api/v1/runs/..%2F..%2Fetc/files/summary.json",
            "/api/v1/runs/.runs/files/summary.json", "/api/v1/runs/%00/equity",
            "/api/v1/runs/x'%20OR%201=1/fills", "/api/v1/orders/x'%3B%20DROP%20TABLE%20orders",
        ] {
            let answer = try await desk.get(path)
            #expect(answer.status == 404, "\(path): \(answer.status)")
        }
        for path in [
            "/api/v1/orders?run_id=x'%20OR%20'1'='1", "/api/v1/events?run_id=x'%3B--",
            "/api/v1/runs?strategy=a'%20OR%20'a'='a",
        ] {
            let answer = try await desk.get(path)
            let total = answer.json["total"]?.wholeNumber ?? answer.json["events"]?.items?.count
            #expect(answer.status == 200 && total == 0, "\(path): \(answer.text)")
        }
        for path in [
            "/api/v1/runs?status=%ff", "/api/v1/runs?page=%zz", "/api/v1/events?limit=99999999999999",
        ] {
            #expect(try await desk.get(path).status == 422, "\(path)")
        }
    }

    @Test func backtestsOfEarlierSystemsStartByTheirNames() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let body = """
            {"strategy_name": "sma-crossover", "start_date": "2024-01-05", "end_date": "2024-01-20T00:00:00",
             "initial_capital": 100000, "share_class": "USDT", "parameters": {"quantity": "0.5"},
             "instruments": ["binance:spot:BTCUSDT"], "timeframe": "1h"}
            """
        let made = try await desk.send("POST", "/api/v1/backtest/", body)
        #expect(made.status == 201, "\(made.text)")
        let id = try #require(made.json["request_id"]?.text)
        let run = try await desk.wait(id, for: ["completed", "failed"])
        #expect(run["status"] == .string("completed"), "\(run.compact)")
        #expect(run["start"] == .string("2024-01-05T00:00:00Z"))
        let result = try await desk.get("/api/v1/backtest/\(id)/result").json
        #expect(result["success"] == .flag(true) && result["result"]?["strategy"] == .string("sma-cross"))
        let unknown = try await desk.send(
            "POST", "/api/v1/backtest", body.replacingOccurrences(of: "sma-crossover", with: "sma-crosss"))
        #expect(unknown.status == 404 && unknown.text.contains("did you mean \\\"sma-cross\\\"?"))
        let backwards = try await desk.send(
            "POST", "/api/v1/backtest", body.replacingOccurrences(of: "2024-01-20", with: "2023-01-20"))
        #expect(backwards.problems == ["end_date"])
    }

    @Test func listsOfDataAndStrategiesHoldWhatIsThere() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let series = try await desk.get("/api/v1/data?instrument=binance:spot:BTCUSDT").json
        #expect((series["series"]?.items?.count ?? 0) >= 2)
        let candles = try await desk.get(
            "/api/v1/candles?instrument=binance:spot:BTCUSDT&timeframe=1h&start=2024-01-02&limit=3"
        ).json
        let times = candles["candles"]?.items?.compactMap { $0["time"]?.text }
        #expect(times == ["2024-01-02T00:00:00Z", "2024-01-02T01:00:00Z", "2024-01-02T02:00:00Z"])
        let last = try await desk.get(
            "/api/v1/candles?symbol=binance:spot:BTCUSDT&timeframe=1h&order=desc&limit=1"
        ).json
        #expect(last["candles"]?.items?.first?["time"] == .string("2024-01-30T23:00:00Z"))
        #expect(try await desk.get("/api/v1/candles?instrument=binance:spot:BTCUSDT").status == 422)
        #expect(try await desk.get("/api/v1/candles?instrument=nowhere:spot:X").status == 404)
        let strategies = try await desk.get("/api/v1/strategies/").json["strategies"]?.items ?? []
        let cross = try #require(strategies.first { $0["name"] == .string("sma-cross") })
        #expect(cross["schema"]?["properties"]?["fast"] != nil && cross["defaults"]?["fast"] != nil)
        #expect(try await desk.get("/api/v1/strategies/sma-crossover").json["name"] == .string("sma-cross"))
        let merged = try await desk.get("/api/v1/strategies/sma-cross/config/merged").json
        #expect(merged["run"]?["parameters"] == cross["defaults"])
        let settings = try await desk.get("/api/v1/configuration").json["settings"]?.items ?? []
        #expect(settings.contains { $0["key"] == .string("runs.max-concurrent") })
    }
}
