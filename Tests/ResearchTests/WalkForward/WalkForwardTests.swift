import Foundation
import MarketData
import Markets
import Research
import Strategies
import StrategyKit
import Testing
import Units

/// Threads of the test process.
private struct TestThreads: Workers {
    let count: Int

    func perform(_ work: @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count) { work($0) }
    }
}

@Suite struct WalkForwardTests {
    private static let registry = StrategyRegistry([HourTrader.self] + BuiltInStrategies.all)
    private static let rolling = RollingScheme(train: 40 * .day, test: 10 * .day)

    private func walk(
        _ series: [MarketSeries], _ base: BacktestPlan, _ axes: [SweepAxis], _ scheme: FoldScheme,
        objective: SweepObjective = .sharpe, warmUp: Timespan? = .day, choice: FoldChoiceRule = .best,
        scenarios: Int = 0, workers: any Workers = TestThreads(count: 2)
    ) throws -> WalkForwardResult {
        let folds = try FoldTimeline(series).plan(scheme)
        let plan = WalkForwardPlan(
            sweep: SweepPlan(axes: axes, objective: objective), folds: folds, choice: choice, warmUp: warmUp,
            scenarios: scenarios)
        return try WalkForward(
            plan, base: base, series: series, registry: Self.registry, workers: workers
        ).run()
    }

    private func planted(
        _ market: PlantedMarket = PlantedMarket(), _ scheme: FoldScheme = .walkForward(rolling),
        scenarios: Int = 0
    ) throws -> WalkForwardResult {
        try walk(
            [market.series], WalkTest.plan("hour-trader"),
            [WalkTest.axis("entry", 0...23), WalkTest.axis("hold", 1...5)], scheme, scenarios: scenarios)
    }

    // MARK: What it finds

    @Test func aPlantedEdgeIsFoundAndPaysOutOfSample() throws {
        for scheme in [
            FoldScheme.walkForward(Self.rolling),
            .purgedKFold(KFoldScheme(folds: 5, purge: .day, embargo: Embargo("1%")!)),
        ] {
            let found = try planted(PlantedMarket(), scheme)
            #expect(found.folds.count == (scheme.name == "purged-k-fold" ? 5 : 8))
            for fold in found.folds {
                let entry = WalkTest.number(fold.parameters, "entry")
                let hold = WalkTest.number(fold.parameters, "hold")
                #expect(abs(entry - PlantedMarket.entry) <= 1, "entry \(entry) in fold \(fold.fold.number)")
                #expect((12...18).contains(entry + hold - 1), "\(entry) for \(hold)")
            }
            #expect((found.statistics.totalReturn ?? 0) > 0)
            #expect((found.probabilisticSharpe?.value ?? 0) > 0.99)
            #expect((found.inSampleBest?.deflatedSharpe?.value ?? 0) > 0.95)
            #expect((found.overfitting?.probability ?? 1) < 0.05)
            #expect((0.5...1.5).contains(found.efficiency ?? 0), "\(found.efficiency as Any)")
            let best = try #require(found.inSampleBest)
            #expect(found.stability.points[best.point].shape != .peak)
        }
    }

    // Binomial of 20 at 1/20: more than 3 has a probability of 1.6 percent; of 4, more than 1 has 1.4.
    #if DEBUG
    private static let (walks, most) = (UInt64(13)...16, 1)
    #else
    private static let (walks, most) = (UInt64(0)...19, 3)
    #endif

    /// Without skill, one best in twenty at most passes a test at 95 percent; the trials resemble each other,
    /// so that fewer do. Without deflation the best of 400 looks like skill much more often.
    @Test func onRandomWalksTheDeflatedSharpeRejectsTheBestOf400() throws {
        var (passed, seemed) = (0, 0)
        for seed in Self.walks {
            var random = SplitMix64(seed: seed, purpose: "walk of days")
            var close: Int64 = 100_000
            let rows = (0..<Int64(200)).map { day -> [Int64] in
                let open = close
                close = max(100, open + random.integer(in: -1_000...1_000))
                return [19_000 * 1_440 + day * 1_440, open, max(open, close), min(open, close), close, 1]
            }
            let series = TestSeries.bars("test:spot:BTCUSDT", rows, timeframe: .fixed(.day))
            let found = try walk(
                [series], WalkTest.plan("sma-cross"),
                [WalkTest.axis("fast", 1...20), WalkTest.axis("slow", 21...40)],
                .walkForward(RollingScheme(train: 150 * .day, test: 50 * .day)), warmUp: nil)
            let best = try #require(found.inSampleBest)
            #expect(found.points.count == 400 && best.deflatedSharpe?.trials == 400)
            if try #require(best.deflatedSharpe).value > 0.95 { passed += 1 }
            if try #require(ProbabilisticSharpe(best.figures.returns)).value > 0.95 { seemed += 1 }
        }
        #expect(passed <= Self.most, "\(passed) of \(Self.walks.count) passed")
        #expect(seemed > passed, "\(seemed) of \(Self.walks.count) seemed skilled")
    }

    // MARK: What it knows

    /// Other prices from some row on, within the same columns.
    private func altered(_ series: MarketSeries, _ rows: Range<Int>, seed: UInt64) -> MarketSeries {
        guard case .bars(let bars, let timeframe) = series.columns else { preconditionFailure("bars") }
        var random = SplitMix64(seed: seed, purpose: "altered")
        func changed(_ column: Column, _ prices: [Int64]) -> Column {
            Column((0..<column.count).map { rows.contains($0) ? prices[$0 - rows.lowerBound] : column[$0] })
        }
        let prices = rows.map { _ in random.integer(in: 500_000...2_000_000) }
        return TestSeries.series(
            series.instrument.description, .bars,
            .bars(
                BarColumns(
                    openTime: bars.openTime, closeTime: bars.closeTime, open: changed(bars.open, prices),
                    high: changed(bars.high, prices), low: changed(bars.low, prices),
                    close: changed(bars.close, prices), volume: bars.volume), timeframe),
            Int(series.priceScale.decimals), Int(series.quantityScale.decimals))
    }

    private func rows(_ series: MarketSeries, _ window: TimeWindow) -> Range<Int> {
        guard case .bars(let bars, _) = series.columns else { preconditionFailure("bars") }
        return bars.openTime.lowerBound(
            of: window.start.nanoseconds)..<bars.openTime.lowerBound(of: window.end.nanoseconds)
    }

    @Test func whatComesAfterTrainingNeverChangesAChoice() throws {
        let series = PlantedMarket(days: 40, drift: 0).series
        let axes = [WalkTest.axis("entry", 0...23, by: 2), WalkTest.axis("hold", 1...3)]
        let scheme = FoldScheme.walkForward(
            RollingScheme(train: 12 * .day, test: 4 * .day, purge: 6 * .hour))
        for warmUp in [nil, Timespan.day] {
            let honest = try walk(
                [series], WalkTest.plan("hour-trader"), axes, scheme, warmUp: warmUp)
            #expect(Set(honest.folds.map(\.point)).count > 1, "choices differ")
            for (index, fold) in honest.folds.enumerated() {
                let later = TimeWindow(start: fold.fold.train[0].end, end: .distantFuture)
                let changed = altered(series, rows(series, later), seed: UInt64(index))
                let found = try walk(
                    [changed], WalkTest.plan("hour-trader"), axes, scheme, warmUp: warmUp)
                #expect(found.folds[...index].map(\.point) == honest.folds[...index].map(\.point))
                #expect(found.folds[...index].map(\.trainValue) == honest.folds[...index].map(\.trainValue))
                #expect(found.folds[index].testValue != fold.testValue, "the test did change")
                for earlier in 0..<index {
                    let (a, b) = (found.folds[earlier].result, honest.folds[earlier].result)
                    let isBefore = honest.folds[earlier].fold.test.end <= later.start
                    if isBefore { #expect(a.finalEquity == b.finalEquity) }
                }
            }
        }
    }

    @Test func testDataNeverChangeAChoiceInKFold() throws {
        let series = PlantedMarket(days: 30, drift: 0).series
        // Averages remember what was before their window, if anybody lets them.
        let axes = [WalkTest.axis("fast", 2...10, by: 2), WalkTest.axis("slow", 12...60, by: 12)]
        let scheme = FoldScheme.purgedKFold(
            KFoldScheme(folds: 4, purge: 12 * .hour, embargo: .span(.day)))
        let honest = try walk([series], WalkTest.plan("sma-cross"), axes, scheme, warmUp: nil)
        #expect(honest.folds[1].fold.train.count == 2)
        for (index, fold) in honest.folds.enumerated() {
            let until = fold.fold.train.map(\.start).first { $0 > fold.fold.test.start } ?? .distantFuture
            let from = fold.fold.train.map(\.end).last { $0 <= fold.fold.test.start } ?? .distantPast
            let hidden = rows(series, TimeWindow(start: from, end: until))
            let changed = altered(series, hidden, seed: UInt64(index))
            let found = try walk([changed], WalkTest.plan("sma-cross"), axes, scheme, warmUp: nil)
            #expect(found.folds[index].point == fold.point)
            #expect(found.folds[index].trainValue == fold.trainValue)
            #expect(found.folds[index].testValue != fold.testValue, "the test did change")
        }
    }

    // MARK: What its figures are

    @Test func aFoldIsTheBacktestOfItsParametersOverItsWindow() throws {
        let series = PlantedMarket(days: 60).series
        let found = try walk(
            [series], WalkTest.plan("sma-cross"),
            [WalkTest.axis("fast", 3...9, by: 3), WalkTest.axis("slow", 6...30, by: 6)],
            .walkForward(RollingScheme(train: 20 * .day, test: 8 * .day)), warmUp: nil)
        // fast 6 and 9 are not below slow 6.
        #expect(found.points.count == 13 && found.refused == 2)
        for fold in found.folds {
            var plan = WalkTest.plan(
                "sma-cross", fold.parameters.map { NamedParameter($0.name, $0.value) })
            (plan.start, plan.end) = (fold.fold.test.start, fold.fold.test.end)
            let single = try Backtest.run(
                plan: plan, series: [series], registry: Self.registry,
                options: BacktestOptions(keepsRecords: true))
            #expect(single.finalEquity == fold.result.finalEquity && single.logHash == fold.result.logHash)
            #expect(BacktestStatistics(single).returns.sharpe == fold.testValue)
            // The chosen one is the best of the training window, found one by one.
            let trained: [(Int, Double)] = found.points.indices.compactMap { index in
                let texts = found.texts(of: index)
                var plan = WalkTest.plan(
                    "sma-cross",
                    zip(["fast", "slow"], texts).map { NamedParameter($0, .number(ExactDecimal($1)!)) })
                (plan.start, plan.end) = (fold.fold.train[0].start, fold.fold.train[0].end)
                let result = try? Backtest.run(plan: plan, series: [series], registry: Self.registry)
                return result.flatMap { BacktestStatistics($0).returns.sharpe }.map { (index, $0) }
            }
            let best = trained.map(\.1).max()
            #expect(fold.trainValue == best && trained.first { $0.1 == best }?.0 == fold.point)
        }
    }

    @Test func theHeadlineChainsTheTestWindows() throws {
        let found = try planted()
        let growth = found.folds.reduce(1.0) {
            $0 * $1.result.finalEquity.approximateDouble / $1.result.initialEquity.approximateDouble
        }
        #expect(abs((found.statistics.totalReturn ?? 0) + 1 - growth) < 1e-12)
        #expect(found.outOfSample.finalEquity.approximateDouble / 100_000 / growth - 1 < 1e-12)
        let returns = found.folds.flatMap { $0.result.equity.periodReturns.compactMap { $0 } }
        let chained = found.outOfSample.equity.periodReturns.compactMap { $0 }
        #expect(chained.count == 80 && returns.count == 80)
        for (a, b) in zip(chained, returns) { #expect(abs(a - b) < 1e-12) }
        let times = found.outOfSample.equity.points.map(\.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        #expect(found.outOfSample.fillCount == found.folds.reduce(0) { $0 + $1.result.fillCount })
        #expect(found.outOfSample.roundTrips.count == found.outOfSample.tradeCount)
        // The best with hindsight is at least as good over all data as any choice is there.
        #expect(try #require(found.inSampleBest).figures.steps > found.outOfSample.steps)
    }

    @Test func neitherWorkersNorProgressChangeAnything() throws {
        let series = PlantedMarket(days: 40).series
        let axes = [WalkTest.axis("entry", 0...23, by: 4), WalkTest.axis("hold", 1...2)]
        let scheme = FoldScheme.walkForward(RollingScheme(train: 12 * .day, test: 7 * .day))
        let results = try [1, 2, 5].map { count in
            try walk(
                [series], WalkTest.plan("hour-trader"), axes, scheme, scenarios: 6,
                workers: TestThreads(count: count))
        }
        for other in results.dropFirst() {
            #expect(other.folds.map(\.result.logHash) == results[0].folds.map(\.result.logHash))
            #expect(other.stability == results[0].stability)
            #expect(other.statistics == results[0].statistics)
            #expect(other.scenarios?.changedPaths == results[0].scenarios?.changedPaths)
            #expect(other.scenarios?.resampledPaths == results[0].scenarios?.resampledPaths)
            #expect(other.scenarios?.trades == results[0].scenarios?.trades)
        }
    }

    @Test func scenariosKeepAnEdgeThatDoesNotHangOnSingleTradesAndLoseItWithTheOrderOfHours() throws {
        let found = try planted(PlantedMarket(days: 80), scenarios: 24)
        let scenarios = try #require(found.scenarios)
        let trades = try #require(scenarios.trades)
        let gained = (found.outOfSample.roundTrips.map(\.profit.approximateDouble).reduce(0, +)) / 100_000
        #expect(abs(trades.shuffle.totalReturn.p50 - gained) < 1e-9)
        #expect(trades.bootstrap.lossProbability < 0.01)
        let resampled = try #require(scenarios.resampledPaths)
        let changed = try #require(scenarios.changedPaths)
        #expect(changed.count == 24 && resampled.count == 24 && scenarios.block == 12)
        // Blocks begin at any hour, so that the hour of the day means nothing any more.
        #expect(resampled.totalReturn.p50 < gained / 3)
        // Later orders miss the hours; other volatility alone does not hurt.
        #expect(changed.totalReturn.p95 > gained / 2 && changed.totalReturn.p5 < gained / 2)
    }

    @Test func aPlateauIsPreferredToAPeakWhereAsked() {
        // Scores along one axis: a peak of 3 between zeros, a plateau of 2.
        let map = StabilityMap(
            axes: [StabilityAxis(name: "a", values: ["1", "2", "3", "4", "5", "6"])],
            coordinates: (0..<6).map { [$0] }, scores: [0, 3, 0, 2, 2, 2], choices: [0, 0, 0, 0, 0, 0])
        #expect(map.points[1].shape == .peak && map.points[4].shape == .plateau)
    }

    @Test func whatCannotBeRunIsRefusedWithEveryReason() throws {
        let series = PlantedMarket(days: 20).series
        let folds = try FoldTimeline([series]).plan(
            .walkForward(RollingScheme(train: 10 * .day, test: .hour)))
        let plan = WalkForwardPlan(
            sweep: SweepPlan(axes: [WalkTest.axis("entry", 0...100_000)]), folds: folds,
            warmUp: -1 * .day, scenarios: -1)
        #expect(plan.problems.map(\.key) == ["warm-up", "monte-carlo", "grid"])
        #expect(throws: FoldPlanError.self) {
            try WalkForward(
                plan, base: WalkTest.plan("hour-trader"), series: [series], registry: Self.registry)
        }
        let refused = #expect(throws: FoldPlanError.self) {
            try walk(
                [series], WalkTest.plan("sma-cross"),
                [WalkTest.axis("fast", 30...40), WalkTest.axis("slow", 5...9)],
                .walkForward(RollingScheme(train: 10 * .day, test: .day)))
        }
        #expect(refused?.problems[0].message.contains("refuses every point") == true)
    }
}
