import Glibc
import MarketData
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import TradewindCommands
import Units

/// Figures of a sweep: the 400 points of `sma-cross` with fast 5 to 24 and slow 30, 35 to 125 over 100,000
/// minute bars, full orders, commission, ledger, attribution and statistics, without log.
struct SweepBenchmarks {
    private static let barCount = 100_000
    private static let rounds = 3
    private static let fast = Array(5...24)
    private static let slow = Array(stride(from: 30, through: 125, by: 5))

    private let binary: String
    private let columns = RandomWalk.bars(count: barCount, seed: 1)

    /// - Parameter binary: the release binary of tradewind.
    init(binary: String) { self.binary = binary }

    func figures() throws -> [Figure] { try memory() + speed() }

    /// Peak memory of the command for many points and for few.
    private func memory() throws -> [Figure] {
        guard access(binary, X_OK) == 0 else {
            throw BenchmarkError("\(binary) is absent: name the release binary of tradewind with --binary")
        }
        let folder = try TemporaryFolder()
        try folder.write("bars.csv") { try BarText.write(bars: Self.barCount, $0) }
        let run = """
            name: sweep
            strategy: sma-cross
            parameters: {fast: 5, slow: 30}
            capital: {amount: 100000000, asset: USDT}
            data:
              - {instrument: "bench:spot:BTCUSDT", bars: bars.csv, timeframe: 1m}
            execution: {commission: {basis-points: 10}}

            """
        try folder.write("run.yaml") { try $0(Array(run.utf8)) }
        func sweep(_ grid: [String], _ output: String) throws -> ChildProcess {
            let options = grid.flatMap { ["--grid", $0] } + ["--output", folder.file(output)]
            return try ChildProcess(binary, ["sweep", folder.file("run.yaml")] + options)
        }
        let few = try sweep(["fast=5,6", "slow=30,35"], "few")
        let many = try sweep(["fast=5..24", "slow=30..125:5"], "many")
        return [
            Figure(
                "sweep_command", "sweep of 400 x 100,000 bars, start to report", unit: "s",
                value: many.seconds, beside: "what it may take on two free cores", plain: 1.5),
            Figure(
                "sweep_processor_time", "its processor time, divided by two cores", unit: "s",
                value: many.processorSeconds / 2, beside: "what it may take on two free cores", plain: 1.5),
            Figure(
                "sweep_memory", "peak memory of it", unit: "MiB", value: many.peakMemory,
                beside: "what it may take", plain: 300),
            Figure(
                "sweep_memory_growth", "the same", unit: "MiB", value: many.peakMemory,
                beside: "of 4 points", plain: few.peakMemory, limit: .atMost(1.25)),
        ]
    }

    private func speed() throws -> [Figure] {
        let sweep = try sweep(commission: 10)
        try requireEqualOutcomes()
        let (one, all) = (ProcessThreads(1), ProcessThreads(2))
        let bars = Double(Self.fast.count * Self.slow.count * Self.barCount) / 1e6
        let beside = try PairedRuns(
            rounds: Self.rounds, ours: { _ = try sweep.run(on: all) },
            plain: { _ = try plainLoops(on: all) })
        let scaling = try PairedRuns(
            rounds: Self.rounds, ours: { _ = try sweep.run(on: all) }, plain: { _ = try sweep.run(on: one) })
        return [
            Figure(
                "sweep", "sweep of 400 x 100,000 bars, 2 threads", unit: "million bars/s",
                value: bars / beside.ours, beside: "plain loops on 2 threads", plain: bars / beside.plain,
                ratio: beside.speedRatio),
            Figure(
                "sweep_scaling", "the same, 2 threads against 1", unit: "million bars/s",
                value: bars / scaling.ours, beside: "on 1 thread", plain: bars / scaling.plain,
                ratio: scaling.speedRatio),
        ]
    }

    /// Equities of the plain loop over the same points, in thousandths of a tick.
    private func plainLoops(on workers: ProcessThreads) throws -> [Int64] {
        let columns = columns
        return try workers.map(Self.fast.count * Self.slow.count) { point in
            PlainLoops.smaCross(
                columns, fast: Self.fast[point / Self.slow.count], slow: Self.slow[point % Self.slow.count]
            ).equity
        }
    }

    /// Every point ends with the equity of its plain loop: they do the same work.
    private func requireEqualOutcomes() throws {
        let points = try sweep(commission: 10).run(on: ProcessThreads()).points
        for (point, gain) in zip(points, try plainLoops(on: ProcessThreads())) {
            let expected = ExactDecimal(
                mantissa: Int128(Self.capital) * 100_000 + Int128(gain), scale: Scale(5))
            guard point.figures?.finalEquity == expected else {
                throw BenchmarkError("sweep: point \(point.combination) does not end as its plain loop")
            }
        }
    }

    private static let capital = 100_000_000

    private func sweep(commission basisPoints: Int) throws -> Sweep {
        let rate = BasisPoints(ExactDecimal(basisPoints))!
        let plan = BacktestPlan(
            name: "benchmark",
            strategies: [
                PlannedStrategy(
                    account: "sma-cross", strategy: "sma-cross", parameters: [],
                    capital: ExactDecimal(Self.capital))
            ], capital: ExactDecimal(Self.capital), shareClass: Asset("USDT")!,
            execution: ExecutionModel(commission: CommissionModel(taker: rate, maker: rate)))
        let content = SeriesColumns.bars(columns, .fixed(.minute))
        let series = MarketSeries(
            instrument: InstrumentID("bench:spot:BTCUSDT")!, kind: .bars, columns: content,
            priceScale: Scale(2), quantityScale: Scale(0),
            digest: content.digest(kind: .bars, priceScale: Scale(2), quantityScale: Scale(0)), warnings: [])
        let evaluator = try RunEvaluator(
            plan: plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all))
        let axes = [("fast", Self.fast), ("slow", Self.slow)].map { name, values in
            SweepAxis(parameter: name, levels: .list(values.map { .number(ExactDecimal($0)) }))
        }
        return Sweep(SweepPlan(axes: axes), evaluator)
    }
}
