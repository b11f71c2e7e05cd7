import MarketData
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Units

/// Engine figures: full orders, ledger, statistics and hashed log, on one core.
enum EngineBenchmarks {
    static func series(_ bars: BarColumns) -> MarketSeries {
        make("bench:spot:BTCUSDT", .bars, .bars(bars, .fixed(.minute)))
    }

    static func series(_ quotes: QuoteColumns) -> MarketSeries {
        make("bench:spot:BTCUSDT", .quotes, .quotes(quotes))
    }

    private static func make(_ id: String, _ kind: SeriesKind, _ columns: SeriesColumns) -> MarketSeries {
        MarketSeries(
            instrument: InstrumentID(id)!, kind: kind, columns: columns, priceScale: Scale(2),
            quantityScale: Scale(0),
            digest: columns.digest(kind: kind, priceScale: Scale(2), quantityScale: Scale(0)), warnings: [])
    }

    static func plan(_ strategy: String, _ parameters: [NamedParameter]) -> BacktestPlan {
        let capital = ExactDecimal(100_000_000)
        return BacktestPlan(
            name: "benchmark",
            strategies: [
                PlannedStrategy(
                    account: strategy, strategy: strategy, parameters: parameters, capital: capital)
            ], capital: capital, shareClass: Asset("USDT")!,
            execution: ExecutionModel(
                commission: CommissionModel(
                    taker: BasisPoints(ExactDecimal(10))!, maker: BasisPoints(ExactDecimal(10))!)))
    }

    /// Engine seconds of one run.
    static func engineSeconds(_ plan: BacktestPlan, _ series: MarketSeries) throws -> (Double, BacktestResult)
    {
        let result = try Backtest.run(
            plan: plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all),
            options: BacktestOptions(clock: Timing.now))
        return (result.engineSeconds, result)
    }

    static func number(_ name: String, _ value: Int) -> NamedParameter {
        NamedParameter(name, .number(ExactDecimal(value)))
    }
}
