import Markets
import Research
import Risk
import Simulation
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

/// Figures of inverse contracts that go by 1 / price, and isolated margin over tiers.
@Suite struct InverseContractTests {
    private static let usd = "one:perp:BTCUSD"

    private static func inverse(size: Int = 100, leverage: Int = 20) throws -> InstrumentOverride {
        InstrumentOverride(
            instrument: InstrumentID(usd)!,
            contract: try ContractTerms(
                settlement: .inverse, size: ExactDecimal(size), maximumLeverage: leverage))
    }

    @Test func meanPricesOfRoundTripsAreThoseOfTheirProfit() throws {
        // 1 contract of 100 USD at 100 and 3 at 200 are 1 + 1.5 BTC: 4 contracts at 160, not at 175.
        let script = ContractScript { step, context in
            if step == 0 {
                context.transfer(
                    Amount(units: 500_000_000), of: Asset("BTC")!, from: .wallet, to: Venue("one")!)
            }
            let orders: [Int: (Side, Int64)] = [0: (.buy, 1), 2: (.buy, 3), 4: (.sell, 1), 6: (.sell, 3)]
            guard let (side, count) = orders[step] else { return }
            context.submit(
                OrderRequest(side, Quantity(mantissa: count * 100_000_000), of: InstrumentIndex(0)))
        }
        var run = ContractRun([script.planned(capital: 10)], shareClass: "BTC")
        run.addBars(
            Self.usd, [10_000, 10_000, 20_000, 20_000, 25_000, 25_000, 40_000, 40_000, 40_000])
        run.plan.instruments = [try Self.inverse()]
        let result = try run.run()
        let trip = try #require(result.roundTrips.first)
        #expect(trip.entryPrice == ExactDecimal(160))
        // 0.4 + 0.75 BTC for 4 contracts: 400 / 1.15.
        #expect(trip.exitPrice.description.hasPrefix("347.826087"))
        #expect(trip.profit == ExactDecimal(mantissa: 135, scale: Scale(2)))
        // Profit is contracts x size x (1 / entry - 1 / exit).
        let (entry, exit) = (trip.entryPrice.approximateDouble, trip.exitPrice.approximateDouble)
        #expect(abs(400 * (1 / entry - 1 / exit) - 1.35) < 1e-8)
    }

    /// Limits are in the quote asset: an inverse contract counts as many units of it as it says, at any
    /// price, which is its notional in the base times the price.
    @Test func limitsCountContractsWithTheirSize() throws {
        func refused(_ limits: RiskLimits, _ id: String, _ terms: ContractTerms, _ counts: [Int64]) throws
            -> [Bool]
        {
            let script = ContractScript { step, context in
                guard step == 1 else { return }
                for count in counts {
                    context.submit(
                        OrderRequest(.buy, Quantity(mantissa: count * 100_000_000), of: InstrumentIndex(0)))
                }
            }
            var run = ContractRun([script.planned()])
            run.addBars("one:spot:BTCUSDT", [10_000, 10_000, 10_000, 10_000])
            run.addBars(id, [10_000, 10_000, 10_000, 10_000])
            run.plan.limits = limits
            run.plan.instruments = [
                InstrumentOverride(
                    instrument: InstrumentID(id)!, base: Asset("BTC")!, quote: Asset("USDT")!,
                    contract: terms)
            ]
            _ = try run.run()
            return counts.indices.map { place in
                script.orderUpdates.filter { $0.order.status == .rejected }
                    .contains {
                        $0.order.request.quantity.mantissa == counts[place] * 100_000_000
                            && $0.reason == .riskLimit
                    }
            }
        }
        let order = RiskLimits(maxOrderNotional: ExactDecimal(1_000))
        let inverse = try ContractTerms(settlement: .inverse, size: ExactDecimal(100))
        // 10 contracts of 100 USDT are 1,000 whatever they cost; quantity x price would also have let 10 by,
        // but not 10 of them at twice the price.
        #expect(try refused(order, Self.usd, inverse, [10, 11]) == [false, true])
        let small = try ContractTerms(settlement: .inverse, size: ExactDecimal(1))
        #expect(try refused(order, Self.usd, small, [1_000, 1_001]) == [false, true])
        // Linear contracts of a tenth: 100 of them at 100 are 1,000.
        let tenth = try ContractTerms(size: ExactDecimal(mantissa: 1, scale: Scale(1)))
        #expect(try refused(order, "one:perp:BTCUSDT", tenth, [100, 101]) == [false, true])
        let position = RiskLimits(maxPositionNotional: ExactDecimal(500))
        #expect(try refused(position, Self.usd, inverse, [5, 6]) == [false, true])
    }

    /// A position that grows fill by fill has, at a constant price, the margin of its whole notional.
    @Test func isolatedMarginIsThatOfTheWholePosition() throws {
        func rate(_ mantissa: Int128) -> ExactDecimal { ExactDecimal(mantissa: mantissa, scale: Scale(2)) }
        let floors: [(floor: Int, initial: Int128)] = [(0, 5), (300, 10), (700, 25)]
        let tiers = floors.map {
            MarginTier(floor: ExactDecimal($0.floor), initial: rate($0.initial), maintenance: rate(1))
        }
        var crossings = 0
        for seed in 0..<120 as Range<UInt64> {
            var random = SplitMix64(seed: seed, purpose: "isolated tiers")
            let sign: Int64 = random.integer(in: 0...1) == 0 ? 1 : -1
            let parts = (0..<4).map { _ in random.integer(in: 1...300) }
            let isInverse = random.integer(in: 0...1) == 1
            let script = ContractScript { step, context in
                if step == 0 {
                    context.transfer(
                        Amount(units: 90_000_000_000), of: isInverse ? Asset("BTC")! : Asset("USDT")!,
                        from: .wallet, to: Venue("one")!)
                }
                guard step < parts.count else { return }
                context.submit(
                    OrderRequest(
                        sign > 0 ? .buy : .sell, Quantity(mantissa: parts[step] * 1_000_000),
                        of: InstrumentIndex(0)))
            }
            let id = isInverse ? Self.usd : "one:perp:BTCUSDT"
            var run = ContractRun([script.planned()], shareClass: isInverse ? "BTC" : "USDT")
            run.addBars(id, Array(repeating: 10_000, count: 7))
            run.plan.instruments = [
                InstrumentOverride(
                    instrument: InstrumentID(id)!,
                    contract: try ContractTerms(
                        settlement: isInverse ? .inverse : .linear,
                        size: ExactDecimal(isInverse ? 10_000 : 1), tiers: tiers, liquidationFee: .zero))
            ]
            run.plan.execution.contracts.marginMode = .isolated
            let result = try run.run()
            // Quantities in hundredths at 100: the sum is the notional, in USDT, or at 10,000 / 100 in BTC.
            let notional = parts.reduce(0, +)
            let tier = floors.last { $0.floor <= notional }!
            crossings += tier.floor > 0 ? 1 : 0
            let expected = ExactDecimal(mantissa: Int128(notional) * tier.initial, scale: Scale(2))
            let symbol = isInverse ? "BTCUSD" : "BTCUSDT"
            #expect(
                result.balance("book/one/margin/\(symbol)") == expected.normalized.description,
                "seed \(seed): \(parts)")
            #expect(result.isConserved)
        }
        #expect(crossings > 60)
    }
}
