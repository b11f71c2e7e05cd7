import MarketData
import Markets
import Research
import Strategies
import StrategyKit
import Units

/// The heaviest mode: a year of hours of `usdt-market-neutral` over three venues, staking with a loan, and
/// gas. It is held against the plain loop of `bars`, so that the ratio is a time: where that loop does 170
/// million bars a second, 0.2 s are 34 million bars.
enum NeutralBenchmarks {
    private static let registry = StrategyRegistry(BuiltInStrategies.all)
    private static let rounds = 7
    private static let plainRows = 5_000_000
    /// Seconds that a year may take, and the million bars a second of the plain loop for which that is said.
    private static let (most, reference) = (0.2, 170.0)

    static func figures() throws -> [Figure] {
        let year = NeutralYear()
        let found = try run(year)
        let staked = found.finalPositions.contains { $0.instrument == StakingYear.collateral }
        guard found.fillCount >= 4, staked, found.attributionResidual.isZero else {
            throw BenchmarkError("market-neutral: the run holds no position, so that it measures nothing")
        }
        let bars = RandomWalk.bars(count: plainRows, seed: 1)
        let pair = try PairedRuns(
            rounds: rounds, ours: { _ = try run(year) },
            plain: { _ = PlainLoops.smaCross(bars, fast: 10, slow: 30) })
        let rows = Double(year.rows) / 1e6
        return [
            Figure(
                "neutral_year", "usdt-market-neutral, a year of hours: seconds of the run", unit: "s",
                value: pair.ours, beside: "plain loop over 5 million bars", plain: pair.plain,
                ratio: pair.speedRatio,
                limit: .atLeast(Double(plainRows) / 1e6 / reference / most)),
            Figure(
                "neutral", "the same, \(year.rows) rows, \(found.fillCount) fills",
                unit: "million rows/s", value: rows / pair.ours, beside: "plain loop over 5 million bars",
                plain: Double(plainRows) / 1e6 / pair.plain),
        ]
    }

    private static func run(_ year: NeutralYear) throws -> BacktestResult {
        try Backtest.run(plan: year.plan, series: year.series, registry: registry)
    }
}

/// A generated year of `usdt-market-neutral`: the markets of ``BasisYear`` and the chain of ``StakingYear``,
/// both on one walk of the price.
struct NeutralYear {
    let series: [MarketSeries]
    private let basis = BasisYear()

    init() {
        let times = basis.spot.closeTime
        let chain = StakingYear(start: times[0])
        let dollars = SeriesColumns.values(
            ValueColumns(
                time: times, names: ["ratio"],
                values: [Column(Array(repeating: Int64(100_000_000), count: StakingYear.hours))]))
        let stable = MarketSeries(
            instrument: InstrumentID("aave-oracle:spot:USDT/USD")!, kind: .ratio, columns: dollars,
            priceScale: Scale(8), quantityScale: Scale(0),
            digest: dollars.digest(kind: .ratio, priceScale: Scale(8), quantityScale: Scale(0)), warnings: [])
        series = basis.series + chain.series + [stable]
    }

    /// `usdt-market-neutral` over it, with 100,000 USDT.
    var plan: BacktestPlan {
        var plan = basis.plan
        let own = plan.strategies[0]
        plan.strategies = [
            PlannedStrategy(
                account: "usdt-market-neutral", strategy: "usdt-market-neutral", parameters: own.parameters,
                capital: own.capital)
        ]
        return plan
    }

    /// Rows of all series.
    var rows: Int { series.reduce(0) { $0 + $1.count } }
}
