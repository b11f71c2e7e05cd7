import Events
import Foundation
import Glibc
import Operations
import Storage
import Testing
import Units

/// Runs over the real service: real processes, a real store, real HTTP.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RunLifecycleTests {
    @Test func aRunIsCreatedExecutedAndReadBack() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let id = try await desk.create(ResearchDesk.file(), starts: false)
        let made = try await desk.get("/api/v1/runs/\(id)").json
        #expect(made["status"] == .string("pending") && made["progress"]?["percent"]?.double == 0)
        let started = try await desk.send("POST", "/api/v1/runs/\(id)/start")
        #expect(started.status == 200)
        let run = try await desk.wait(id, for: ["completed", "failed"])
        #expect(run["status"] == .string("completed"), "\(run.compact)")
        #expect(run["progress"]?["percent"]?.double == 100)
        let summary = try #require(run["summary"])
        #expect(summary["run_id"] == .string(id) && summary["strategy"] == .string("sma-cross"))
        #expect(run["progress"]?["equity"] == summary["final_equity"])

        // The pages of results agree with the summary and with each other.
        let results = try await desk.get("/api/v1/runs/\(id)/results").json
        #expect(results["summary"] == summary)
        let fills = try await desk.get("/api/v1/runs/\(id)/fills?page_size=3").json
        #expect(fills["total"]?.wholeNumber == summary["fills"]?.wholeNumber)
        #expect(fills["fills"]?.items?.count == min(3, summary["fills"]?.wholeNumber ?? 0))
        let trades = try await desk.get("/api/v1/runs/\(id)/trades").json
        #expect(trades["total"]?.wholeNumber == summary["trades"]?.wholeNumber)
        let equity = try await desk.get("/api/v1/runs/\(id)/equity?points=50").json
        let points = equity["equity"]?.items ?? []
        #expect(points.count <= 50 && points.count > 10)
        #expect(points.first?["equity"] == summary["initial_equity"])
        #expect(points.last?["equity"] == summary["final_equity"])
        let report = try await desk.get("/api/v1/runs/\(id)/report.html")
        #expect(report.status == 200 && report.text.contains("<svg"))
        for name in ["summary.json", "equity.csv", "fills.csv", "ledger.csv", "risk.csv", "rebalances.csv"] {
            #expect(try await desk.get("/api/v1/runs/\(id)/files/\(name)").status == 200, "\(name)")
        }

        // Everything that happened is in the log, once, under one correlation id.
        let events = try await desk.get("/api/v1/events?run_id=\(id)&limit=500").json["events"]?.items ?? []
        let types = events.compactMap { $0["type"]?.text }
        #expect(types.first == "run.Created" && types.last == "run.Completed")
        #expect(types.filter { $0 == "run.Started" }.count == 1 && types.contains("run.Progress"))
        #expect(Set(events.compactMap { $0["offset"]?.wholeNumber }).count == events.count)
        #expect(events.first?["correlation_id"] == run["correlation_id"])
        let orders = try await desk.get("/api/v1/orders?run_id=\(id)").json
        #expect((orders["total"]?.wholeNumber ?? 0) > 0)
        let order = try #require(orders["orders"]?.items?.first?["id"]?.text)
        #expect(try await desk.get("/api/v1/orders/\(order)").json["run_id"] == .string(id))

        // Deleted, it is gone with its files; its events stay.
        #expect(try await desk.send("DELETE", "/api/v1/runs/\(id)").status == 204)
        #expect(try await desk.get("/api/v1/runs/\(id)").status == 404)
        #expect(try await desk.get("/api/v1/runs/\(id)/fills").status == 404)
        let left = try FileManager.default.contentsOfDirectory(
            atPath: desk.folder.appending(path: ".tradewind/results").path)
        #expect(left == [".runs"])
        let after = try await desk.get("/api/v1/events?run_id=\(id)&order=desc&limit=1").json
        #expect(after["events"]?.items?.first?["type"] == .string("run.Deleted"))
    }

    @Test func thePricesThatARunWorkedOnAreKeptWithIt() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let (hours, minutes) = (
            try await desk.create(ResearchDesk.file()),
            try await desk.create(ResearchDesk.slowFile("minutes", strategies: 1))
        )
        for id in [hours, minutes] { _ = try await desk.wait(id, for: ["completed"]) }
        func candles(_ query: String) async throws -> JSONText {
            let limit = query.contains("limit=") ? "" : "&limit=10000"
            let path = "/api/v1/candles?instrument=binance:spot:BTCUSDT&\(query)\(limit)"
            return try await desk.get(path).json
        }
        // As many as a chart needs are the bars themselves ...
        let (own, all) = (try await candles("run_id=\(hours)"), try await candles("timeframe=1h"))
        #expect(own == all && own["total"]?.wholeNumber == 720)
        let last = try await candles("run_id=\(hours)&limit=2&order=desc")["candles"]?.items
        #expect(last == Array(all["candles"]?.items?.suffix(2) ?? []))
        #expect(
            try await candles("run_id=\(hours)&timeframe=1m")["error"]?["code"]
                == .string("resource.not_found"))
        #expect(try await candles("run_id=nobody")["error"]?["code"] == .string("resource.not_found"))
        // ... and more are joined, without losing an extreme.
        let joined = try await candles("run_id=\(minutes)")
        let (few, many) = (
            joined["candles"]?.items ?? [], try await candles("timeframe=1m&limit=100000")["candles"]?.items
        )
        #expect(joined["timeframe"] == .string("1h") && few.count == 720)
        #expect(many == nil, "more than a request may ask for")
        let hour = try #require(all["candles"]?.items)
        #expect(few == hour, "the sample's hours are made of its minutes")
        try await desk.send("DELETE", "/api/v1/runs/\(hours)")
        let store = try await SQLiteStore.open(desk.database, options: StoreOptions(now: SystemClocks.now))
        let left = try await store.read {
            try $0.session.integer("SELECT count(*) FROM bars WHERE run_id = ?", [.text(hours)])
        }
        #expect(left == 0)
        try await store.close()
    }

    @Test func everyOrderOfARunIsARowWithItsStateAndReason() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        // What the account cannot pay for is refused.
        let poor = ResearchDesk.file("poor").replacingOccurrences(
            of: #""capital": {"amount": "100000""#,
            with: #""execution": {"overdraft": "refuse"}, "capital": {"amount": "10""#)
        let refused = try await desk.create(poor)
        let filled = try await desk.create(ResearchDesk.file())
        for (id, isPoor) in [(refused, true), (filled, false)] {
            let run = try await desk.wait(id, for: ["completed", "failed"])
            let placed = try #require(run["progress"]?["orders"]?.wholeNumber)
            let all = "/api/v1/runs/\(id)/orders?page_size=200"
            let orders = try #require(try await desk.get(all).json["orders"]?.items)
            #expect(try await desk.get(all).json["total"]?.wholeNumber == placed && placed > 1)
            for order in orders {
                let isRejected = order["status"] == .string("rejected")
                #expect(isRejected || order["status"] == .string("filled"), "\(order.compact)")
                let reason: JSONText = isRejected ? .string("insufficient-funds") : .null
                #expect(order["reason"] == reason && order["type"] == .string("market"))
                #expect(order["run_id"] == .string(id))
            }
            let times = orders.compactMap { $0["created_at"]?.text }
            #expect(times == times.sorted(by: >) && times.count == orders.count)
            // Pages neither overlap nor leave anything out.
            var paged: [JSONText] = []
            for page in 1...3 {
                let found = try await desk.get("/api/v1/runs/\(id)/orders?page=\(page)&page_size=7")
                paged += found.json["orders"]?.items ?? []
            }
            #expect(paged == Array(orders.prefix(21)) && paged.count == 21)
            var totals: [String: Int] = [:]
            for status in ["filled", "rejected", "cancelled"] {
                let chosen = try await desk.get("/api/v1/orders?run_id=\(id)&status=\(status)").json
                totals[status] = chosen["total"]?.wholeNumber
            }
            let fills = try await desk.get("/api/v1/runs/\(id)/fills").json["total"]?.wholeNumber
            #expect(totals["filled"] == fills && totals["cancelled"] == 0)
            #expect((totals["filled"] ?? 0) + (totals["rejected"] ?? 0) == placed)
            #expect((totals["rejected"] ?? 0 > 0) == isPoor)
        }
    }

    @Test func stoppingWorksAtOnceMidRunAndAgain() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let id = try await desk.create(ResearchDesk.slowFile())
        _ = try await desk.wait(id, for: ["running"])
        let child = try await Self.startedChild(of: id)
        #expect(try await desk.send("DELETE", "/api/v1/runs/\(id)").code == "resource.conflict")
        let began = ContinuousClock.now
        let stopped = try await desk.send("POST", "/api/v1/runs/\(id)/stop", "{\"reason\": \"enough\"}")
        #expect(stopped.json["status"] == .string("stopped"), "\(stopped.text)")
        #expect(ContinuousClock.now - began < .seconds(5))
        #expect(stopped.json["reason"] == .string("enough"))
        #expect(kill(child, 0) != 0, "the process is gone")
        let again = try await desk.send("POST", "/api/v1/runs/\(id)/stop")
        #expect(again.status == 200 && again.json["ended_at"] == stopped.json["ended_at"])
        #expect(try await desk.send("POST", "/api/v1/runs/\(id)/start").code == "resource.conflict")
        let types = try await Self.types(desk, id)
        #expect(types.filter { $0 == "run.StopRequested" }.count == 1)
        #expect(types.last == "run.Stopped")
        #expect(try await desk.get("/api/v1/runs/\(id)/results").code == "resource.conflict")
        // A run that nobody started stops, too.
        let pending = try await desk.create(ResearchDesk.file(), starts: false)
        #expect(
            try await desk.send("POST", "/api/v1/runs/\(pending)/stop").json["status"] == .string("stopped"))
    }

    @Test func aKilledProcessFailsItsRunAndNothingElse() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let id = try await desk.create(ResearchDesk.slowFile())
        _ = try await desk.wait(id, for: ["running"])
        kill(try await Self.startedChild(of: id), SIGKILL)
        let run = try await desk.wait(id, for: ["failed", "completed"])
        #expect(run["status"] == .string("failed"))
        #expect(run["error"]?["code"] == .string("process-killed"), "\(run.compact)")
        let next = try await desk.create(ResearchDesk.file())
        #expect(try await desk.wait(next, for: ["completed", "failed"])["status"] == .string("completed"))
    }

    @Test func moreRunsThanMayRunWaitAndMoreThanMayWaitAreRefused() async throws {
        let desk = try await ResearchDesk.open([
            "--set", "runs.max-concurrent=1", "--set", "runs.max-queued=1",
        ])
        defer { desk.close() }
        let first = try await desk.create(ResearchDesk.slowFile())
        let second = try await desk.create(ResearchDesk.file("second"))
        let waiting = try await desk.get("/api/v1/runs/\(second)").json
        #expect(waiting["status"] == .string("pending") && waiting["queue_position"]?.wholeNumber == 1)
        #expect(try await desk.send("POST", "/api/v1/runs/\(second)/start").status == 200)
        let third = try await desk.create(ResearchDesk.file("third"), starts: false)
        let refused = try await desk.send("POST", "/api/v1/runs/\(third)/start")
        #expect(refused.status == 503 && refused.code == "throttling.backpressure")
        #expect(try await desk.get("/api/v1/runs/\(third)").json["status"] == .string("pending"))
        try await desk.send("POST", "/api/v1/runs/\(first)/stop")
        #expect(try await desk.wait(second, for: ["completed", "failed"])["status"] == .string("completed"))
    }

    @Test func afterACrashRunningRunsAreFailedAndWaitingOnesGoOn() async throws {
        let desk = try await ResearchDesk.open(["--set", "runs.max-concurrent=1"])
        defer { desk.close() }
        let done = try await desk.create(ResearchDesk.file("done"))
        _ = try await desk.wait(done, for: ["completed"])
        let running = try await desk.create(ResearchDesk.slowFile())
        _ = try await desk.wait(running, for: ["running"])
        let child = try await Self.startedChild(of: running)
        let queued = try await desk.create(ResearchDesk.file("queued"))
        let idle = try await desk.create(ResearchDesk.file("idle"), starts: false)
        try await desk.crash()
        for _ in 0..<200 where kill(child, 0) == 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(kill(child, 0) != 0, "the process of the run ended with the service")
        let failed = try await desk.get("/api/v1/runs/\(running)").json
        #expect(failed["status"] == .string("failed"))
        #expect(failed["reason"] == .string("unclean shutdown"))
        #expect(
            try await desk.wait(queued, for: ["completed", "failed"])["status"] == .string("completed"))
        #expect(try await desk.get("/api/v1/runs/\(idle)").json["status"] == .string("pending"))
        #expect(try await desk.get("/api/v1/runs/\(done)").json["status"] == .string("completed"))
        let list = try await desk.get("/api/v1/runs?status=completed,failed&page_size=2").json
        #expect(list["total"]?.wholeNumber == 3 && list["runs"]?.items?.count == 2)
    }

    @Test func whileConsumersAreFarBehindRunsWaitAndThenAreRefusedUntilTheyHaveCaughtUp() async throws {
        let desk = try await ResearchDesk.open([
            "--set", "events.lag-warning=50", "--set", "events.lag-stop=200", "--set",
            "events.poll-interval=100ms",
        ])
        defer { desk.close() }
        let store = try await SQLiteStore.open(desk.database, options: StoreOptions(now: SystemClocks.now))
        // Others tell of much, and one consumer has seen nothing of it.
        try await desk.wait(untilPressureIs: 0)
        try await store.events.append((1...100).map { ResearchDesk.event($0) })
        try await store.events.commit("slow", .start)
        try await desk.wait(untilPressureIs: 1)
        let waiting = try await desk.create(ResearchDesk.file())
        let refused = try await desk.create(ResearchDesk.file(), starts: false)
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await desk.get("/api/v1/runs/\(waiting)").json["status"] == .string("pending"))
        try await store.events.append((101...300).map { ResearchDesk.event($0) })
        try await desk.wait(untilPressureIs: 2)
        let answer = try await desk.send("POST", "/api/v1/runs/\(refused)/start")
        #expect(answer.status == 503 && answer.code == "throttling.backpressure", "\(answer.text)")
        #expect(answer.text.contains("slow is") && answer.text.contains("200 are allowed"))
        let run = "{\"mode\": \"backtest\", \"start\": true, \"run\": \(ResearchDesk.file())}"
        let total = try await desk.get("/api/v1/runs").json["total"]
        #expect(try await desk.send("POST", "/api/v1/runs", run).code == "throttling.backpressure")
        #expect(try await desk.get("/api/v1/runs").json["total"] == total, "nothing was created")
        try await store.events.commit("slow", try await store.events.last())
        try await desk.wait(untilPressureIs: 0)
        #expect(try await desk.wait(waiting, for: ["completed", "failed"])["status"] == .string("completed"))
        #expect(try await desk.send("POST", "/api/v1/runs/\(refused)/start").status == 200)
        _ = try await desk.wait(refused, for: ["completed"])
        try await store.close()
    }

    /// Goal: what real runs leave in the tables is what their events say, also once those are removed.
    /// Method: retention, which compares, takes all events of runs that completed, were stopped, deleted, or
    /// never started.
    @Test func allEventsOfRealRunsCanBeRemovedAndTheTablesStillVerify() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let done = try await desk.create(ResearchDesk.file())
        let stopped = try await desk.create(ResearchDesk.slowFile())
        let gone = try await desk.create(ResearchDesk.file("gone"))
        _ = try await desk.wait(done, for: ["completed"])
        _ = try await desk.wait(gone, for: ["completed"])
        try await desk.send("DELETE", "/api/v1/runs/\(gone)")
        _ = try await desk.wait(stopped, for: ["running"])
        try await desk.send("POST", "/api/v1/runs/\(stopped)/stop")
        _ = try await desk.wait(stopped, for: ["stopped"])
        let pending = try await desk.create(ResearchDesk.file("pending"), starts: false)
        desk.service.terminate()
        desk.service.waitUntilExit()
        let store = try await SQLiteStore.open(desk.database, options: StoreOptions(now: SystemClocks.now))
        let report = try await store.events.prune(before: .distantFuture)
        #expect(report.removed > 20 && report.heldBackBy == nil)
        #expect(try await store.events.verify().snapshot != nil)
        let rebuilt = try await store.write { try RunProjection.rebuild($0) }
        #expect(rebuilt == RebuildReport(events: 0, changed: []))
        let ids = try await store.read { try $0.runs.list(RunSelection()).map(\.id) }
        #expect(Set(ids) == [done, stopped, pending])
        #expect(try await store.read { try $0.orders.count(OrderSelection()) } > 0)
        try await store.close()
    }

    @Test func aServiceThatIsStoppedStopsItsRunsFirst() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let id = try await desk.create(ResearchDesk.slowFile())
        _ = try await desk.wait(id, for: ["running"])
        kill(desk.service.processIdentifier, SIGTERM)
        desk.service.waitUntilExit()
        #expect(desk.service.terminationStatus == 0)
        try await desk.crash()
        let run = try await desk.get("/api/v1/runs/\(id)").json
        #expect(run["status"] == .string("stopped"), "\(run.compact)")
        #expect(run["reason"] == .string("the service was stopped"))
    }

    static func types(_ desk: ResearchDesk, _ id: String) async throws -> [String] {
        let events = try await desk.get("/api/v1/events?run_id=\(id)&limit=500").json["events"]?.items ?? []
        return events.compactMap { $0["type"]?.text }
    }

    /// The process that executes a run; it comes a moment after the run is told to be running.
    static func startedChild(of id: String) async throws -> Int32 {
        for _ in 0..<200 where child(of: id) == nil { try await Task.sleep(for: .milliseconds(10)) }
        return try #require(child(of: id))
    }

    /// The process that executes a run, by its command line.
    static func child(of id: String) -> Int32? {
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = Int32(entry),
                let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"),
                String(decoding: bytes, as: UTF8.self).contains("--run-id\0\(id)")
            else { continue }
            return pid
        }
        return nil
    }
}
