import MarketData
import Markets
import Research
import Strategies
import StrategyKit
import Units

/// Figures of a year of hourly leveraged staking: prices, ratios, indices and gas, each by the hour.
enum StakingBenchmarks {
    private static let registry = StrategyRegistry(BuiltInStrategies.all)
    private static let rounds = 7

    static func figures() throws -> [Figure] {
        let year = StakingYear()
        let found = try run(year)
        let deposit = found.finalPositions.first { $0.instrument == StakingYear.collateral }
        guard let deposit, !deposit.quantity.isZero, found.attributionResidual.isZero else {
            throw BenchmarkError("staking: the run holds no position, so that it measures nothing")
        }
        let rows = Double(year.rows) / 1e6
        let single = try PairedRuns(
            rounds: rounds, ours: { _ = try run(year) }, plain: { _ = try PlainLoops.staking(year) })
        return [
            Figure(
                "staking", "leveraged staking, a year of hours, \(year.rows) rows", unit: "million rows/s",
                value: rows / single.ours, beside: "plain loop over the columns",
                plain: rows / single.plain, ratio: single.speedRatio),
            Figure(
                "staking_year", "the same: seconds of the run", unit: "s", value: single.ours,
                beside: "plain loop over the columns", plain: single.plain),
        ]
    }

    private static func run(_ year: StakingYear) throws -> BacktestResult {
        try Backtest.run(plan: year.plan, series: year.series, registry: registry)
    }
}

/// A generated year of `eth-leveraged-staking`, hour by hour.
struct StakingYear {
    static let hours = 365 * 24
    static let collateral = "aave-v3:aToken:weETH"

    let series: [MarketSeries]
    /// Prices in dollars at 8 decimals, indices at 16.
    let ether: [Int64]
    let token: [Int64]
    let supply: [Int64]
    let borrow: [Int64]

    /// A year from a moment on, in nanoseconds since 1970.
    init(start: Int64 = 0) {
        let one: Int64 = 10_000_000_000_000_000
        let walk = RandomWalk.bars(count: StakingYear.hours, seed: 1)
        let times = Column(
            (0..<StakingYear.hours).map { start + Int64($0) * Timespan.hour.nanoseconds })
        // Cents of a bar's close as dollars, and a ratio that grows by 3 % a year.
        ether = (0..<StakingYear.hours).map { max(100, walk.close[$0]) * 1_000_000 }
        token = ether.enumerated().map { $1 / 100_000_000 * (104_000_000 + Int64($0) * 356) }
        supply = (0..<StakingYear.hours).map { one + Int64($0) * 114_000_000 }
        borrow = (0..<StakingYear.hours).map { one + Int64($0) * 28_000_000_000 }
        let pool = (0..<StakingYear.hours).map { one / 100_000_000 * (103_950_000 + Int64($0) * 356) }
        func values(
            _ id: String, _ kind: SeriesKind, _ name: String, _ values: [Int64], _ decimals: Int
        ) -> MarketSeries {
            let columns = SeriesColumns.values(
                ValueColumns(time: times, names: [name], values: [Column(values)]))
            let (price, quantity) = (Scale(decimals), Scale(0))
            return MarketSeries(
                instrument: InstrumentID(id)!, kind: kind, columns: columns, priceScale: price,
                quantityScale: quantity,
                digest: columns.digest(kind: kind, priceScale: price, quantityScale: quantity),
                warnings: [])
        }
        series = [
            values("aave-oracle:spot:WETH/USD", .ratio, "ratio", ether, 8),
            values("aave-oracle:spot:weETH/USD", .ratio, "ratio", token, 8),
            values("curve:spot:weETH/ETH", .ratio, "ratio", pool, 16),
            values(StakingYear.collateral, .index, "liquidity-index", supply, 16),
            values("aave-v3:debtToken:WETH", .index, "variable-borrow-index", borrow, 16),
            values("ethereum:base:ETH", .gas, "gas-price", Array(repeating: 10, count: StakingYear.hours), 0),
        ]
    }

    /// `eth-leveraged-staking` over it, with 30 ETH.
    var plan: BacktestPlan {
        let capital = ExactDecimal(30)
        return BacktestPlan(
            name: "benchmark",
            strategies: [
                PlannedStrategy(
                    account: "eth-leveraged-staking", strategy: "eth-leveraged-staking", parameters: [],
                    capital: capital)
            ], capital: capital, shareClass: Asset("ETH")!)
    }

    /// Rows of all series.
    var rows: Int { series.reduce(0) { $0 + $1.count } }
}

extension PlainLoops {
    /// A position of the year's size carried through it: interest of both sides, worth and health, each hour.
    static func staking(_ year: StakingYear) throws -> Int128 {
        let scale: Int128 = 100_000_000_000
        var scaled: (deposit: Int128, debt: Int128) = (0, 0)
        var (worth, worst): (Int128, Int128) = (0, .max)
        for hour in 0..<StakingYear.hours {
            let (supply, borrow) = (
                Ray(mantissa: Int128(year.supply[hour]) * scale),
                Ray(mantissa: Int128(year.borrow[hour]) * scale)
            )
            if hour == 0 {
                let tokens = try WideArithmetic.multiply(
                    77_142_857_142_857_142_857, by: Int128(year.ether[0]), dividedBy: Int128(year.token[0]),
                    rounding: .down)
                scaled = (try supply.dividing(tokens), try borrow.dividing(50_142_857_142_857_142_857))
            }
            let deposit = try supply.multiplied(by: scaled.deposit)
            let debt = try borrow.multiplied(by: scaled.debt)
            let collateral = try WideArithmetic.multiply(
                deposit, by: Int128(year.token[hour]), dividedBy: Int128(year.ether[hour]), rounding: .down)
            worst = min(
                worst,
                try WideArithmetic.multiply(
                    collateral, by: 950_000_000_000_000_000, dividedBy: debt, rounding: .halfUp))
            worth = collateral - debt
        }
        return worth &+ worst
    }
}
