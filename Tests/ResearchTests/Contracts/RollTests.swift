import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

/// Dated futures that go on in the next one, with figures worked out by hand.
@Suite struct RollTests {
    private static let (old, next) = ("one:future:BTCUSDT_700101", "one:future:BTCUSDT_700102")
    private static let unit: Int128 = 100_000_000

    /// Sends 300 to the venue and trades the first future; what else is done is given.
    private static func script(
        _ side: Side = .buy, _ more: @escaping ContractScript.Action = { _, _ in }
    ) -> ContractScript {
        ContractScript { step, context in
            if step == 0 {
                context.transfer(
                    Amount(units: 300 * unit), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
                context.submit(OrderRequest(side, Quantity(mantissa: 200_000_000), of: InstrumentIndex(0)))
            }
            more(step, &context)
        }
    }

    /// The first future ends at the fifth hour, the second at the ninth; fills cost 10 basis points.
    private static func run(
        _ script: ContractScript,
        roll: ContractRoll? = ContractRoll(into: InstrumentID(next)!, before: .hour),
        nextTerms: ContractTerms? = nil, nextFrom first: Int = 0
    ) throws -> ContractRun {
        var run = ContractRun([script.planned()])
        run.addBars(old, [10_000, 10_000, 10_100, 10_200, 10_300, 10_300, 10_300])
        let closes: [Int64] = [11_000, 11_000, 11_100, 11_300, 11_400, 11_900, 12_000, 12_000]
        run.addBars(next, Array(closes[first...]), from: first)
        run.plan.instruments = [
            InstrumentOverride(
                instrument: InstrumentID(old)!,
                contract: try ContractTerms(expiry: Instant(nanoseconds: .hour(5)), roll: roll)),
            InstrumentOverride(
                instrument: InstrumentID(next)!,
                contract: try nextTerms ?? ContractTerms(expiry: Instant(nanoseconds: .hour(9)))),
        ]
        let fee = BasisPoints(millionths: 10_000_000)
        run.plan.execution.commission = CommissionModel(taker: fee, maker: fee)
        return run
    }

    @Test func thePositionGoesOnInOneStepAtBothPricesWithBothCosts() throws {
        let script = Self.script(.buy) { step, context in
            // An order for the old contract that works when it is rolled.
            guard step == 1 else { return }
            context.submit(
                OrderRequest(
                    .buy, Quantity(mantissa: 100_000_000), of: InstrumentIndex(0),
                    type: .limit(Price(mantissa: 5_000))))
        }
        let result = try Self.run(script).run()
        try #require(result.fills.count == 3)
        // Bought 2 at 100, sold at 102 at the fourth hour; bought 2 at 113 then, marked at 120 at the end.
        // Fees 0.2 + 0.204 + 0.226.
        #expect(result.fills.map(\.cause) == ["market", "roll", "roll"])
        #expect(result.fills[1].time == Instant(nanoseconds: .hour(4)))
        #expect(result.fills[2].time == result.fills[1].time)
        #expect(result.fills[1].price.mantissa == 102_000_000 && result.fills[1].side == .sell)
        #expect(result.fills[2].price.mantissa == 113_000_000 && result.fills[2].side == .buy)
        #expect(result.attributed("fees") == "-0.63" && result.attributed("price") == "18")
        #expect(result.finalEquity == ExactDecimal(mantissa: 101_737, scale: Scale(2)))
        #expect(result.finalPositions.first?.instrument == Self.next)
        #expect(result.isConserved && result.attributionResidual.description == "0")
        #expect(script.updates.contains(.rolled(InstrumentIndex(0), into: InstrumentIndex(1))))
        let ended = script.orderUpdates.filter { $0.order.status == .cancelled }.map(\.reason)
        #expect(ended == [.rolled])
        #expect(result.roundTrips.count == 1)
        #expect(!script.updates.contains(.expired(InstrumentIndex(0))))
    }

    @Test func fromThenOnTheOldContractTakesOnlyWhatReduces() throws {
        let script = Self.script(.buy) { step, context in
            // At the moment of the roll itself, and for the next contract.
            guard step == 3 else { return }
            for index in 0...1 {
                context.submit(
                    OrderRequest(.buy, Quantity(mantissa: 100_000_000), of: InstrumentIndex(index)))
            }
        }
        let result = try Self.run(script).run()
        #expect(result.fills.map(\.cause) == ["market", "roll", "roll", "market"])
        #expect(script.orderUpdates.filter { $0.order.status == .rejected }.map(\.reason) == [.rolled])
        #expect(result.finalPositions.first?.quantity.description == "3")
    }

    @Test func slippageIsPaidOnBothSides() throws {
        var run = try Self.run(Self.script(.sell))
        run.plan.execution.slippage = .fixed(BasisPoints(millionths: 100_000_000))
        let result = try run.run()
        // 1 %: the short of 2 sold at 99, is bought back at 103.02 and sold again at 111.87.
        #expect(result.fills.map(\.price.mantissa) == [99_000_000, 103_020_000, 111_870_000])
        #expect(result.attribution[8] == ExactDecimal(mantissa: -2 * 315, scale: Scale(2)).normalized)
        #expect(result.isConserved && result.attributionResidual.description == "0")
    }

    @Test func withIsolatedMarginTheMarginMovesAlong() throws {
        var run = try Self.run(Self.script())
        run.plan.execution.contracts.marginMode = .isolated
        let result = try run.run()
        // 5 % of 226 back the new contract; nothing is left with the old.
        #expect(result.balance("book/one/margin/BTCUSDT_700101") == "0")
        #expect(result.balance("book/one/margin/BTCUSDT_700102") == "11.3")
        #expect(result.finalEquity == ExactDecimal(mantissa: 101_737, scale: Scale(2)))
        #expect(result.isConserved)
    }

    @Test func whatMarginDoesNotCarryIsSettledAtTheExpiry() throws {
        let script = Self.script(.buy) { step, context in
            guard step == 2 else { return }
            context.transfer(
                Amount(units: 200 * Self.unit), of: Asset("USDT")!, from: Venue("one")!, to: .wallet)
        }
        // About 104 are left for 226 at a leverage of 2.
        let terms = try ContractTerms(expiry: Instant(nanoseconds: .hour(9)), maximumLeverage: 2)
        let result = try Self.run(script, nextTerms: terms).run()
        #expect(result.fills.map(\.cause) == ["market", "expiry"])
        #expect(script.updates.count { $0 == .rollRefused(InstrumentIndex(0)) } == 1)
        for text in ["1 rolls were refused", "1 positions that were to be rolled were settled"] {
            #expect(result.data.warnings.contains { $0.hasPrefix(text) }, "\(result.data.warnings)")
        }
    }

    @Test func aContractWithoutAPriceIsWaitedFor() throws {
        // The next contract's first bar closes at the fifth hour, when the old one expires.
        let late = try Self.run(Self.script(), nextFrom: 4).run()
        #expect(late.fills.map(\.cause) == ["market", "expiry"])
        // Rolled two hours before, there is none at the third hour, and one at the fourth.
        let early = ContractRoll(into: InstrumentID(Self.next)!, before: 2 * Timespan.hour)
        let result = try Self.run(Self.script(), roll: early, nextFrom: 3).run()
        #expect(result.fills.map(\.cause) == ["market", "roll", "roll"])
        #expect(result.fills[1].time == Instant(nanoseconds: .hour(4)))
    }

    @Test func withoutARollItIsSettledInCash() throws {
        let result = try Self.run(Self.script(), roll: nil).run()
        #expect(result.fills.map(\.cause) == ["market", "expiry"])
    }

    @Test func aRollThatDoesNotFitIsRefused() throws {
        func message(_ roll: ContractRoll, _ terms: ContractTerms? = nil) throws -> String {
            let run = try Self.run(Self.script(), roll: roll, nextTerms: terms)
            do {
                _ = try run.run()
                return "none"
            } catch { return "\(error)" }
        }
        let next = InstrumentID(Self.next)!
        let absent = ContractRoll(into: InstrumentID("one:future:ETHUSDT")!, before: .hour)
        #expect(try message(absent).contains("of which the run holds no series"))
        let roll = ContractRoll(into: next, before: .hour)
        let large = try ContractTerms(size: ExactDecimal(10), expiry: Instant(nanoseconds: .hour(9)))
        #expect(try message(roll, large).contains("is of the size 10, not 1"))
        let early = try ContractTerms(expiry: Instant(nanoseconds: .hour(5)))
        #expect(try message(roll, early).contains("does not expire later"))
        let inverse = try ContractTerms(settlement: .inverse, expiry: Instant(nanoseconds: .hour(9)))
        #expect(try message(roll, inverse).contains("settles otherwise"))
        #expect(throws: ContractProblem.self) { try ContractTerms(roll: roll) }
        #expect(throws: ContractProblem.self) {
            try ContractTerms(
                expiry: Instant(nanoseconds: .hour(5)), roll: ContractRoll(into: next, before: .zero))
        }
    }
}
