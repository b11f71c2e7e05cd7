import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import TradewindCommands
import Units

/// Whether a sweep tells luck from skill.
@Suite struct SweepLuckTests {
    /// 400 points of sma-cross over hourly bars whose steps are drawn, without costs.
    ///
    /// - Parameter trend: what is added to every step, its sign turned every 200 bars.
    private func sweep(seed: UInt64, trend: Int64) throws -> SweepResult {
        var random = SplitMix64(seed: seed)
        var price: Int64 = 1_000_000
        let rows = (0..<3_000).map { bar -> [Int64] in
            price += random.integer(in: -2_000...2_000) + (bar / 200 % 2 == 0 ? trend : -trend)
            return [Int64(bar) * 60, price, price, price, price, 1]
        }
        let series = TestSeries.bars("test:spot:BTCUSDT", rows, timeframe: .fixed(.hour))
        var plan = SMACrossReferenceTests.plan(fast: 5, slow: 30, fill: .close)
        plan.execution.commission = nil
        let evaluator = try RunEvaluator(
            plan: plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all))
        let axes = [SweepFixture.axis("fast", 2, 21), SweepFixture.axis("slow", 25, 120, by: 5)]
        return try Sweep(SweepPlan(axes: axes), evaluator).run(on: ProcessThreads())
    }

    #if DEBUG
    private static let walks: ClosedRange<UInt64> = 1...1
    #else
    private static let walks: ClosedRange<UInt64> = 1...4
    #endif

    @Test func theBestOf400OnARandomWalkIsTakenForLuck() throws {
        for seed in Self.walks {
            let result = try sweep(seed: seed, trend: 0)
            let deflated = try #require(result.deflatedSharpe)
            #expect(result.points.count == 400 && deflated.trials == 400)
            #expect(deflated.value < 0.95, "seed \(seed): \(deflated.value)")
        }
    }

    @Test func anEdgeThatIsThereIsNot() throws {
        let result = try sweep(seed: 1, trend: 400)
        #expect(try #require(result.deflatedSharpe).value > 0.99)
        #expect((result.points[try #require(result.best)].figures?[.totalReturn] ?? 0) > 0)
    }
}
