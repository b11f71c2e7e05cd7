import Glibc
import MarketData
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import TradewindCommands
import Units

/// Figures of walk-forwards: a year of hourly bars, 100 points in each of 11 folds, and how it grows with
/// cores.
enum WalkForwardBenchmarks {
    private static let hours = 365 * 24
    private static let rounds = 5

    static func figures() throws -> [Figure] {
        let series = hourly()
        let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let plan = try plan(over: series)
        let runs = plan.folds.folds.count * 100 + plan.folds.folds.count + 100
        let pair = try PairedRuns(
            rounds: rounds,
            ours: { try run(plan, series, cores: cores) },
            plain: { try run(plan, series, cores: 1) })
        return [
            Figure(
                "walk_forward",
                "walk-forward, a year of hourly bars, \(plan.folds.folds.count) folds of 100 points",
                unit: "runs/s", value: Double(runs) / pair.ours, beside: "the same on one of \(cores) cores",
                plain: Double(runs) / pair.plain, ratio: pair.speedRatio)
        ]
    }

    private static func run(_ plan: WalkForwardPlan, _ series: MarketSeries, cores: Int) throws {
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
            workers: ProcessThreads(cores)
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
            scheme: .walkForward(RollingScheme(train: 90 * .day, test: 25 * .day, purge: .day)),
            warmUp: 5 * .day)
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
