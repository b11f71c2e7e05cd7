import MarketData
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import TradewindCommands
import Units

/// Figures of walk-forwards: a year of hourly bars, 100 points in each of 11 folds, with two threads and with
/// one, and after all data against after the warm-up that the strategy declares.
enum WalkForwardBenchmarks {
    private static let hours = 365 * 24
    private static let rounds = 5

    static func figures() throws -> [Figure] {
        let series = hourly()
        let plan = try plan(over: series)
        var patient = plan
        patient.warmUp = 365 * .day
        let count = plan.folds.folds.count
        let runs = Double(count * 101 + 100)
        let scaling = try PairedRuns(
            rounds: rounds, ours: { try run(plan, series, threads: 2) },
            plain: { try run(plan, series, threads: 1) })
        let warming = try PairedRuns(
            rounds: rounds, ours: { try run(plan, series, threads: 1) },
            plain: { try run(patient, series, threads: 1) })
        return [
            Figure(
                "walk_forward",
                "walk-forward, a year of hourly bars, \(count) folds of 100 points, 2 threads",
                unit: "runs/s", value: runs / scaling.ours, beside: "the same on 1 thread",
                plain: runs / scaling.plain, ratio: scaling.speedRatio),
            Figure(
                "walk_forward_warm_up", "the same on 1 thread, warmed up as the strategy declares",
                unit: "runs/s", value: runs / warming.ours, beside: "warmed up by all data before a window",
                plain: runs / warming.plain, ratio: warming.speedRatio),
        ]
    }

    private static func run(_ plan: WalkForwardPlan, _ series: MarketSeries, threads: Int) throws {
        let capital = ExactDecimal(100_000_000)
        let rate = BasisPoints(ExactDecimal(10))!
        let base = BacktestPlan(
            name: "benchmark",
            strategies: [
                PlannedStrategy(account: "sma-cross", strategy: "sma-cross", parameters: [], capital: capital)
            ], capital: capital, shareClass: Asset("USDT")!,
            execution: ExecutionModel(commission: CommissionModel(taker: rate, maker: rate)))
        _ = try WalkForward(
            plan, base: base, series: [series], registry: StrategyRegistry(BuiltInStrategies.all),
            workers: ProcessThreads(threads)
        ).run()
    }

    private static func plan(over series: MarketSeries) throws -> WalkForwardPlan {
        func axis(_ name: String, from first: Int, by step: Int) -> SweepAxis {
            SweepAxis(
                parameter: name,
                levels: .steps(first: ExactDecimal(first), step: ExactDecimal(step), count: 10))
        }
        let sweep = SweepPlan(axes: [axis("fast", from: 5, by: 1), axis("slow", from: 20, by: 5)])
        let settings = WalkForwardSettings(
            scheme: .walkForward(RollingScheme(train: 90 * .day, test: 25 * .day, purge: .day)))
        return try settings.plan(sweep, on: FoldTimeline([series]))
    }

    /// The prices of minute bars at the times of hourly ones.
    private static func hourly() -> MarketSeries {
        let bars = RandomWalk.bars(count: hours, seed: 1)
        let start = bars.openTime[0]
        let hour = Timespan.hour.nanoseconds
        let opens = Column((0..<hours).map { start + Int64($0) * hour })
        let columns = SeriesColumns.bars(
            BarColumns(
                openTime: opens, closeTime: Column((0..<hours).map { start + Int64($0 + 1) * hour }),
                open: bars.open, high: bars.high, low: bars.low, close: bars.close, volume: bars.volume),
            .fixed(.hour))
        let (price, quantity) = (Scale(2), Scale(0))
        return MarketSeries(
            instrument: InstrumentID("bench:spot:BTCUSDT")!, kind: .bars, columns: columns,
            priceScale: price, quantityScale: quantity,
            digest: columns.digest(kind: .bars, priceScale: price, quantityScale: quantity), warnings: [])
    }
}
