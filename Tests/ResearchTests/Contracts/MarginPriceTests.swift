import Markets
import Research
import Simulation
import StrategyKit
import Synchronization
import Testing
import Trading
import TradingEngine
import Units

/// Margin judged within bars: by their lows and highs, or by their closes alone.
@Suite struct MarginPriceTests {
    private static let id = "one:perp:BTCUSDT"

    /// Ten contracts on 300, in bars of which the third touches `low` and `high` and all close at 100.
    private static func run(
        _ side: Side, low: Int64, high: Int64, _ price: MarginPrice, marks: Bool = false
    ) throws -> BacktestResult {
        let seen = Mutex<[Price?]>([])
        let script = ContractScript { step, context in
            let mark = context.markPrice(of: InstrumentIndex(0))
            seen.withLock { $0.append(mark) }
            guard step == 0 else { return }
            context.transfer(
                Amount(units: 30_000_000_000), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
            context.submit(OrderRequest(side, Quantity(mantissa: 1_000_000_000), of: InstrumentIndex(0)))
        }
        var run = ContractRun([script.planned()])
        func row(_ hour: Int64) -> [Int64] {
            let isThird = hour == 2 && !marks
            return [hour * 60, 10_000, isThird ? high : 10_000, isThird ? low : 10_000, 10_000, 1_000]
        }
        run.series.append(TestSeries.bars(id, (0..<5).map { row($0) }, timeframe: .fixed(.hour)))
        if marks {
            let columns = SeriesColumns.values(
                ValueColumns(
                    time: Column((1...5).map { .hour($0) }), names: ["mark", "high", "low"],
                    values: [
                        Column(Array(repeating: 10_000, count: 5)),
                        Column((1...5).map { $0 == 3 ? high : 10_000 }),
                        Column((1...5).map { $0 == 3 ? low : 10_000 }),
                    ]))
            run.series.append(TestSeries.series(id, .mark, columns, 2, 0))
        }
        run.plan.execution.contracts.marginPrice = price
        let result = try run.run()
        #expect(result.isConserved && result.attributionResidual.description == "0")
        // Whatever was looked at, strategies see the close.
        #expect(seen.withLock { $0 } == Array(repeating: Price(mantissa: 10_000), count: 5))
        return result
    }

    @Test(arguments: [false, true]) func aWickLiquidatesOnlyWhereExtremesAreJudged(_ marks: Bool) throws {
        // Maintenance is 2.55 %: a long of 1,000 on 300 is lost below 71.83, a short above 126.76.
        for (side, low, high) in [(Side.buy, Int64(7_150), Int64(10_000)), (.sell, 10_000, 12_700)] {
            let calm = try Self.run(side, low: low, high: high, .close, marks: marks)
            #expect(calm.risk.liquidations == 0 && calm.finalEquity == ExactDecimal(1_000))
            let careful = try Self.run(side, low: low, high: high, .extremes, marks: marks)
            #expect(careful.risk.liquidations == 1)
            let price = side == .buy ? low : high
            // Closed at the extreme itself, whose fee is 0.05 %.
            #expect(careful.fills.last?.price.mantissa == price * 10_000)
            let loss = ExactDecimal(mantissa: Int128(abs(price - 10_000)) * -10, scale: Scale(2))
            #expect(careful.attributed("price") == loss.normalized.description)
        }
    }

    @Test func aWickThatMarginCarriesChangesNothingButTheWorstRatio() throws {
        let calm = try Self.run(.buy, low: 7_200, high: 12_000, .close)
        let careful = try Self.run(.buy, low: 7_200, high: 12_000, .extremes)
        #expect(careful.fills == calm.fills && careful.finalEquity == calm.finalEquity)
        #expect(calm.risk.worstMarginRatio == 0.3)
        // (300 - 280) / 720.
        #expect(abs((careful.risk.worstMarginRatio ?? 0) - 20.0 / 720) < 1e-9)
        #expect(careful.data.warnings.contains { $0.hasPrefix("1 margin calls") })
    }
}
