import Accounting
import Simulation
import Testing
import Units

private typealias Chain = ChainFixture

@Suite("The lending pool")
struct LendingTests {
    private let first = Ray(ExactDecimal("1.0180859234631308")!)!
    private let second = Ray(ExactDecimal("1.018135128626352")!)!

    @Test(
        "a deposit grows from index to index, half up, to the unit",
        arguments: [
            (TokenKey(1), Int128(50_000_000_000_000_000_000), Int128(50_002_416_552_576_123_597)),
            (TokenKey(1), 123_456_789_012_345_678_901, 123_462_755_808_776_233_528),
            (TokenKey(0), 100_000_000_000, 100_004_833_105), (TokenKey(0), 1_000_001, 1_000_049),
        ])
    func pureLending(token: TokenKey, amount: Int128, expected: Int128) throws {
        let model = try Chain.model()
        var market = Chain.market(model)
        let reserve = try #require(model.reserve(of: token))
        market.reserves[reserve.index].liquidityIndex = first
        var state = try Chain.state(model, [(token, amount)])
        _ = try model.done([.supply(reserve, .all)], on: &state, market: market)
        #expect(state.wallet[token.index] == 0)
        let before = state.lending[reserve.index].deposit
        market.reserves[reserve.index].liquidityIndex = second
        let effects = try model.settle(&state, market: market)
        #expect(state.lending[reserve.index].deposit == expected)
        #expect(
            effects == [
                ChainEffect(
                    account: .deposit(reserve), change: expected - before, kind: .caused(.supplyInterest),
                    operation: -1)
            ])
        _ = try model.done([.withdraw(reserve, .all)], on: &state, market: market)
        #expect(state.wallet[token.index] == expected)
        #expect(state.lending[reserve.index].scaledDeposit == 0 && state.lending[reserve.index].deposit == 0)
    }

    @Test("since version 3.5 the pool rounds in its favour: a deposit is never worth more, a debt never less")
    func roundingTowardPool() throws {
        var random = SplitMix64(seed: 611)
        for rounding in [LendingRounding.towardPool, .halfUp] {
            let model = try Chain.model(rounding: rounding)
            var market = Chain.market(model)
            var (smaller, larger) = (0, 0)
            for _ in 0..<200 {
                market.reserves[1].liquidityIndex = Ray(
                    mantissa: Ray.one.mantissa + Int128(random.integer(in: 1...1_000_000_000_000_000_000)))
                market.reserves[1].borrowIndex = Ray(
                    mantissa: Ray.one.mantissa + Int128(random.integer(in: 1...1_000_000_000_000_000_000)))
                let amount = Int128(random.integer(in: 1_000...1_000_000_000_000_000_000))
                var state = try Chain.state(model, [(Chain.eth, 4 * amount)])
                _ = try model.done(
                    [.supply(Chain.ethReserve, .exact(4 * amount))], on: &state, market: market)
                let deposit = state.lending[1].deposit - 4 * amount
                _ = try model.done([.borrow(Chain.ethReserve, amount)], on: &state, market: market)
                let debt = state.lending[1].debt - amount
                smaller += deposit == -1 ? 1 : 0
                larger += debt == 1 ? 1 : 0
                #expect(deposit.magnitude <= 1 && debt.magnitude <= 1)
                if rounding == .towardPool { #expect(deposit <= 0 && debt >= 0) }
            }
            // Indices hardly ever divide an amount, so that nearly every balance shows the direction.
            if rounding == .towardPool { #expect(smaller > 150 && larger > 150, "\(smaller) \(larger)") }
        }
    }

    @Test("a debt grows by the borrow index and is repaid to nothing; more than is owed is what is owed")
    func debt() throws {
        let model = try Chain.model()
        var market = Chain.market(model)
        var state = try Chain.state(
            model, [(Chain.eth, 10 * Chain.ether), (Chain.usdt, 5_000 * Chain.dollar)])
        _ = try model.done([.supply(Chain.ethReserve, .all)], on: &state, market: market)
        _ = try model.done([.borrow(Chain.usdtReserve, 10_000 * Chain.dollar)], on: &state, market: market)
        market.reserves[0].borrowIndex = Ray(ExactDecimal("1.1")!)!
        let effects = try model.settle(&state, market: market)
        #expect(effects.map(\.change) == [1_000 * Chain.dollar])
        #expect(effects.map(\.kind) == [.caused(.borrowInterest)])
        _ = try model.done(
            [.repay(Chain.usdtReserve, .exact(99_999 * Chain.dollar))], on: &state, market: market)
        #expect(state.lending[0].debt == 0 && state.lending[0].scaledDebt == 0)
        #expect(state.wallet[0] == 4_000 * Chain.dollar)
        #expect(
            try model.refused([.repay(Chain.usdtReserve, .all)], on: state, market: market)
                == .noDebt(token: "USDT"))
    }

    @Test("the standing is the protocol's: values, loan to value, health factor, what can be borrowed")
    func standing() throws {
        let model = try Chain.model()
        let market = Chain.market(model)
        var state = try Chain.state(
            model, [(Chain.eth, 10 * Chain.ether), (Chain.usdt, 3_000 * Chain.dollar)])
        _ = try model.done([.supply(Chain.ethReserve, .all)], on: &state, market: market)
        #expect(try model.lendingStanding(state, market: market).healthFactor == nil)
        _ = try model.done([.borrow(Chain.usdtReserve, 24_000 * Chain.dollar)], on: &state, market: market)
        let standing = try model.lendingStanding(state, market: market)
        #expect(standing.collateral == 3_000_000_000_000 && standing.debt == 2_400_000_000_000)
        #expect(standing.healthFactor == Wad(mantissa: 1_062_500_000_000_000_000))
        #expect(try standing.loanToValue == Wad(mantissa: 800_000_000_000_000_000))
        #expect(try standing.availableBorrows == 0)
        // One unit of USDT, a hundred units of value, is too much.
        #expect(
            try model.refused([.borrow(Chain.usdtReserve, 1)], on: state, market: market)
                == .overLoanToValue(
                    collateral: 3_000_000_000_000, debt: 2_400_000_000_100,
                    maximum: CollateralTerms.standard.loanToValue))
    }

    @Test(
        "the efficiency mode lends 0.93 on ether's tokens, to its members alone, and cannot be left unhealthy"
    )
    func efficiencyMode() throws {
        let model = try Chain.model()
        let market = Chain.market(model)
        var state = try Chain.state(model, [(Chain.weeth, 100 * Chain.ether)])
        _ = try model.done(
            [.setEfficiencyMode(true), .supply(Chain.weethReserve, .all)], on: &state, market: market)
        #expect(
            try model.refused([.borrow(Chain.usdtReserve, 1)], on: state, market: market)
                == .outsideEfficiencyMode(token: "USDT"))
        #expect(
            try model.refused([.borrow(Chain.ethReserve, 94 * Chain.ether)], on: state, market: market)
                == .overLoanToValue(
                    collateral: 30_000_000_000_000, debt: 28_200_000_000_000,
                    maximum: BasisPoints(millionths: 9_300_000_000)))
        _ = try model.done([.borrow(Chain.ethReserve, 93 * Chain.ether)], on: &state, market: market)
        let standing = try model.lendingStanding(state, market: market)
        // 100 * 0.95 / 93.
        #expect(standing.healthFactor == Wad(mantissa: 1_021_505_376_344_086_021))
        #expect(
            try model.refused([.setEfficiencyMode(false)], on: state, market: market)
                == .unhealthy(healthFactor: Wad(mantissa: 913_978_494_623_655_913)))
        #expect(
            try model.refused(
                [.withdraw(Chain.weethReserve, .exact(3 * Chain.ether))], on: state, market: market)
                == .unhealthy(healthFactor: Wad(mantissa: 990_860_215_053_763_440)))
        _ = try model.done(
            [.withdraw(Chain.weethReserve, .exact(2 * Chain.ether))], on: &state, market: market)
    }

    @Test("caps, liquidity, what is not lent, and nothing at all are refused with their reasons")
    func refusals() throws {
        let caps = LendingCaps(supply: 1_000 * Chain.dollar, borrow: 500 * Chain.dollar)
        let model = try Chain.model(caps: caps)
        var market = Chain.market(model)
        market.reserves[0].totalSupplied = 900 * Chain.dollar
        market.reserves[0].totalBorrowed = 490 * Chain.dollar
        var state = try Chain.state(model, [(Chain.usdt, 5_000 * Chain.dollar), (Chain.eth, Chain.ether)])
        let usdt = Chain.usdtReserve
        #expect(
            try model.refused([.supply(usdt, .exact(101 * Chain.dollar))], on: state, market: market)
                == .overSupplyCap(token: "USDT", cap: 1_000 * Chain.dollar))
        _ = try model.done(
            [.supply(usdt, .exact(100 * Chain.dollar)), .supply(Chain.ethReserve, .all)], on: &state,
            market: market)
        #expect(
            try model.refused([.supply(usdt, .exact(1))], on: state, market: market)
                == .overSupplyCap(token: "USDT", cap: 1_000 * Chain.dollar))
        #expect(
            try model.refused([.borrow(usdt, 11 * Chain.dollar)], on: state, market: market)
                == .overBorrowCap(token: "USDT", cap: 500 * Chain.dollar))
        market.reserves[0].totalBorrowed = 950 * Chain.dollar
        #expect(
            try model.refused([.withdraw(usdt, .all)], on: state, market: market)
                == .noLiquidity(token: "USDT", available: 50 * Chain.dollar, needs: 100 * Chain.dollar))
        #expect(
            try model.refused([.borrow(Chain.weethReserve, 1)], on: state, market: market)
                == .notBorrowable(token: "weETH"))
        #expect(
            try model.refused([.supply(usdt, .exact(0))], on: state, market: market) == .zeroAmount("USDT"))
        #expect(
            try model.refused([.withdraw(usdt, .exact(101 * Chain.dollar))], on: state, market: market)
                == .depositTooSmall(token: "USDT", has: 100 * Chain.dollar, needs: 101 * Chain.dollar))
        #expect(
            try model.refused([.supply(usdt, .exact(4_901 * Chain.dollar))], on: state, market: market)
                == .walletTooSmall(token: "USDT", has: 4_900 * Chain.dollar, needs: 4_901 * Chain.dollar))
        market.oraclePrices[1] = 0
        #expect(
            try model.refused([.borrow(Chain.wstethReserve, 1)], on: state, market: market)
                == .missingPrice("oracle price of ETH"))
    }

    @Test("rates follow two slopes, and our own size moves them")
    func rates() throws {
        let idle = try TwoSlopeRates.weeth.rates(supplied: 0, borrowed: 0)
        #expect(idle.borrow.decimal.description == "0.01" && idle.supply == .zero)
        let kink = try TwoSlopeRates.eth.rates(supplied: 1_000, borrowed: 800)
        #expect(kink.utilization.decimal.description == "0.8")
        #expect(kink.borrow.decimal.description == "0.0225")
        // 0.0225 * 0.8 * 0.85.
        #expect(kink.supply.decimal.description == "0.0153")
        let above = try TwoSlopeRates.eth.rates(supplied: 1_000, borrowed: 900)
        // 0.0225 + 0.0275 / 2.
        #expect(above.borrow.decimal.description == "0.03625")
        let full = try TwoSlopeRates.eth.rates(supplied: 1_000, borrowed: 2_000)
        #expect(full.borrow.decimal.description == "0.05")
        let impact = try TwoSlopeRates.eth.impact(supplied: 1_000, borrowed: 800, ownDeposit: 0, ownDebt: 100)
        #expect(impact.borrow.decimal.description == "0.01375")
        let deposit = try TwoSlopeRates.eth.impact(
            supplied: 1_000, borrowed: 800, ownDeposit: 1_000, ownDebt: 0)
        #expect(deposit.borrow.decimal.description == "-0.01125" && deposit.supply < .zero)
        #expect(try TwoSlopeRates.interest(on: 1_000_000, rate: impact.borrow, seconds: 31_536_000) == 13_750)
    }
}
