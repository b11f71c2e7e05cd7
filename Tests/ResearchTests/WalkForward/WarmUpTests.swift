import MarketData
import Markets
import Research
import Strategies
import StrategyKit
import Synchronization
import Testing
import Trading
import Units

/// Long above the mean of all closes since the first, or since the bars that it is shown: what it declares is
/// a lie.
private struct BoastfulTrader: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "boastful", summary: "Averages everything.",
        parameters: [
            ParameterDescription("slow", .integer(1...99), default: .number(ExactDecimal(9)), summary: "-")
        ])
    private var sum = 0.0
    private var count = 0.0

    static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp { .moments(5) }

    init(_ setup: StrategySetup) throws(ParameterProblem) {}

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        sum += Double(bar.close.mantissa)
        count += 1
        let isHigh = Double(bar.close.mantissa) * count > sum
        context.target(isHigh ? Quantity(mantissa: 100_000_000) : .zero, of: instrument)
    }
}

/// What strategies declare to need before a window is enough, and no more than it is read.
@Suite struct WarmUpTests {
    private static let registry = StrategyRegistry([BoastfulTrader.self] + BuiltInStrategies.all)

    private func number(_ name: String, _ value: Int) -> NamedParameter {
        NamedParameter(name, .number(ExactDecimal(value)))
    }

    /// Hourly bars of one market and four-hourly ones of another that was closed for a while.
    private func markets(_ seed: UInt64) -> [MarketSeries] {
        let span = 4 * AuditScene.hour
        return [
            AuditScene.bars(AuditScene.walk(900, seed: seed)),
            AuditScene.bars(
                AuditScene.walk(225, seed: seed + 100), id: "test:spot:ETHUSDT", span: span,
                skipping: 90..<130),
        ]
    }

    private func plan(_ strategies: [(String, [NamedParameter])]) -> BacktestPlan {
        BacktestPlan(
            name: "warm",
            strategies: strategies.enumerated().map { number, one in
                PlannedStrategy(
                    account: "a\(number)", strategy: one.0, parameters: one.1,
                    capital: ExactDecimal(100_000))
            }, capital: ExactDecimal(100_000 * strategies.count), shareClass: Asset("USDT")!)
    }

    private func both(
        _ evaluator: RunEvaluator, _ start: Instant
    ) throws -> (whole: BacktestResult, warmed: BacktestResult) {
        var variation = RunVariation(start: start)
        let options = BacktestOptions(keepsRecords: true, keepsLedger: false)
        let whole = try evaluator.result(of: variation, options)
        variation.leavesOutEarlyRows = true
        return (whole, try evaluator.result(of: variation, options))
    }

    @Test func whatIsDeclaredIsEnoughAndNoMoreIsRead() throws {
        let cases: [(strategies: [(String, [NamedParameter])], moments: Int)] = [
            ([("sma-cross", [number("fast", 7), number("slow", 31)])], 31),
            ([("mean-reversion", [number("lookback", 40)])], 40),
            (
                [
                    ("sma-cross", [number("fast", 3), number("slow", 12)]),
                    ("mean-reversion", [number("lookback", 25)]),
                ], 25
            ),
        ]
        var trades = 0
        for seed in 0..<UInt64(12) {
            let series = markets(seed)
            for (strategies, moments) in cases {
                let evaluator = try RunEvaluator(
                    plan: plan(strategies), series: series, registry: Self.registry)
                // Within a bar too, in the hole, and where there is less before it than is needed.
                for hours in [3, 410, 505, 700] {
                    let offset = Int64(hours) * AuditScene.hour + AuditScene.hour / 2
                    let start = AuditScene.start + Timespan(nanoseconds: offset)
                    let (whole, warmed) = try both(evaluator, start)
                    #expect(whole.logHash == warmed.logHash, "\(strategies) from \(hours), seed \(seed)")
                    #expect(whole.equity.periods == warmed.equity.periods && whole.fills == warmed.fills)
                    #expect(whole.finalEquity == warmed.finalEquity && whole.start == warmed.start)
                    var rows = 0
                    for one in series {
                        let first: Int = one.stamps.lowerBound(of: start.nanoseconds)
                        rows += one.count - first + min(moments, first)
                    }
                    #expect(warmed.data.rows == rows, "\(hours)")
                    trades += whole.fillCount
                }
            }
        }
        #expect(trades > 1_000)
    }

    @Test func whoDeclaresNothingSeesEverything() throws {
        let columns = SeriesColumns.quotes(RandomWalk.quotes(count: 3_000, seed: 4))
        let series = TestSeries.series("test:spot:BTCUSDT", .quotes, columns, 2, 0)
        let evaluator = try RunEvaluator(
            plan: plan([("quoter", [number("every", 7)])]), series: [series], registry: Self.registry)
        let start = Instant(nanoseconds: series.columns.visibleTime[1_501])
        let (whole, warmed) = try both(evaluator, start)
        #expect(warmed.data.rows == 3_000 && whole.logHash == warmed.logHash && whole.fillCount > 10)
    }

    @Test func aDeclarationThatIsTooShortIsTold() throws {
        let series = AuditScene.bars(AuditScene.walk(24 * 40, seed: 8))
        func warnings(_ strategy: String, _ warmUp: Timespan?) throws -> [String] {
            let sweep = SweepPlan(axes: [WalkTest.axis("slow", 9...12)])
            let folds = try FoldTimeline([series]).plan(
                .walkForward(RollingScheme(train: 10 * .day, test: 5 * .day)))
            let plan = WalkForwardPlan(sweep: sweep, folds: folds, warmUp: warmUp)
            return try WalkForward(
                plan, base: WalkTest.plan(strategy), series: [series], registry: Self.registry
            ).run().warnings
        }
        #expect(try warnings("sma-cross", nil).allSatisfy { !$0.contains("Strategy.warmUp") })
        #expect(try warnings("boastful", nil).contains { $0.contains("correct Strategy.warmUp") })
        #expect(try warnings("boastful", 365 * .day).allSatisfy { !$0.contains("Strategy.warmUp") })
    }
}
