import Markets
import Research
import StrategyKit
import Synchronization
import Testing
import Trading
import Units

/// What monitors do to a run: strategies see them, orders that open are refused, log and folder tell it.
@Suite struct RiskOverrideTests {
    /// A short of 10 at 100 backed by 300; at 110 its ratio is 200 / 1,100 = 0.18.
    private func run(
        hedges: Bool, prices: [Int64] = [10_000, 10_000, 11_000, 11_000, 11_000],
        then act: @escaping @Sendable (Int, inout StrategyContext) -> Void
    ) throws -> (result: BacktestResult, script: ContractScript) {
        let script = ContractScript { step, context in
            if step == 0 {
                context.transfer(
                    Amount(units: 300 * 100_000_000), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
                context.explain(.entryFull, because: .entry)
                context.submit(
                    OrderRequest(.sell, Quantity(mantissa: 1_000_000_000), of: InstrumentIndex(0)))
            }
            act(step, &context)
        }
        var run = ContractRun([script.planned(hedges: hedges)])
        run.addBars("one:perp:BTCUSDT", prices)
        return (try run.run(), script)
    }

    @Test func anAccountBelowTheBandMayReduceAndNotOpen() throws {
        let one = Quantity(mantissa: 100_000_000)
        let (result, script) = try run(hedges: true) { step, context in
            guard step == 2 else { return }
            context.submit(OrderRequest(.sell, one, of: InstrumentIndex(0)))
            context.submit(OrderRequest(.buy, one, of: InstrumentIndex(0)))
        }
        let rejected = script.orderUpdates.filter { $0.reason == .riskOverride }
        #expect(rejected.map(\.order.request.side) == [.sell])
        #expect(result.finalPositions.first?.quantity.description == "-9")
        #expect(result.attributionResidual.isZero)
    }

    @Test func aDirectionalAccountIsWarnedAndNotOverridden() throws {
        let (result, script) = try run(hedges: false) { step, context in
            guard step == 2 else { return }
            context.submit(OrderRequest(.sell, Quantity(mantissa: 100_000_000), of: InstrumentIndex(0)))
        }
        #expect(!script.orderUpdates.contains { $0.reason == .riskOverride })
        #expect(result.finalPositions.first?.quantity.description == "-11")
    }

    @Test func anOrderThatTurnsThePositionIsRefusedWhole() throws {
        let (_, script) = try run(hedges: true) { step, context in
            guard step == 2 else { return }
            context.submit(OrderRequest(.buy, Quantity(mantissa: 1_100_000_000), of: InstrumentIndex(0)))
        }
        #expect(script.orderUpdates.contains { $0.reason == .riskOverride })
    }

    @Test func strategiesSeeWhatTheMonitorsMeasure() throws {
        let seen = Mutex<[(RiskStanding, AccountSnapshot?, Bool)]>([])
        _ = try run(hedges: true) { _, context in
            let look = (context.riskStanding(), context.snapshot(), context.isRiskOverridden)
            seen.withLock { $0.append(look) }
        }
        let looks = seen.withLock { $0 }
        #expect(looks.map(\.2) == [false, false, true, true, true])
        let ratio = looks[2].0[.marginRatio]
        #expect(ratio?.value.description == "0.181818181818" && ratio?.band == .reduce)
        let snapshot = try #require(looks[2].1)
        #expect(snapshot.netDelta == Amount(units: -1_100 * 100_000_000))
        #expect(try snapshot.netDeltaInDollars() == ExactDecimal(-1_100))
    }

    @Test func theCurveHoldsDeltaAndDistanceAndTheFolderTheReasons() throws {
        let (result, _) = try run(hedges: true) { _, _ in }
        let points = try #require(result.riskCurve).points
        #expect(points[2].netDelta == -1_100 && points[2].netDeltaInDollars == -1_100)
        // (200 - 28.05) / (1,100 + 28.05): maintenance of 2.5 % and the fee of a forced closing, 0.05 %.
        #expect(abs((points[2].liquidationDistance ?? 0) - 171.95 / 1_128.05) < 1e-9)
        #expect(result.rebalances.map(\.reason) == ["entry"])
        #expect(result.rebalances.map(\.action) == ["entry-full"])
        let page = HTMLReport(
            ReportInput(result: result, statistics: BacktestStatistics(result), prices: [], producer: "t")
        ).render()
        for part in ["Net delta over time", "What was changed, when and why", "reduce 20 %"] {
            #expect(page.contains(part), "\(part)")
        }
    }
}
