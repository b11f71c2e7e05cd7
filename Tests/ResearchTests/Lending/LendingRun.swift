import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Trading
import Units

/// A small run of `pure-lending` over made indices, a row a day.
struct LendingRun {
    var series: [MarketSeries] = []
    var plan: BacktestPlan

    static let usdt = "aave-v3:aToken:USDT"
    static let weth = "aave-v3:aToken:WETH"
    static let day: Int64 = 86_400_000_000_000

    init(
        _ shareClass: String, capital: String, reserve: String = "0", flows: [(day: Int, amount: String)] = []
    ) {
        let amount = ExactDecimal(capital)!
        plan = BacktestPlan(
            name: "lending",
            strategies: [
                PlannedStrategy(
                    account: "pure-lending", strategy: "pure-lending",
                    parameters: [NamedParameter("reserve-ratio", .number(ExactDecimal(reserve)!))],
                    capital: amount)
            ], capital: amount, shareClass: Asset(shareClass)!,
            flows: flows.map {
                CapitalFlow(
                    time: Instant(nanoseconds: Int64($0.day) * Self.day), amount: ExactDecimal($0.amount)!)
            })
    }

    /// Adds values of one name, the first on day 0, at a number of decimals.
    mutating func add(_ id: String, _ kind: SeriesKind, _ name: String, _ values: [Int64], scale: Int) {
        let columns = SeriesColumns.values(
            ValueColumns(
                time: Column(values.indices.map { Int64($0) * Self.day }), names: [name],
                values: [Column(values)]))
        series.append(TestSeries.series(id, kind, columns, scale, 0))
    }

    mutating func addIndex(_ id: String, _ values: [Int64]) {
        add(id, .index, "liquidity-index", values, scale: 16)
    }

    func run() throws -> BacktestResult {
        try Backtest.run(
            plan: plan, series: series, registry: StrategyRegistry(BuiltInStrategies.all),
            options: BacktestOptions(keepsRecords: true, keepsLedger: true))
    }
}

extension BacktestResult {
    func cause(_ key: String) -> String {
        let keys = [
            "price", "basis", "funding", "supply_interest", "borrow_interest", "staking", "rewards", "fees",
            "slippage", "gas", "liquidation", "dust",
        ]
        return attribution[keys.firstIndex(of: key)!].normalized.description
    }
}
