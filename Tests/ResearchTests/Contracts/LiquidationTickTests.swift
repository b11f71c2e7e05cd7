import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

/// Runs are liquidated at the tick that the formula names, and not one tick before, wherever a tick is worth
/// more than a few units of the ledger.
@Suite struct LiquidationTickTests {
    private struct Case {
        let isInverse: Bool
        let isLong: Bool
        let quantity: Int64
        let entry: Int64
        let margin: Int128
        let terms: ContractTerms

        init(_ random: inout SplitMix64) throws {
            isInverse = random.integer(in: 0...1) == 1
            isLong = random.integer(in: 0...1) == 1
            quantity = random.integer(in: 1...1_000) * (isInverse ? 100_000_000 : 1_000_000)
            entry = random.integer(in: 5_000...60_000)
            // In units of 10^-8: q 10^-8 x P 10^-2, or q 10^-8 x 100 / (P 10^-2).
            let notional =
                isInverse
                ? Int128(quantity) * 10_000 / Int128(entry) : Int128(quantity) * Int128(entry) / 100
            margin = max(1, notional * Int128(random.integer(in: 350...900)) / 1_000)
            var tiers: [MarginTier] = []
            var (floor, rate) = (Int128(0), random.integer(in: 5...40))
            for _ in 0...random.integer(in: 0...3) {
                tiers.append(
                    MarginTier(
                        floor: ExactDecimal(mantissa: floor, scale: Scale(8)),
                        initial: ExactDecimal(mantissa: Int128(rate) * 2, scale: Scale(3)),
                        maintenance: ExactDecimal(mantissa: Int128(rate), scale: Scale(3))))
                floor += 1 + notional * Int128(random.integer(in: 1...900)) / 1_000
                rate += random.integer(in: 0...40)
            }
            terms = try ContractTerms(
                settlement: isInverse ? .inverse : .linear, size: ExactDecimal(isInverse ? 100 : 1),
                maximumLeverage: 1_000, tiers: tiers)
        }

        var asset: Asset { isInverse ? Asset("BTC")! : Asset("USDT")! }
        var id: String { isInverse ? "one:perp:BTCUSD" : "one:perp:BTCUSDT" }

        /// A run that stays at the entry, then closes a bar at each of some prices.
        func run(_ prices: [Int64]) -> ContractRun {
            let (asset, margin, isLong, quantity) = (asset, margin, isLong, quantity)
            let script = ContractScript { step, context in
                guard step == 0 else { return }
                context.transfer(Amount(units: margin), of: asset, from: .wallet, to: Venue("one")!)
                context.submit(
                    OrderRequest(
                        isLong ? .buy : .sell, Quantity(mantissa: quantity), of: InstrumentIndex(0)))
            }
            var run = ContractRun([script.planned(capital: 100_000)], shareClass: asset.symbol)
            run.addBars(id, [entry, entry] + prices)
            run.plan.instruments = [
                InstrumentOverride(instrument: InstrumentID(id)!, contract: terms)
            ]
            return run
        }
    }

    @Test func randomPositionsAreLiquidatedAtTheTickOfTheFormula() throws {
        var random = SplitMix64(seed: 11, purpose: "liquidation ticks")
        var (found, inverse, tiered) = (0, 0, 0)
        for number in 0..<600 {
            let one = try Case(&random)
            let price = try LiquidationPrice.price(
                of: ExactDecimal(
                    mantissa: Int128(one.isLong ? one.quantity : -one.quantity), scale: Scale(8)),
                entry: ExactDecimal(mantissa: Int128(one.entry), scale: Scale(2)),
                margin: ExactDecimal(mantissa: one.margin, scale: Scale(8)), terms: one.terms,
                scale: Scale(2))
            guard let tick = price?.exactMantissa(at: Scale(2)).flatMap({ Int64(exactly: $0) }),
                tick > 1, tick < 100_000_000
            else { continue }
            // The ledger rounds to its units: a tick must be worth more than a few of them.
            if one.isInverse, Int128(one.quantity) * 10_000 / Int128(tick) / Int128(tick) < 10 { continue }
            found += 1
            inverse += one.isInverse ? 1 : 0
            tiered += one.terms.tiers.count > 1 ? 1 : 0
            let result = try one.run([one.isLong ? tick + 1 : tick - 1, tick]).run()
            let closed = result.fills.first { $0.cause == "liquidation" }
            #expect(closed?.time == Instant(nanoseconds: .hour(4)), "case \(number): \(one) at \(tick)")
            #expect(result.isConserved && result.attributionResidual.description == "0")
        }
        #expect(found > 450 && inverse > 150 && tiered > 250, "\(found) \(inverse) \(tiered)")
    }
}
