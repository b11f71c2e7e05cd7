import Foundation
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import Units

/// Agreement with the fills and figures on which public engines agree, over 100,000 minute bars.
@Suite struct SMACrossReferenceTests {
    static let commission = CommissionModel(
        taker: BasisPoints(ExactDecimal(10))!, maker: BasisPoints(ExactDecimal(10))!)

    static func series(_ folder: String) throws -> MarketSeries {
        let rows = try SharedReference.rows(folder + "/bars.csv.gz")
        let bars = rows.map { row in
            [Int64(row[0])! / 60_000_000_000] + (1...4).map { SharedReference.integer(row[$0], 2) }
                + [Int64(row[5])!]
        }
        return TestSeries.bars("sim:spot:BTCUSDT", bars)
    }

    static func plan(fast: Int, slow: Int, fill: BarFillRule) -> BacktestPlan {
        BacktestPlan(
            name: "reference",
            strategies: [
                PlannedStrategy(
                    account: "sma-cross", strategy: "sma-cross",
                    parameters: [
                        NamedParameter("fast", .number(ExactDecimal(fast))),
                        NamedParameter("slow", .number(ExactDecimal(slow))),
                    ], capital: ExactDecimal(100_000_000))
            ], capital: ExactDecimal(100_000_000), shareClass: Asset("USDT")!,
            execution: ExecutionModel(fill: fill, commission: commission))
    }

    @Test(arguments: [BarFillRule.nextOpen, .close])
    func everyFillAndTheFinalEquityMatch(_ rule: BarFillRule) throws {
        guard let folder = SharedReference.smaCross else { return }
        let series = try Self.series(folder)
        let result = try Backtest.run(
            plan: Self.plan(fast: 10, slow: 30, fill: rule), series: [series],
            registry: StrategyRegistry(BuiltInStrategies.all), options: BacktestOptions(keepsRecords: true))
        let expected = try SharedReference.rows(folder + "/fills-\(rule.rawValue).csv.gz")
        #expect(result.fills.count == expected.count)
        for (fill, row) in zip(result.fills, expected) {
            // The reference stamps fills with the open of the filling bar; under `close` ours is its close.
            let shift: Int64 = rule == .close ? 60_000_000_000 : 0
            #expect(fill.time.nanoseconds - shift == Int64(row[0])!)
            #expect(fill.side.name == row[1])
            #expect(fill.quantity.decimal(Scale(8)) == ExactDecimal(row[2]))
            #expect(fill.price.decimal(result.instruments[0].fillPriceScale) == ExactDecimal(row[3]))
            #expect(fill.fee.decimal(Scale(8)) == ExactDecimal(row[4]))
        }
        let equity = rule == .close ? "99604378.03555" : "99604342.29154"
        #expect(result.finalEquity.description == equity)
        #expect(result.tradeCount == 3823)
        #expect(result.steps == 100_000)
        #expect(result.attributionResidual.isZero)
    }

    @Test func theTwentyGridRowsMatch() throws {
        guard let folder = SharedReference.smaCross else { return }
        let series = try Self.series(folder)
        let table = try String(contentsOfFile: folder + "/grid-next-open.csv", encoding: .utf8)
        let rows = table.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
        #expect(rows.count == 20)
        for row in rows {
            let result = try Backtest.run(
                plan: Self.plan(fast: Int(row[0])!, slow: Int(row[1])!, fill: .nextOpen), series: [series],
                registry: StrategyRegistry(BuiltInStrategies.all))
            #expect(result.tradeCount == Int(row[2]))
            #expect(result.finalEquity == ExactDecimal(row[3]))
        }
    }
}
