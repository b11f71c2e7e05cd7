import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import Trading
import Units

/// Shocked prices beside the same worked out another way.
@Suite struct ShockedDataTests {
    /// Minute bars of a random walk, in hundredths.
    private static func rows(_ seed: UInt64, _ count: Int) -> [[Int64]] {
        var random = SplitMix64(seed: seed)
        var last: Int64 = 4_000_000
        return (0..<count).map { minute in
            let open = last
            let close = max(1_000, open + random.integer(in: -9_000...9_000))
            last = close
            return [
                Int64(minute), open, max(open, close) + random.integer(in: 0...500),
                min(open, close) - random.integer(in: 0...500), close, 1_000,
            ]
        }
    }

    /// The fraction of the price that is left at a minute, over 3,600 x 100: it falls evenly for an hour.
    private static func left(_ minute: Int64, from start: Int64, percent: Int64) -> Int64 {
        let seconds = min(max(0, minute - start) * 60, 3_600)
        return 360_000 + percent * seconds
    }

    private static func halfEven(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        if rest * 2 > divisor || (rest * 2 == divisor && quotient % 2 != 0) { return quotient + 1 }
        return quotient
    }

    private static func run(_ rows: [[Int64]], _ plan: BacktestPlan) throws -> BacktestResult {
        try Backtest.run(
            plan: plan, series: [TestSeries.bars("binance:spot:BTCUSDT", rows, timeframe: .fixed(.minute))],
            registry: StrategyRegistry(BuiltInStrategies.all), options: BacktestOptions(keepsRecords: true))
    }

    private static let plan = BacktestPlan(
        name: "crosses",
        strategies: [
            PlannedStrategy(
                account: "sma-cross", strategy: "sma-cross",
                parameters: [
                    NamedParameter("fast", .number(ExactDecimal(5))),
                    NamedParameter("slow", .number(ExactDecimal(20))),
                ], capital: ExactDecimal(100_000))
        ], capital: ExactDecimal(100_000), shareClass: Asset("USDT")!,
        execution: ExecutionModel(commission: CommissionModel()))

    @Test func aRunUnderAShockIsTheRunOverPricesThatFellSo() throws {
        for (seed, percent) in [(UInt64(1), Int64(-10)), (2, -50), (3, 30)] {
            let rows = Self.rows(seed, 2_000)
            let start: Int64 = 977
            var options = StressOptions()
            options.scenarios = [try ShockScenario("price=\(percent > 0 ? "+" : "")\(percent)%")]
            options.moment = Instant(nanoseconds: start * 60_000_000_000)
            let report = try StressTest.run(
                plan: Self.plan,
                series: [TestSeries.bars("binance:spot:BTCUSDT", rows, timeframe: .fixed(.minute))],
                registry: StrategyRegistry(BuiltInStrategies.all), options: options)
            guard case .ran(let shocked) = report.outcomes[0].course else { throw CancellationError() }

            let fallen = rows.map { row -> [Int64] in
                let opens = Self.left(row[0], from: start, percent: percent)
                let closes = Self.left(row[0] + 1, from: start, percent: percent)
                let (low, high) = (min(opens, closes), max(opens, closes))
                return [
                    row[0], Self.halfEven(row[1] * opens, 360_000), Self.halfEven(row[2] * high, 360_000),
                    Self.halfEven(row[3] * low, 360_000), Self.halfEven(row[4] * closes, 360_000), row[5],
                ]
            }
            let expected = try Self.run(fallen, Self.plan)
            #expect(shocked.result.finalEquity == expected.finalEquity)
            #expect(shocked.result.fills == expected.fills && expected.fills.count > 20)
            #expect(shocked.result.logHash == expected.logHash, "the same data, so the same log")
            #expect(shocked.result.attributionResidual.isZero)

            // Nothing is decided otherwise before it begins.
            let moment = report.outcomes[0].start
            let before = report.result.fills.filter { $0.time <= moment }
            #expect(shocked.result.fills.filter { $0.time <= moment } == before && !before.isEmpty)
        }
    }
}
