import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

/// Who bears a loss beyond the insurance fund, with figures worked out by hand.
@Suite struct AutoDeleverageTests {
    private static let unit: Int128 = 100_000_000

    /// Sends money to venue `one` and trades its perpetual at the steps given.
    private static func script(_ orders: [Int: (side: Side, quantity: Int64, margin: Int)]) -> ContractScript
    {
        ContractScript { step, context in
            guard let order = orders[step] else { return }
            context.transfer(
                Amount(units: Int128(order.margin) * unit), of: Asset("USDT")!, from: .wallet,
                to: Venue("one")!)
            context.submit(
                OrderRequest(
                    order.side, Quantity(mantissa: order.quantity * 100_000_000), of: InstrumentIndex(0)))
        }
    }

    private static func run(
        _ scripts: [(String, ContractScript)], _ closes: [Int64], fund: Int? = nil, isOn: Bool = true
    ) -> ContractRun {
        var run = ContractRun(scripts.map { $0.1.planned($0.0) })
        run.addBars("one:perp:BTCUSDT", closes)
        run.plan.execution.contracts = ContractRules(
            deleverages: isOn,
            insuranceFunds: fund.map { [InsuranceFund(asset: Asset("USDT")!, amount: ExactDecimal($0))] }
                ?? [])
        return run
    }

    private static func warns(_ result: BacktestResult, _ text: String) -> Bool {
        result.data.warnings.contains { $0.hasPrefix(text) }
    }

    @Test func aFundThatHoldsEnoughPaysOnceAndIsThenTooSmall() throws {
        // Short 10 at 100 on 300: at 180 the account lacks 500, of a fund of 600. The second time, with a
        // short of 10 at 100 on 300 again, the 100 that are left do not do.
        let script = Self.script([0: (.sell, 10, 300), 4: (.sell, 10, 300)])
        let result = try Self.run(
            [("book", script)], [10_000, 10_000, 18_000, 10_000, 10_000, 10_000, 18_000, 18_000], fund: 600
        ).run()
        #expect(result.fills.map(\.cause) == ["market", "liquidation", "market", "liquidation"])
        // At the mark, then at the price where 300 are lost: 130. Fill prices have six decimals.
        #expect(result.fills[1].price.mantissa == 180_000_000)
        #expect(result.fills[3].price.mantissa == 130_000_000)
        #expect(result.balance("book/one/USDT") == "0" && result.balance("book/wallet/USDT") == "400")
        #expect(result.attributed("price") == "-1600" && result.attributed("liquidation") == "1000")
        #expect(Self.warns(result, "1 accounts lost more than backed them; the venues' insurance paid"))
        #expect(Self.warns(result, "1 accounts lost more than the insurance fund held"))
        #expect(result.isConserved && result.attributionResidual.description == "0")
    }

    @Test func theFundOwnsWhatLiquidationsBring() throws {
        // At 127 the short of 10 at 100 on 300 is closed for a fee of 0.635, all that the fund then holds.
        let script = Self.script([0: (.sell, 10, 300), 3: (.sell, 10, 300)])
        let result = try Self.run(
            [("book", script)], [10_000, 10_000, 12_700, 10_000, 10_000, 13_300, 13_300], fund: 0
        ).run()
        // 300 more and 29.365 of before back the second: at 133 it lacks 0.635, which is just there.
        #expect(result.balance("book/one/USDT") == "0")
        #expect(result.fills.last?.price.mantissa == 133_000_000)
        #expect(!Self.warns(result, "1 accounts lost more than the insurance fund held"))
    }

    @Test func theOtherSideIsReducedAtTheBankruptcyPrice() throws {
        // A is short 10 at 100 on 300, B long 6. At 180 B gives up its 6 at 130: 300 of its 480.
        let (short, long) = (Self.script([0: (.sell, 10, 300)]), Self.script([0: (.buy, 6, 300)]))
        let books = [("a", short), ("b", long)]
        let closes: [Int64] = [10_000, 10_000, 18_000, 18_000]
        let on = try Self.run(books, closes).run()
        try #require(on.fills.count == 4)
        #expect(on.balance("a/one/USDT") == "0" && on.balance("b/one/USDT") == "480")
        #expect(on.fills.map(\.cause) == ["market", "market", "auto-deleverage", "liquidation"])
        #expect(on.fills[2].price == on.fills[3].price && on.fills[2].quantity.mantissa == 600_000_000)
        // 500 are saved for A, of which B gives 300 and others 200.
        #expect(on.attributed("liquidation") == "200" && on.attributed("price") == "-320")
        #expect(on.finalEquity == ExactDecimal(1_880) && on.isConserved)
        #expect(on.attributionResidual.description == "0")
        #expect(long.updates.contains(.deleveraged(InstrumentIndex(0))))
        #expect(long.orderUpdates.last?.reason == .deleveraged)
        #expect(Self.warns(on, "1 profitable positions were reduced"))

        let off = try Self.run(
            [("a", Self.script([0: (.sell, 10, 300)])), ("b", Self.script([0: (.buy, 6, 300)]))], closes,
            isOn: false
        ).run()
        #expect(off.finalPositions.first?.quantity.description == "6")
        #expect(off.finalEquity == ExactDecimal(2_180) && off.attributed("liquidation") == "500")
    }

    @Test func whoHasTheMostProfitForItsMarginIsReducedFirst() throws {
        // Both gain 80 %; C with 100 of margin, B with 300: C gives 6, B the other 4.
        let result = try Self.run(
            [
                ("a", Self.script([0: (.sell, 10, 300)])), ("b", Self.script([0: (.buy, 6, 300)])),
                ("c", Self.script([0: (.buy, 6, 100)])),
            ], [10_000, 10_000, 18_000, 18_000]
        ).run()
        let reduced = result.fills.filter { $0.cause == "auto-deleverage" }
        #expect(reduced.map(\.strategy) == [2, 1])
        #expect(reduced.map(\.quantity.mantissa) == [600_000_000, 400_000_000])
        // Nobody else is needed: what A is saved, B and C give.
        #expect(result.attributed("liquidation") == "0" && result.isConserved)
        #expect(result.finalPositions.first?.quantity.description == "2")
    }

    @Test func anInverseLongIsClosedWhereItsMarginEnds() throws {
        // 10 contracts of 100 USD at 100 on 1 BTC: gone where 1000 / P = 10 + 1, at 90.90909091, rounded up.
        var run = try ContractRun.inverseLong()
        run.plan.execution.contracts.deleverages = true
        let result = try run.run()
        #expect(result.fills.last?.price.mantissa == 90_909_091)
        #expect(result.balance("book/one/BTC") == "0" && result.isConserved)
        #expect(result.attributionResidual.description == "0")
    }

    @Test func thePriceOfANotionalIsTheLastBeforeIt() throws {
        var random = SplitMix64(seed: 7, purpose: "price of a notional")
        for _ in 0..<4_000 {
            let isInverse = random.integer(in: 0...1) == 1
            let size = Int128(random.integer(in: 1...5_000))
            let contract = try ContractTerms(
                settlement: isInverse ? .inverse : .linear,
                size: ExactDecimal(mantissa: size, scale: Scale(2)))
            let instrument = Instrument(
                id: InstrumentID("one:perp:BTCUSDT")!, base: Asset("BTC")!, quote: Asset("USDT")!,
                priceScale: Scale(2), quantityScale: Scale(8), contract: contract)
            let numbers = try #require(ContractNumbers(instrument))
            let quantity = Int128(random.integer(in: 1...4_000)) * 1_000_000
            let near = random.integer(in: 100...900_000)
            let worth = try numbers.notional(quantity, at: near, Scale(4)) + Int128(random.integer(in: 1...9))
            // q 10^-8 x size 10^-2 x P 10^-4 against N 10^-8; or q size against N P.
            func sides(_ price: Int64) -> (Int128, Int128) {
                isInverse
                    ? (quantity * size * 100, worth * Int128(price))
                    : (quantity * size * Int128(price), worth * 1_000_000)
            }
            func reaches(_ price: Int64) -> Bool { sides(price).0 >= sides(price).1 }
            func staysBelow(_ price: Int64) -> Bool { sides(price).0 <= sides(price).1 }
            let found = try numbers.price(of: quantity, worth: worth, Scale(4), rounding: .up)
            let up = try #require(found)
            let isFirst = isInverse ? staysBelow : reaches
            #expect(isFirst(up) && !isFirst(up - 1), "\(quantity) x \(size) worth \(worth): \(up)")
            guard let down = try numbers.price(of: quantity, worth: worth, Scale(4), rounding: .down)
            else { continue }
            let isLast = isInverse ? reaches : staysBelow
            #expect(isLast(down) && !isLast(down + 1), "\(quantity) x \(size) worth \(worth): \(down)")
        }
    }
}
