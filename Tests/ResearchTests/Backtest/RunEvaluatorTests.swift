import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Synchronization
import Testing
import TradewindCommands
import Units

/// Many runs over one set of data.
@Suite struct RunEvaluatorTests {
    @Test func aPointHasTheFiguresOfASingleRun() throws {
        var traded = 0
        for seed in 0..<UInt64(200) {
            var shape = RandomRun.Shape()
            shape.strategies = 1...3
            let run = RandomRun(seed: seed, shape: shape)
            let single = try run.run()
            let evaluator = try RunEvaluator(
                plan: run.plan, series: run.series, registry: RandomRun.registry)
            let point = try evaluator.evaluate(RunVariation(), keepsPeriods: true)
            let statistics = BacktestStatistics(single)
            #expect(point.finalEquity == single.finalEquity && point.fees == single.fees, "seed \(seed)")
            #expect(point.initialEquity == single.initialEquity && point.steps == single.steps)
            #expect(point.trades == single.tradeCount && point.fills == single.fillCount, "seed \(seed)")
            #expect(point.start == single.start && point.end == single.end)
            #expect(point.returns == statistics.returns, "seed \(seed)")
            #expect(point.maxDrawdown == statistics.maxDrawdown && point.calmar == statistics.calmar)
            #expect(point.exposure == statistics.exposure)
            #expect(point.periods?.returns == single.equity.periodReturns)
            #expect(point.periods?.ends == single.equity.periods.dropFirst().map(\.time))
            #expect(try evaluator.evaluate(RunVariation()).periods == nil)
            traded += point.fills
        }
        #expect(traded > 400, "the runs are worth making: \(traded) fills")
    }

    @Test func aVariationIsThePlanWithItsChanges() throws {
        let (result, series) = try SyntheticRun().run()
        let (start, end) = (series.bar(500).openTime, series.bar(1_500).openTime)
        var plan = result.plan
        let evaluator = try RunEvaluator(
            plan: plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all))
        let point = try evaluator.evaluate(
            RunVariation(
                parameters: [
                    ParameterSetting("fast", .number(ExactDecimal(7))),
                    ParameterSetting("slow", .number(ExactDecimal(31))),
                ], start: start, end: end, execution: ExecutionModel(fill: .worst)))
        plan.strategies[0] = PlannedStrategy(
            account: "sma-cross", strategy: "sma-cross",
            parameters: [
                NamedParameter("fast", .number(ExactDecimal(7))),
                NamedParameter("slow", .number(ExactDecimal(31))),
            ], capital: plan.strategies[0].capital)
        (plan.start, plan.end, plan.execution) = (start, end, ExecutionModel(fill: .worst))
        let single = try Backtest.run(
            plan: plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all))
        #expect(point == PointResult(single))
        #expect(point.start == start && point.steps == 1_000 && point.fills > 10)
        #expect(point.finalEquity != (try evaluator.evaluate(RunVariation())).finalEquity)
        #expect(evaluator.problems(of: RunVariation()).isEmpty)
        let wrong = evaluator.problems(
            of: RunVariation(parameters: [ParameterSetting("fast", .number(ExactDecimal(20)))]))
        #expect(wrong.map(\.name) == ["fast"])
    }

    @Test func threadsGiveWhatOneThreadGives() throws {
        let (result, series) = try SyntheticRun().run()
        let evaluator = try RunEvaluator(
            plan: result.plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all))
        let work: @Sendable (Int) throws -> PointResult = { index in
            try evaluator.evaluate(
                RunVariation(parameters: [ParameterSetting("fast", .number(ExactDecimal(1 + index % 19)))]))
        }
        let alone = try CallingThread().map(57, work)
        #expect(try ProcessThreads(4).map(57, work) == alone)
        #expect(Set(alone.map(\.finalEquity)).count > 10)
    }

    @Test func aRunStopsWhenItIsToldTo() throws {
        let (result, series) = try SyntheticRun(bars: 150_000, spacing: .minute).run()
        let evaluator = try RunEvaluator(
            plan: result.plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all))
        var asked = 0
        #expect(throws: BacktestError.self) {
            try evaluator.evaluate(RunVariation()) {
                asked += 1
                return asked < 2
            }
        }
        #expect(asked == 2)
    }

    @Test func theFirstFailureByNumberEndsTheWork() throws {
        struct Refusal: Error { let piece: Int }
        let done = Mutex(0)
        do {
            _ = try ProcessThreads(3).map(10_000) { piece in
                done.withLock { $0 += 1 }
                if piece >= 40 { throw Refusal(piece: piece) }
                return piece
            }
            Issue.record("the work failed")
        } catch let refusal as Refusal {
            #expect(refusal.piece == 40)
        }
        #expect(done.withLock { $0 } < 100)
        #expect(try ProcessThreads(2).map(0) { $0 }.isEmpty)
    }
}
