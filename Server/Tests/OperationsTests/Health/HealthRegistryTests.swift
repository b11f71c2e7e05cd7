import Dispatch
import Operations
import Testing

@Suite(.timeLimit(.minutes(1))) struct HealthRegistryTests {
    let manual = ManualSources()

    @Test func aServiceWithoutChecksIsReady() async {
        #expect(await HealthRegistry(sources: manual.sources()).evaluate().isReady)
    }

    @Test func oneFailingCheckIsEnoughAndEachHasItsReason() async throws {
        let registry = HealthRegistry(sources: manual.sources())
        try registry.register(.sample("zebra") { .notReady(reason: "striped") })
        try registry.register(.sample("ant") { .ready })
        let report = await registry.evaluate()
        #expect(!report.isReady)
        #expect(report.items.map(\.check.name.text) == ["ant", "zebra"])
        #expect(report.items.map(\.readiness.reason) == [nil, "striped"])
    }

    @Test func aHangingCheckIsNotReadyAndHoldsNobodyUp() async throws {
        let registry = HealthRegistry(sources: manual.sources(), maximumAge: .zero)
        let (gate, asked) = (Gate(), Tally())
        try registry.register(
            .sample("hangs", timeout: ManualSources.expired) {
                asked.add()
                await gate.pass()
                return .ready
            })
        try registry.register(.sample("well") { .ready })
        let first = await registry.evaluate()
        #expect(first.items[0].readiness.reason == "the check gave no answer within \(ManualSources.expired)")
        #expect(first.items[1].readiness == .ready)
        while asked.count == 0 { await Task.yield() }
        let second = await registry.evaluate()
        #expect(second.items[0].readiness.reason == "the check has not come back since it was asked before")
        #expect(asked.count == 1)
        gate.open()
        // It is asked again once its late answer has arrived.
        while asked.count == 1 {
            _ = await registry.evaluate()
            await Task.yield()
        }
    }

    @Test func aCheckThatBlocksItsThreadBlocksNobodyElse() async throws {
        let registry = HealthRegistry(sources: manual.sources(), maximumAge: .zero)
        let block = DispatchSemaphore(value: 0)
        defer { for _ in 0..<16 { block.signal() } }
        // More of them than there are threads for tasks on any machine this runs on.
        for number in 0..<16 {
            try registry.register(
                ReadinessCheck(
                    name: ComponentName(folding: "blocks-\(number)"), component: .host, judgedBy: "",
                    remedy: "",
                    timeout: ManualSources.expired,
                    blockingJudge: {
                        block.wait()
                        return .ready
                    }))
        }
        try registry.register(.sample("well") { .ready })
        let report = await registry.evaluate()
        #expect(report.items.filter(\.readiness.isReady).map(\.check.name.text) == ["well"])
    }

    @Test func whatACheckThrowsIsItsReasonWithoutSecrets() async throws {
        let hide: @Sendable (String) -> String = { $0.replacing("hunter2", with: "***") }
        let registry = HealthRegistry(sources: manual.sources(redact: hide))
        try registry.register(.sample("throws") { throw HostError("postgres://me:hunter2@db refused") })
        try registry.register(.sample("says") { .notReady(reason: "key hunter2 expired") })
        let reasons = await registry.evaluate().items.map(\.readiness.reason)
        #expect(reasons == ["key *** expired", "postgres://me:***@db refused"])
    }

    @Test func aCrowdOfCallersAsksOnce() async throws {
        let registry = HealthRegistry(sources: manual.sources())
        let asked = Tally()
        try registry.register(
            .sample("counted") {
                asked.add()
                return .ready
            })
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 { group.addTask { _ = await registry.evaluate() } }
        }
        #expect(asked.count == 1)
        manual.advance(.milliseconds(999))
        _ = await registry.evaluate()
        #expect(asked.count == 1)
        manual.advance(.milliseconds(1))
        _ = await registry.evaluate()
        #expect(asked.count == 2)
    }

    @Test func aNewCheckCountsAtOnceAndARemovedOneNoMore() async throws {
        let registry = HealthRegistry(sources: manual.sources())
        #expect(await registry.evaluate().isReady)
        try registry.register(.sample("new") { .notReady(reason: "new") })
        #expect(await !registry.evaluate().isReady)
        registry.removeCheck(ComponentName(folding: "new"))
        #expect(await registry.evaluate().isReady)
    }

    @Test func namesAreUniqueAndChecksAreBounded() throws {
        let registry = HealthRegistry(sources: manual.sources())
        try registry.register(.sample("check-0") { .ready })
        let duplicate = #expect(throws: HealthRegistrationError.self) {
            try registry.register(.sample("check-0") { .ready })
        }
        #expect(duplicate?.code == .duplicateName)
        for number in 1..<HealthRegistry.maximumChecks {
            try registry.register(.sample("check-\(number)") { .ready })
        }
        let tooMany = #expect(throws: HealthRegistrationError.self) {
            try registry.register(.sample("check-one-more") { .ready })
        }
        #expect(tooMany?.code == .tooMany)
    }

    @Test func aComponentIsAsItSaysAndAsItsChecksSay() async throws {
        let registry = HealthRegistry(sources: manual.sources())
        _ = try registry.register(component: .resultsStore)
        let zoo = try registry.register(component: ComponentName(folding: "zoo"))
        let data = try registry.register(component: .dataProvider)
        data.mark("initialized")
        zoo.markNotConfigured()
        try registry.register(.sample("stream", component: .dataProvider) { .notReady(reason: "silent") })
        #expect(registry.components.map(\.status) == [.healthy, .unknown, .notConfigured])
        _ = await registry.evaluate()
        let components = registry.components
        #expect(components.map(\.name.text) == ["data-provider", "results-store", "zoo"])
        #expect(components.map(\.status) == [.notReady, .unknown, .notConfigured])
        #expect(components[0].steps.map(\.name) == ["initialized", "stream"])
        #expect(components[0].steps.map(\.isDone) == [true, false])
    }

    @Test func errorsInARowMakeAComponentDegradedThenUnhealthy() {
        let part = ComponentHealth(name: .execution)
        #expect(part.snapshot.status == .unknown)
        part.mark("initialized", false)
        #expect(part.snapshot.status == .notReady)
        part.mark("initialized")
        for _ in 0..<5 { part.recordError(code: "timeout") }
        #expect(part.snapshot.status == .healthy)
        part.recordError(code: "timeout")
        #expect(part.snapshot.status == .degraded)
        for _ in 0..<4 { part.recordError(code: "refused") }
        #expect(part.snapshot.status == .degraded)
        part.recordError(code: "refused")
        #expect(part.snapshot.status == .unhealthy)
        #expect(part.snapshot.errorCode == "refused")
        part.recordSuccess()
        #expect(part.snapshot.status == .healthy)
        #expect(part.snapshot.errorCode == nil)
    }

    @Test func namesAreKebabCase() {
        #expect(ComponentName("data-provider") == .dataProvider)
        for wrong in [
            "", "-a", "a-", "a--b", "A", "a_b", "1a", "a b", "ä", String(repeating: "a", count: 65),
        ] {
            #expect(ComponentName(wrong) == nil, "\(wrong)")
        }
        #expect(ComponentName(folding: "binance:perp:BTC/USDT trades").text == "binance-perp-btc-usdt-trades")
        #expect(ComponentName(folding: "…9").text == "unnamed")
        #expect(ComponentName.chain.count == 9)
    }
}
