import Foundation
import MarketData
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Synchronization
import Testing
import TradewindCommands
import Units

@Suite struct SweepTests {
    @Test func everyPointOfAGridIsTheSingleRunOfItsParameters() throws {
        let fixture = try SweepFixture()
        let sweep = fixture.sweep(.grid)
        let result = try sweep.run(on: ProcessThreads(2))
        var expected = 0
        for fast in 2...13 {
            for slow in stride(from: 6, through: 34, by: 4) where fast < slow {
                var plan = fixture.evaluator.plan
                plan.strategies[0] = PlannedStrategy(
                    account: "sma-cross", strategy: "sma-cross",
                    parameters: [
                        NamedParameter("fast", .number(ExactDecimal(fast))),
                        NamedParameter("slow", .number(ExactDecimal(slow))),
                    ], capital: plan.strategies[0].capital)
                let single = try Backtest.run(
                    plan: plan, series: fixture.evaluator.series, registry: fixture.evaluator.registry)
                let statistics = BacktestStatistics(single)
                let figures = try #require(result.points[expected].figures)
                #expect(figures.finalEquity == single.finalEquity && figures.fees == single.fees)
                #expect(figures.trades == single.tradeCount && figures.fills == single.fillCount)
                #expect(figures[.sharpe] == statistics.returns.sharpe)
                #expect(figures[.totalReturn] == statistics.returns.totalReturn)
                #expect(figures[.calmar] == statistics.calmar)
                #expect(figures[.maxDrawdown] == statistics.maxDrawdown)
                expected += 1
            }
        }
        #expect(result.points.count == expected && result.skipped == 96 - expected && result.skipped > 10)
        #expect(result.evaluated == expected && result.failedCount == 0)
        let best = try #require(result.best)
        let sharpes = result.points.compactMap { $0.figures?[.sharpe] }
        #expect(result.points[best].figures?[.sharpe] == sharpes.max())
        #expect(result.ranking(1) == [best])
        // The deflated Sharpe ratio, its inputs taken anew.
        let year = Double(365).squareRoot()
        let trials = TrialSharpes(sharpes.map { $0 / year })
        let variation = result.space.variation(result.points[best].combination)
        let single = try fixture.evaluator.result(of: variation)
        #expect(result.bestLog == single.logHash)
        #expect(
            result.deflatedSharpe == DeflatedSharpe(BacktestStatistics(single).returns, trials: trials))
        #expect(result.deflatedSharpe?.trials == expected)
    }

    @Test(arguments: SweepSearch.allCases)
    func theTableDependsOnTheSeedAndNotOnTheThreads(_ search: SweepSearch) throws {
        let fixture = try SweepFixture(bars: 200)
        let budget = search == .grid ? nil : 40
        let sweep = fixture.sweep(search, budget: budget)
        let alone = try sweep.run(on: CallingThread())
        for threads in [2, 3, 7] {
            let result = try sweep.run(on: ProcessThreads(threads))
            #expect(result.table == alone.table, "\(threads) threads")
            #expect(result.skipped == alone.skipped)
        }
        if search != .grid {
            #expect(alone.points.count == 40)
            #expect(Set(alone.points.map(\.combination)).count == 40)
            let other = try fixture.sweep(search, budget: budget, seed: 2).run(on: CallingThread())
            #expect(other.table != alone.table)
        }
        let lines = alone.table.split(separator: "\n")
        #expect(lines.count == alone.points.count + 1)
        #expect(lines[0].hasPrefix("fast,slow,final_equity,total_return,annualized_return,volatility,sharpe"))
    }

    @Test func drawnPointsEndWithTheSpace() throws {
        let fixture = try SweepFixture(bars: 60)
        let grid = try fixture.sweep(.grid).run(on: CallingThread())
        for search in [SweepSearch.random, .model] {
            let all = try fixture.sweep(search, budget: 5_000).run(on: ProcessThreads(2))
            #expect(all.table == grid.table)
            #expect(all.skipped == grid.skipped)
        }
    }

    @Test func aPointThatFailsIsKeptAsSuchAndTheOthersGoOn() throws {
        let fixture = try SweepFixture(bars: 100)
        let sizes = SweepAxis(
            parameter: "quantity",
            levels: .list(["1", "100000000000", "2"].map { .number(ExactDecimal($0)!) }))
        let result = try fixture.sweep(.grid, axes: [sizes]).run(on: CallingThread())
        #expect(result.points.map { $0.figures == nil } == [false, true, false])
        #expect(result.failure?.combination == 1 && result.failure?.message.isEmpty == false)
        let rows = result.table.split(separator: "\n")
        #expect(rows[2] == "100000000000,,,,,,,,,,,,,,failed")
        #expect(rows.allSatisfy { $0.count { $0 == "," } == rows[0].count { $0 == "," } })
    }

    @Test func objectivesChooseWhatTheySay() throws {
        let fixture = try SweepFixture()
        for objective in SweepObjective.allCases {
            let result = try fixture.sweep(.grid, objective: objective).run(on: ProcessThreads(2))
            let values = result.points.compactMap { $0.figures?[objective.ratio] }
            let wanted = objective.isSmallerBetter ? values.min() : values.max()
            #expect(result.points[try #require(result.best)].figures?[objective.ratio] == wanted)
        }
    }

    @Test func aStoppedSweepTellsHowFarItCame() throws {
        let fixture = try SweepFixture(bars: 100)
        let kept = Mutex(0)
        do {
            _ = try fixture.sweep(.grid).run(
                on: CallingThread(), keep: { _ in kept.withLock { $0 += 1 } },
                continues: { kept.withLock { $0 } < 5 })
            Issue.record("it was stopped")
        } catch SweepError.interrupted(let done, let total) {
            #expect(done == 5 && total == 96)
        }
        #expect(kept.withLock { $0 } == 5)
    }

    @Test func whatIsWrongWithEveryRunEndsTheSweep() throws {
        let fixture = try SweepFixture(bars: 60)
        var plan = fixture.evaluator.plan
        plan.shareClass = Asset("EUR")!
        let evaluator = try RunEvaluator(
            plan: plan, series: fixture.evaluator.series, registry: fixture.evaluator.registry)
        #expect(throws: (any Error).self) {
            try Sweep(SweepPlan(axes: SweepFixture.axes), evaluator).run(on: ProcessThreads(2))
        }
        let refused = SweepPlan(axes: [SweepFixture.axis("fast", 30, 40)])
        #expect(throws: SweepError.self) {
            try Sweep(refused, fixture.evaluator).run(on: CallingThread())
        }
    }

    /// Over 100,000 minutes, with commission; over a few hundred in debug, where runs take their time.
    @Test func all400PointsAreTheirSingleRunsOnOneThreadAndOnTwo() throws {
        let columns = SeriesColumns.bars(
            RandomWalk.bars(count: Self.isDebug ? 400 : 100_000, seed: 7), .fixed(.minute))
        let series = TestSeries.series("test:spot:BTCUSDT", .bars, columns, 2, 0)
        var plan = SMACrossReferenceTests.plan(fast: 5, slow: 30, fill: .nextOpen)
        let rate = try #require(BasisPoints(ExactDecimal(10)))
        plan.execution.commission = CommissionModel(taker: rate, maker: rate)
        let registry = StrategyRegistry(BuiltInStrategies.all)
        let evaluator = try RunEvaluator(plan: plan, series: [series], registry: registry)
        let axes = [SweepFixture.axis("fast", 5, 24), SweepFixture.axis("slow", 30, 125, by: 5)]
        let sweep = Sweep(SweepPlan(axes: axes), evaluator)
        let result = try sweep.run(on: ProcessThreads(1))
        let other = try sweep.run(on: ProcessThreads(2))
        #expect(result.points.count == 400 && result.points == other.points && result.table == other.table)
        #expect(result.best == other.best && result.deflatedSharpe == other.deflatedSharpe)
        var trades = 0
        for point in result.points {
            let varied = result.space.variation(point.combination).applied(to: plan)
            let single = try Backtest.run(plan: varied, series: [series], registry: registry)
            #expect(point.figures == SweepFigures(PointResult(single)), "\(point.combination)")
            trades += single.tradeCount
        }
        #expect(trades > 400)
    }

    private static var isDebug: Bool {
        var isDebug = false
        assert(
            {
                isDebug = true
                return true
            }())
        return isDebug
    }

    /// In debug only the twenty points of the reference table, which takes its time there.
    @Test func theGridOfTheReferenceRuleMatchesItsTable() throws {
        guard let folder = SharedReference.smaCross else { return }
        let isDebug = Self.isDebug
        let plan = SMACrossReferenceTests.plan(fast: 5, slow: 30, fill: .nextOpen)
        let evaluator = try RunEvaluator(
            plan: plan, series: [try SMACrossReferenceTests.series(folder)],
            registry: StrategyRegistry(BuiltInStrategies.all))
        let axes = [
            SweepFixture.axis("fast", 5, 24), SweepFixture.axis("slow", 30, isDebug ? 30 : 125, by: 5),
        ]
        let result = try Sweep(SweepPlan(axes: axes), evaluator).run(on: ProcessThreads())
        #expect(result.points.count == (isDebug ? 20 : 400))
        let table = try String(contentsOfFile: folder + "/grid-next-open.csv", encoding: .utf8)
        let rows = table.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
        #expect(rows.count == 20)
        var byParameters: [String: SweepFigures] = [:]
        for point in result.points {
            let levels = result.space.levels(of: point.combination)
            let key = zip(result.space.axes, levels).map { $0.text($1) }.joined(separator: ",")
            byParameters[key] = point.figures
        }
        for row in rows {
            let figures = try #require(byParameters["\(row[0]),\(row[1])"])
            #expect(figures.trades == Int(row[2]))
            #expect(figures.finalEquity == ExactDecimal(row[3]))
        }
    }
}
