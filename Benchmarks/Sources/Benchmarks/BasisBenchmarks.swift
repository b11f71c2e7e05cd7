import MarketData
import Markets
import Research
import Strategies
import StrategyKit
import TradewindCommands
import Units

/// Figures of a year of hourly basis trading over three venues: one run, and a walk-forward of it.
enum BasisBenchmarks {
    private static let registry = StrategyRegistry(BuiltInStrategies.all)
    private static let rounds = 7

    static func figures() throws -> [Figure] {
        let year = BasisYear()
        let found = try run(year)
        guard found.fillCount >= 4, found.attributionResidual.isZero else {
            throw BenchmarkError("basis: the run hardly trades, so that it measures nothing")
        }
        let rows = Double(year.rows) / 1e6
        let single = try PairedRuns(
            rounds: rounds, ours: { _ = try run(year) }, plain: { _ = PlainLoops.basis(year) })
        let plan = try walk(year)
        let runs = Double(plan.folds.folds.count * 101 + 100)
        let scaling = try PairedRuns(
            rounds: 3, ours: { try walkForward(plan, year, threads: 2) },
            plain: { try walkForward(plan, year, threads: 1) })
        return [
            Figure(
                "basis", "basis, a year of hours over three venues, \(year.rows) rows",
                unit: "million rows/s", value: rows / single.ours, beside: "plain loop over the columns",
                plain: rows / single.plain, ratio: single.speedRatio),
            Figure(
                "basis_walk_forward",
                "walk-forward of it, \(plan.folds.folds.count) folds of 100 points, 2 threads",
                unit: "runs/s", value: runs / scaling.ours, beside: "the same on 1 thread",
                plain: runs / scaling.plain, ratio: scaling.speedRatio),
        ]
    }

    private static func run(_ year: BasisYear) throws -> BacktestResult {
        try Backtest.run(plan: year.plan, series: year.series, registry: registry)
    }

    private static func walkForward(_ plan: WalkForwardPlan, _ year: BasisYear, threads: Int) throws {
        let found = try WalkForward(
            plan, base: year.plan, series: year.series, registry: registry, workers: ProcessThreads(threads)
        ).run()
        guard found.points.count == 100, !found.warnings.contains(where: { $0.contains("Strategy.warmUp") })
        else { throw BenchmarkError("basis: a fold decides otherwise after its warm-up") }
    }

    private static func walk(_ year: BasisYear) throws -> WalkForwardPlan {
        let entries = (0..<10).map {
            ParameterValue.number(ExactDecimal(mantissa: Int128(5 + $0), scale: Scale(5)))
        }
        let sweep = SweepPlan(axes: [
            SweepAxis(parameter: "entry-funding", levels: .list(entries)),
            SweepAxis(
                parameter: "funding-intervals",
                levels: .steps(first: ExactDecimal(3), step: ExactDecimal(3), count: 10)),
        ])
        let settings = WalkForwardSettings(
            scheme: .walkForward(RollingScheme(train: 90 * .day, test: 25 * .day, purge: .day)))
        return try settings.plan(sweep, on: FoldTimeline(year.series))
    }
}
