import Operations
import Settings
import Testing

@Suite struct ChainHealthTests {
    let manual = ManualSources()

    /// A chain whose components have started.
    func started(redact: @escaping @Sendable (String) -> String = { $0 }) async throws -> (
        HealthRegistry, ChainHealth
    ) {
        let registry = HealthRegistry(sources: manual.sources(redact: redact))
        let chain = ChainHealth(registry: registry)
        let ends = [ComponentName.resultsStore, .dataProvider].map {
            StartComponent($0) { $0.recordSuccess() }
        }
        try await StartOrder.start(ends + chain.startComponents, health: registry)
        return (registry, chain)
    }

    func part(_ name: ComponentName, of registry: HealthRegistry) throws -> ComponentSnapshot {
        try #require(registry.components.first { $0.name == name })
    }

    @Test func theSevenThatLiveInsideRunsStartInTheirOrderAndAreIdle() async throws {
        #expect(ChainHealth.components.count == 7)
        let (registry, chain) = try await started()
        #expect(registry.components.map(\.name) == ComponentName.chain)
        for name in ChainHealth.components {
            let part = try part(name, of: registry)
            #expect(part.status == .healthy && part.activity == "idle: no run")
            #expect(part.steps.map(\.name) == ["initialized"] && part.steps.allSatisfy(\.isDone))
        }
        #expect(try part(.dataProvider, of: registry).activity == nil)
        #expect(chain.running == 0 && !chain.holdsPositions)
    }

    @Test func runsAreCountedUntilTheyEndOnceOrAreForgotten() async throws {
        let (registry, chain) = try await started()
        let first = chain.begin(mode: .backtest)
        #expect(try part(.strategy, of: registry).activity == "running: 1 run")
        var second: RunHealth? = chain.begin(mode: .backtest)
        #expect(try part(.eventLogger, of: registry).activity == "running: 2 runs")
        first.complete()
        first.complete()
        first.fail(in: .strategy, code: "late", reason: "the second word about the end does not count")
        #expect(try part(.strategy, of: registry).activity == "running: 1 run")
        #expect(second != nil)
        second = nil
        #expect(chain.running == 0)
        #expect(try part(.strategy, of: registry).activity == "idle: no run")
        #expect(try part(.strategy, of: registry).errorCode == nil)
    }

    @Test func aFailureIsShownWhereItHappenedUntilARunEndsWell() async throws {
        let (registry, chain) = try await started(redact: { $0.replacing("hunter2", with: "***") })
        chain.begin(mode: .backtest).fail(in: .strategy, code: "strategy-threw", reason: "index hunter2")
        let failed = try part(.strategy, of: registry)
        #expect(failed.activity == "failed: index ***")
        #expect(failed.errorCode == "strategy-threw" && failed.status == .healthy)
        #expect(try part(.execution, of: registry).activity == "idle: no run")
        // A stop says nothing about what failed before, and neither does a run that has only begun.
        let next = chain.begin(mode: .backtest)
        #expect(try part(.strategy, of: registry).activity == "failed: index ***")
        chain.begin(mode: .backtest).stop()
        #expect(try part(.strategy, of: registry).activity == "failed: index ***")
        next.complete()
        #expect(try part(.strategy, of: registry).activity == "idle: no run")
        #expect(try part(.strategy, of: registry).errorCode == nil)
    }

    @Test func failuresInARowMakeTheComponentDegradedThenUnhealthy() async throws {
        let (registry, chain) = try await started()
        for count in 1...11 {
            chain.begin(mode: .live).fail(in: .execution, code: "refused", reason: "order refused")
            let expected: ComponentStatus = count > 10 ? .unhealthy : (count > 5 ? .degraded : .healthy)
            #expect(try part(.execution, of: registry).status == expected)
            #expect(try part(.strategy, of: registry).status == .healthy)
        }
        chain.begin(mode: .live).complete()
        #expect(try part(.execution, of: registry).status == .healthy)
    }

    @Test func onlyPaperAndLiveRunsHoldPositions() async throws {
        let (_, chain) = try await started()
        let backtest = chain.begin(mode: .backtest)
        backtest.setHoldsPositions(true)
        #expect(!chain.holdsPositions)
        let paper = chain.begin(mode: .paper)
        let live = chain.begin(mode: .live)
        paper.setHoldsPositions(true)
        paper.setHoldsPositions(true)
        live.setHoldsPositions(true)
        #expect(chain.holdsPositions)
        paper.setHoldsPositions(false)
        #expect(chain.holdsPositions)
        live.fail(in: .riskMonitor, code: "limit", reason: "limit reached")
        live.setHoldsPositions(true)
        #expect(!chain.holdsPositions)
        paper.setHoldsPositions(true)
        paper.complete()
        #expect(!chain.holdsPositions)
    }

    @Test func manyRunsAtOnceLeaveNothingBehind() async throws {
        let (registry, chain) = try await started()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let run = chain.begin(mode: .paper)
                    run.setHoldsPositions(number % 2 == 0)
                    switch number % 3 {
                    case 0: run.complete()
                    case 1: run.fail(in: .strategy, code: "x", reason: "x")
                    default: break
                    }
                }
            }
        }
        #expect(chain.running == 0 && !chain.holdsPositions)
        chain.begin(mode: .paper).complete()
        #expect(try part(.strategy, of: registry).activity == "idle: no run")
    }
}
