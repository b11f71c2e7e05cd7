import ControlPlane
import Dispatch
import Foundation
import Operations
import Settings
import Testing

@Suite(.timeLimit(.minutes(2))) struct HealthPathTests {
    func json(_ answer: RawClient.Answer) throws -> [String: Any] { try #require(answer.json) }

    @Test func livenessSaysWhatItMustAndAsksNothing() async throws {
        try await RunningServer.run { server in
            try server.registry.register(
                ReadinessCheck(
                    name: ComponentName(folding: "never"), component: .host, judgedBy: "", remedy: "",
                    judge: {
                        Issue.record("liveness asked a dependency")
                        return .ready
                    }))
            for path in ["/health", "/health/", "/health/live"] {
                let answer = await RawClient.get(path, port: server.port)
                #expect(answer.statuses == [200])
                let page = try json(answer)
                #expect(page["status"] as? String == "healthy")
                #expect(page["service"] as? String == "api")
                #expect(page["execution_mode"] as? String == "backtest")
                #expect(page["uptime_seconds"] as? Int != nil)
                #expect(page["holds_positions"] as? Bool == false)
                #expect((page["timestamp"] as? String)?.hasSuffix("Z") == true)
                let system = page["system"] as? [String: Any]
                #expect(
                    Set(system?.keys.map { $0 } ?? []) == [
                        "cpu_percent", "memory_percent", "memory_available_gb",
                    ])
            }
            let brief = try json(await RawClient.get("/api/v1/healthz", port: server.port))
            #expect(brief["status"] as? String == "ok")
            #expect(brief["version"] as? String == "9.8.7")
            let version = try json(await RawClient.get("/version", port: server.port))
            #expect(version["git_sha"] as? String == String(repeating: "ab", count: 20))
            #expect(version["build_date"] as? String == "2026-11-21T08:00:00Z")
        }
    }

    @Test func readinessIs503WithOneReasonPerFailingCheck() async throws {
        try await RunningServer.run { server in
            #expect(await RawClient.get("/ready", port: server.port).statuses == [200])
            let flag = ReadinessFlag(notReady: "positions differ from the venue's: 3 instruments")
            try server.registry.register(.state(.reconciled, flag, judgedBy: "agreement"))
            try server.registry.register(.killSwitch { "ann: news" })
            try server.registry.register(.secretsSource { nil })
            for path in HealthRoutes.ready {
                let answer = await RawClient.get(path, port: server.port)
                #expect(answer.statuses == [503])
                let page = try json(answer)
                #expect(page["status"] as? String == "not_ready")
                let checks = try #require(page["checks"] as? [String: [String: Any]])
                let reasons = checks.mapValues { $0["reason"] as? String }
                #expect(
                    reasons == [
                        "reconciled": "positions differ from the venue's: 3 instruments",
                        "kill-switch": "the kill switch is engaged: ann: news", "secrets-source": nil,
                    ])
                #expect(checks.values.allSatisfy { ($0["remedy"] as? String)?.isEmpty == false })
            }
            // The process lives all the same.
            #expect(await RawClient.get("/health", port: server.port).statuses == [200])
            flag.set(.ready)
            server.registry.removeCheck(KnownCheck.killSwitch.name())
            #expect(await RawClient.get("/healthz", port: server.port).statuses == [200])
        }
    }

    @Test func aHangingCheckMakesItNotReadyInTimeRatherThanHang() async throws {
        try await RunningServer.run { server in
            try server.registry.register(
                ReadinessCheck(
                    name: ComponentName(folding: "hangs"), component: .host, judgedBy: "", remedy: "",
                    timeout: .milliseconds(20),
                    judge: {
                        try await Task.sleep(for: .seconds(3_600))
                        return .ready
                    }))
            let answer = await RawClient.get("/ready", port: server.port)
            #expect(answer.statuses == [503])
            #expect(answer.text.contains("the check gave no answer within 0.02 seconds"))
        }
    }

    @Test func livenessAnswersWithin50MillisecondsWhileEveryCheckHangs() async throws {
        try await RunningServer.run { server in
            let block = DispatchSemaphore(value: 0)
            defer { for _ in 0..<32 { block.signal() } }
            // Longer than anybody waits below; the end of the server waits for the answer that is given then.
            let timeout = Duration.seconds(4)
            // More than there are threads: half of them block a thread, half wait.
            for number in 0..<32 {
                try server.registry.register(
                    ReadinessCheck(
                        name: ComponentName(folding: "blocks-\(number)"), component: .host, judgedBy: "",
                        remedy: "", timeout: timeout,
                        blockingJudge: {
                            block.wait()
                            return .ready
                        }))
                try server.registry.register(
                    ReadinessCheck(
                        name: ComponentName(folding: "waits-\(number)"), component: .host, judgedBy: "",
                        remedy: "", timeout: timeout,
                        judge: {
                            try await Task.sleep(for: .seconds(3_600))
                            return .ready
                        }))
            }
            async let stuck = RawClient.send(
                "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n", port: server.port, patience: 2)
            try await Task.sleep(for: .milliseconds(100))
            // The best of several, as other work of this machine may delay one of them.
            var best = Double.infinity
            for _ in 0..<10 {
                let answer = await RawClient.get("/health", port: server.port)
                #expect(answer.statuses == [200])
                best = min(best, answer.seconds)
            }
            #expect(best < 0.05)
            #expect(await stuck.statuses.isEmpty)
        }
    }

    @Test func theSupervisorReadsFromHealthWhetherARunHoldsPositions() async throws {
        let chain = ChainHealth(registry: HealthRegistry(sources: .system()))
        try await RunningServer.run(holdsPositions: { chain.holdsPositions }) { server in
            func shown() async -> Bool? {
                await RawClient.get("/health", port: server.port).json?["holds_positions"] as? Bool
            }
            #expect(await shown() == false)
            let run = chain.begin(mode: .paper)
            run.setHoldsPositions(true)
            #expect(await shown() == true)
            run.stop()
            #expect(await shown() == false)
        }
    }

    @Test func theNineComponentsOfTheChainAreThereByName() async throws {
        try await RunningServer.run { server in
            let chain = ChainHealth(registry: server.registry)
            let ends = [ComponentName.dataProvider, .resultsStore].map {
                StartComponent($0) { $0.recordSuccess() }
            }
            try await StartOrder.start(ends + chain.startComponents, health: server.registry)
            let page = try json(await RawClient.get("/health/detailed", port: server.port))
            let components = try #require(page["components"] as? [String: [String: Any]])
            #expect(
                Set(components.keys) == [
                    "data_provider", "position_monitor", "exposure_monitor", "risk_monitor", "strategy",
                    "execution", "profit_and_loss_monitor", "event_logger", "results_store",
                ])
            for (name, component) in components {
                #expect(component["status"] as? String == "healthy", "\(name)")
                let checks = component["readiness_checks"] as? [String: Bool]
                #expect(checks == ["initialized": true], "\(name)")
            }
            #expect(components["strategy"]?["activity"] as? String == "idle: no run")
            #expect(components["data_provider"]?["activity"] is NSNull)
            #expect(page["status"] as? String == "healthy")
        }
    }

    @Test func theDetailedPageCountsItsComponents() async throws {
        try await RunningServer.run { server in
            for name in ComponentName.chain {
                let part = try server.registry.register(component: name)
                part.mark("initialized")
            }
            try server.registry.register(.killSwitch { "test" })
            let page = try json(await RawClient.get("/health/detailed", port: server.port))
            let components = try #require(page["components"] as? [String: [String: Any]])
            #expect(components.count == 9)
            #expect(components["data_provider"]?["status"] as? String == "healthy")
            #expect(components["data_provider"]?["error_code"] is NSNull)
            #expect(components["risk_monitor"]?["status"] as? String == "not_ready")
            let checks = components["risk_monitor"]?["readiness_checks"] as? [String: Bool]
            #expect(checks == ["initialized": true, "kill_switch": false])
            let summary = page["summary"] as? [String: Int]
            #expect(
                summary == ["total_components": 9, "healthy_components": 8, "unhealthy_components": 1])
            #expect(page["status"] as? String == "unhealthy")
        }
    }

    @Test func metricsAreServedWithTheirMediaTypeAndCountRequests() async throws {
        try await RunningServer.run { server in
            _ = await RawClient.get("/health", port: server.port)
            for path in ["/one", "/two/../x", "/health?a=1"] {
                _ = await RawClient.get(path, port: server.port)
            }
            _ = await RawClient.get("/health", port: server.port, method: "PROPFIND")
            let page = await RawClient.get("/metrics", port: server.port).text
            #expect(page.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(
                page.contains(
                    "tradewind_http_requests_total{method=\"GET\",route=\"/health\",status=\"200\"} 2\n"))
            #expect(
                page.contains(
                    "tradewind_http_requests_total{method=\"GET\",route=\"NotFound\",status=\"404\"} 2\n"))
            #expect(page.contains("tradewind_http_requests_total{method=\"other\""))
        }
    }
}
