import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

/// Margin calls, liquidations and bankruptcies with figures worked out by hand.
@Suite struct LiquidationTests {
    private static let usdt = Asset("USDT")!
    private static let unit: Int128 = 100_000_000

    private static func amount(_ whole: Int) -> Amount { Amount(units: Int128(whole) * unit) }

    /// Sends money to venue `one` (and to `two`), then sells or buys contracts there.
    private static func script(_ side: Side, _ quantity: Int64, margin: Int) -> ContractScript {
        ContractScript { step, context in
            guard step == 0 else { return }
            context.transfer(amount(margin), of: usdt, from: .wallet, to: Venue("one")!)
            context.transfer(amount(100), of: usdt, from: .wallet, to: Venue("two")!)
            context.submit(
                OrderRequest(side, Quantity(mantissa: quantity * 100_000_000), of: InstrumentIndex(0)))
        }
    }

    private static func run(_ script: ContractScript, _ closes: [Int64]) -> ContractRun {
        var run = ContractRun([script.planned()])
        run.addBars("one:perp:BTCUSDT", closes)
        run.addBars("two:perp:BTCUSDT", closes)
        return run
    }

    @Test func aShortIsCalledThenLiquidatedAtTheMarkWithItsFee() throws {
        // 10 x 100 = 1000 of notional on 300. At 120: equity 100, ratio 0.083: a call. At 127: equity 30,
        // maintenance 1270 x 0.0255 = 32.385: liquidation, fee 1270 x 0.0005 = 0.635.
        let script = Self.script(.sell, 10, margin: 300)
        let result = try Self.run(script, [10_000, 10_000, 12_000, 12_700, 9_000]).run()
        #expect(result.balance("book/one/USDT") == "29.365")
        #expect(result.balance("book/two/USDT") == "100" && result.balance("book/wallet/USDT") == "600")
        #expect(result.attributed("liquidation") == "-0.635" && result.attributed("price") == "-270")
        #expect(result.finalEquity == ExactDecimal(mantissa: 729_365, scale: Scale(3)))
        #expect(result.risk.liquidations == 1)
        #expect(result.risk.worstMarginRatio == 0.023622047244)
        #expect(result.fills.map(\.cause) == ["market", "liquidation"])
        #expect(result.isConserved && result.attributionResidual.description == "0")
        let names = script.updates.map { "\($0)".prefix { $0 != "(" } }
        #expect(
            names == [
                "transferSent", "transferArrived", "transferSent", "transferArrived",
                "marginCalled", "liquidated",
            ])
        #expect(script.orderUpdates.last?.reason == .liquidated)
    }

    @Test func aGapBeyondTheMarginCostsTheAccountAndNoMore() throws {
        // At 180 the short has lost 800 on 300 of margin: the insurance pays 500.
        let script = Self.script(.sell, 10, margin: 300)
        let result = try Self.run(script, [10_000, 10_000, 18_000, 18_000]).run()
        #expect(result.balance("book/one/USDT") == "0")
        #expect(result.balance("book/two/USDT") == "100" && result.balance("book/wallet/USDT") == "600")
        #expect(result.attributed("liquidation") == "500" && result.attributed("price") == "-800")
        #expect(result.finalEquity == ExactDecimal(700) && result.isConserved)
        #expect(result.data.warnings.contains { $0.hasPrefix("1 accounts lost more than backed them") })
    }

    @Test func anInverseLongLosesItsBaseMargin() throws {
        // 10 contracts of 100 USD at 100 on 1 BTC of margin: cost 10 BTC. At 90 it is worth 11.11.. BTC.
        let run = try ContractRun.inverseLong()
        let result = try run.run()
        // Loss 10 - 1000/90 = -1.11111111 BTC; the account had 1, the insurance pays the rest.
        #expect(result.balance("book/one/BTC") == "0" && result.balance("book/wallet/BTC") == "2")
        #expect(result.attributed("liquidation") == "0.11111111" && result.finalEquity == ExactDecimal(2))
    }

    @Test func ordersBeyondTheInitialMarginAreRefusedAndReducingOnesPass() throws {
        let script = ContractScript { step, context in
            if step == 0 {
                context.transfer(Self.amount(50), of: Self.usdt, from: .wallet, to: Venue("one")!)
                // 50 at 0.05 carries 1000: 11 contracts at 100 do not fit, 10 do, and then nothing more.
                for quantity in [11, 10, 1] as [Int64] {
                    context.submit(
                        OrderRequest(.buy, Quantity(mantissa: quantity * 100_000_000), of: InstrumentIndex(0))
                    )
                }
            }
            if step == 2 {
                context.submit(OrderRequest(.sell, Quantity(mantissa: 400_000_000), of: InstrumentIndex(0)))
                context.transfer(Self.amount(21), of: Self.usdt, from: Venue("one")!, to: .wallet)
            }
            if step == 4 {
                // 6 contracts need 30 of 50: 20 are free, 21 are not.
                context.transfer(Self.amount(21), of: Self.usdt, from: Venue("one")!, to: .wallet)
                context.transfer(Self.amount(20), of: Self.usdt, from: Venue("one")!, to: .wallet)
            }
        }
        let result = try Self.run(script, [10_000, 10_000, 10_000, 10_000, 10_000, 10_000]).run()
        let reasons = script.orderUpdates.filter { $0.order.status == .rejected }.map(\.reason)
        #expect(reasons == [.insufficientMargin, .insufficientMargin])
        #expect(result.finalPositions.first?.quantity.description == "6")
        #expect(result.balance("book/one/USDT") == "30" && result.balance("book/wallet/USDT") == "970")
        let refused = script.updates.count { if case .transferRefused = $0 { true } else { false } }
        #expect(refused == 2)
    }

    @Test func isolatedMarginLosesOnlyWhatWasMovedToIt() throws {
        let script = Self.script(.buy, 10, margin: 300)
        var run = Self.run(script, [10_000, 10_000, 8_000, 8_000])
        run.plan.execution.contracts.marginMode = .isolated
        let result = try run.run()
        // 5 % of 1000 went to the position; its loss of 200 took that, 250 of the balance stayed.
        #expect(result.balance("book/one/USDT") == "250" && result.balance("book/one/margin/BTCUSDT") == "0")
        #expect(result.finalEquity == ExactDecimal(950) && result.isConserved)
    }

    @Test func aLargePositionIsTakenDownTierByTier() throws {
        func rate(_ mantissa: Int128) -> ExactDecimal { ExactDecimal(mantissa: mantissa, scale: Scale(2)) }
        let script = Self.script(.sell, 10, margin: 360)
        var run = Self.run(script, [10_000, 10_000, 12_000, 12_000])
        run.plan.instruments = [
            InstrumentOverride(
                instrument: InstrumentID("one:perp:BTCUSDT")!,
                contract: try ContractTerms(
                    tiers: [
                        MarginTier(floor: .zero, initial: rate(5), maintenance: rate(2)),
                        MarginTier(floor: ExactDecimal(600), initial: rate(30), maintenance: rate(29)),
                    ], liquidationFee: .zero))
        ]
        // At 120: equity 160, maintenance 1200 x 0.29 - 600 x 0.27 = 186. Taken below 600 of notional it
        // needs 2 % of that: what is left is the largest quantity of eight decimals
        // whose notional is below 600.
        let result = try run.run()
        #expect(result.risk.liquidations == 1 && result.fills.count == 2)
        #expect(result.finalPositions.first?.quantity.description == "-4.99999999")
        #expect(result.finalEquity == ExactDecimal(800) && result.isConserved)
    }

    @Test func aFutureIsSettledAtItsExpiryOnce() throws {
        let script = ContractScript { step, context in
            if step == 0 {
                context.transfer(Self.amount(300), of: Self.usdt, from: .wallet, to: Venue("one")!)
                context.submit(OrderRequest(.buy, Quantity(mantissa: 200_000_000), of: InstrumentIndex(0)))
            }
            if step == 4 {
                context.submit(OrderRequest(.buy, Quantity(mantissa: 200_000_000), of: InstrumentIndex(0)))
            }
        }
        var run = ContractRun([script.planned()])
        run.addBars("one:future:BTCUSDT", [10_000, 10_000, 11_000, 12_000, 13_000, 14_000])
        run.plan.instruments = [
            InstrumentOverride(
                instrument: InstrumentID("one:future:BTCUSDT")!,
                contract: try ContractTerms(expiry: Instant(nanoseconds: .hour(4) - 1)))
        ]
        let result = try run.run()
        // The bar that closes at hour 4 (120) comes after the expiry: the mark is that of hour 3, 110.
        #expect(result.balance("book/one/USDT") == "320" && result.finalEquity == ExactDecimal(1_020))
        #expect(result.fills.map(\.cause) == ["market", "expiry"])
        #expect(script.orderUpdates.filter { $0.order.status == .rejected }.map(\.reason) == [.expired])
        #expect(script.updates.contains(.expired(InstrumentIndex(0))))
    }
}
