import MarketData
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Units

/// Figures of the engine: full orders, commission, ledger, attribution, statistics and hashed log, one core.
enum EngineBenchmarks {
    private static let rowCount = 5_000_000
    private static let smallCount = 100_000
    private static let smallRuns = 21
    private static let rounds = 7
    private static let (fast, slow) = (10, 30)

    /// `sma-cross` over minute bars: bars a second beside the plain loop, and how the cost of a bar grows.
    static func bars() throws -> [Figure] {
        let columns = RandomWalk.bars(count: rowCount, seed: 1)
        let large = series(columns)
        let small = series(RandomWalk.bars(count: smallCount, seed: 1))
        let plan = plan("sma-cross", smaParameters, commission: 10)
        let equity = PlainLoops.smaCross(columns, fast: fast, slow: slow).equity
        try requireEqualOutcome("sma-cross", smaParameters, large, hundredThousandths: equity)
        var (largeCosts, smallCosts, growths): ([Double], [Double], [Double]) = ([], [], [])
        let pair = try PairedRuns(
            rounds: rounds,
            ours: { largeCosts.append(try nanoseconds(plan, large)) },
            plain: { _ = PlainLoops.smaCross(columns, fast: fast, slow: slow) })
        for _ in 0..<rounds {
            let cost = try nanoseconds(plan, large)
            let smallCost = Timing.median(try (0..<smallRuns).map { _ in try nanoseconds(plan, small) })
            largeCosts.append(cost)
            smallCosts.append(smallCost)
            growths.append(cost / smallCost)
        }
        let count = Double(rowCount) / 1e6
        return [
            Figure(
                "bars", "sma-cross, 5 million minute bars", unit: "million bars/s",
                value: count / pair.ours, beside: "plain loop over the columns", plain: count / pair.plain,
                ratio: pair.speedRatio, limit: .atLeast(1.0 / 12)),
            Figure(
                "cost_per_bar", "cost per bar at 5 million", unit: "ns", value: Timing.median(largeCosts),
                beside: "cost per bar at 100 thousand", plain: Timing.median(smallCosts),
                ratio: Timing.median(growths), limit: .atMost(1.15)),
        ]
    }

    /// `quoter` over quotes, acting on one in 50 and on each.
    static func quotes() throws -> [Figure] {
        let columns = RandomWalk.quotes(count: rowCount, seed: 1)
        let series = series(columns)
        let count = Double(rowCount) / 1e6
        return try [50, 1].map { every in
            let parameters = quoterParameters(every: every)
            let equity = PlainLoops.quoter(columns, every: every, limit: 10).equity
            try requireEqualOutcome("quoter", parameters, series, hundredThousandths: equity / 2)
            let plan = plan("quoter", parameters, commission: 10)
            let pair = try PairedRuns(
                rounds: every == 1 ? 2 : 5,
                ours: { _ = try run(plan, series) },
                plain: { _ = PlainLoops.quoter(columns, every: every, limit: 10) })
            return Figure(
                "quotes_every_\(every)",
                "quoter, 5 million quotes, acts on " + (every == 1 ? "every one" : "one in \(every)"),
                unit: "million quotes/s", value: count / pair.ours, beside: "plain loop over the columns",
                plain: count / pair.plain, ratio: pair.speedRatio,
                limit: every == 50 ? .atLeast(1.0 / 9) : nil)
        }
    }

    /// Runs the engine alone, for a profiler.
    static func profile(quotes: Bool, runs: Int, rows: Int) throws {
        let plan =
            quotes
            ? plan("quoter", quoterParameters(every: 50), commission: 10)
            : plan("sma-cross", smaParameters, commission: 10)
        let series =
            quotes
            ? series(RandomWalk.quotes(count: rows, seed: 1))
            : series(RandomWalk.bars(count: rows, seed: 1))
        for _ in 0..<runs { _ = try run(plan, series) }
    }

    // MARK: One run

    private static func nanoseconds(_ plan: BacktestPlan, _ series: MarketSeries) throws -> Double {
        try Timing.seconds { _ = try run(plan, series) } * 1e9 / Double(series.count)
    }

    private static func run(_ plan: BacktestPlan, _ series: MarketSeries) throws -> BacktestStatistics {
        BacktestStatistics(try result(plan, series))
    }

    private static func result(_ plan: BacktestPlan, _ series: MarketSeries) throws -> BacktestResult {
        try Backtest.run(
            plan: plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all))
    }

    /// Without commission, engine and plain loop end with the same equity: they do the same work.
    ///
    /// - Parameter thousandths: the profit of the plain loop, in thousandths of the share class.
    private static func requireEqualOutcome(
        _ strategy: String, _ parameters: [NamedParameter], _ series: MarketSeries, hundredThousandths: Int64
    ) throws {
        let found = try result(plan(strategy, parameters, commission: 10), series).finalEquity
        let expected = ExactDecimal(
            mantissa: Int128(capitalUnits) * 100_000 + Int128(hundredThousandths), scale: Scale(5))
        guard found == expected else {
            throw BenchmarkError(
                "\(strategy): the engine ends with \(found), the plain loop with \(expected): "
                    + "they do not do the same, so their times cannot be compared")
        }
    }

    // MARK: What is run

    private static let capitalUnits = 100_000_000
    private static let capital = ExactDecimal(capitalUnits)
    private static let smaParameters = [number("fast", fast), number("slow", slow)]

    private static func quoterParameters(every: Int) -> [NamedParameter] {
        [number("every", every), number("quantity", 1), number("max-position", 10)]
    }

    private static func number(_ name: String, _ value: Int) -> NamedParameter {
        NamedParameter(name, .number(ExactDecimal(value)))
    }

    private static func series(_ bars: BarColumns) -> MarketSeries {
        series(.bars, .bars(bars, .fixed(.minute)))
    }

    private static func series(_ quotes: QuoteColumns) -> MarketSeries { series(.quotes, .quotes(quotes)) }

    private static func series(_ kind: SeriesKind, _ columns: SeriesColumns) -> MarketSeries {
        let (price, quantity) = (Scale(2), Scale(0))
        return MarketSeries(
            instrument: InstrumentID("bench:spot:BTCUSDT")!, kind: kind, columns: columns, priceScale: price,
            quantityScale: quantity,
            digest: columns.digest(kind: kind, priceScale: price, quantityScale: quantity), warnings: [])
    }

    private static func plan(
        _ strategy: String, _ parameters: [NamedParameter], commission basisPoints: Int
    ) -> BacktestPlan {
        let rate = BasisPoints(ExactDecimal(basisPoints))!
        return BacktestPlan(
            name: "benchmark",
            strategies: [
                PlannedStrategy(
                    account: strategy, strategy: strategy, parameters: parameters, capital: capital)
            ], capital: capital, shareClass: Asset("USDT")!,
            execution: ExecutionModel(commission: CommissionModel(taker: rate, maker: rate)))
    }
}
