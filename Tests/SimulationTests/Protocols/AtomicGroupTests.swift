import Accounting
import Simulation
import Testing
import Units

private typealias Chain = ChainFixture

@Suite("Atomic groups")
struct AtomicGroupTests {
    private let legs = LeverageLegs(
        staking: Chain.etherFi, collateral: Chain.weethReserve, debt: Chain.ethReserve, exit: Chain.weethETH)

    @Test("ten ether at 0.8 become 50 of collateral and 40 of debt in one group of five, and ten ether again")
    func leverageIdentity() throws {
        let model = try Chain.model()
        let market = Chain.market(model)
        var state = try Chain.state(model, [(Chain.eth, 10 * Chain.ether)])
        let debt = try #require(
            try LeverageLegs.debt(
                equity: 10 * Chain.ether, loanToValue: BasisPoints(millionths: 8_000_000_000)))
        #expect(debt == 40 * Chain.ether)
        let entry = try legs.entry(equity: 10 * Chain.ether, debt: debt, model: model)
        #expect(entry.operations.count == 5)
        let entered = try model.execute(entry, on: state, market: market)
        #expect(entered.outcome == .done)
        state = entered.state
        #expect(state.wallet.allSatisfy { $0 == 0 })
        #expect(state.lending[2].deposit == 50 * Chain.ether && state.lending[1].debt == 40 * Chain.ether)
        #expect(
            try model.lendingStanding(state, market: market).loanToValue
                == Wad(mantissa: Chain.ether * 8 / 10))
        let exit = legs.exit(
            debt: 40 * Chain.ether, withdrawn: .all, model: model, limit: SlippageLimit(rate: .one))
        let left = try model.execute(exit, on: state, market: market)
        #expect(left.outcome == .done && exit.operations.count == 5)
        #expect(left.state == (try Chain.state(model, [(Chain.eth, 10 * Chain.ether)])))
    }

    @Test("at any ratio, index and target the identity holds within a wei an operation")
    func leverageAnywhere() throws {
        var random = SplitMix64(seed: 621)
        let model = try Chain.model()
        for round in 0..<400 {
            var market = Chain.market(model)
            let ratio = Chain.ether + Int128(random.integer(in: 0...200_000_000_000_000_000))
            market.stakingRatios[0] = Wad(mantissa: ratio)
            market.rates[1] = Wad(mantissa: ratio)
            // Risk in prices of 8 decimals, as the oracle tells them.
            market.oraclePrices[2] = market.oraclePrices[1] * ratio / Chain.ether
            for place in 1...2 {
                market.reserves[place].liquidityIndex = Ray(
                    mantissa: Ray.one.mantissa + Int128(random.integer(in: 0...Int64.max)) * 10_000_000)
                market.reserves[place].borrowIndex = Ray(
                    mantissa: Ray.one.mantissa + Int128(random.integer(in: 0...Int64.max)) * 10_000_000)
            }
            let equity = Int128(random.integer(in: 100_000_000_000_000_000...Int64.max))
            let target = random.integer(in: 1_000...9_200)
            let debt = try #require(
                try LeverageLegs.debt(
                    equity: equity, loanToValue: BasisPoints(millionths: target * 1_000_000)))
            // debt / (equity + debt) is the target.
            #expect((debt * 10_000 - Int128(target) * (equity + debt)).magnitude <= 10_000)
            var state = try Chain.state(model, [(Chain.eth, equity)])
            _ = try model.done([.setEfficiencyMode(true)], on: &state, market: market)
            let entered = try model.execute(
                legs.entry(equity: equity, debt: debt, model: model), on: state, market: market)
            #expect(entered.outcome == .done, "round \(round)")
            state = entered.state
            #expect((state.lending[1].debt - debt).magnitude <= 1)
            let carried = try market.stakingRatios[0].multiplied(
                by: state.lending[2].deposit, rounding: .halfUp)
            #expect((carried - equity - debt).magnitude <= 5, "round \(round): \(carried)")
            let left = try model.execute(
                legs.exit(debt: state.lending[1].debt, withdrawn: .all, model: model, limit: nil), on: state,
                market: market)
            #expect(left.outcome == .done)
            #expect(left.state.lending.allSatisfy { $0 == LendingBalance() })
            #expect((left.state.wallet[1] - equity).magnitude <= 10)
        }
    }

    @Test("a member that fails undoes all before it; the gas is paid once all the same")
    func rollback() throws {
        let model = try Chain.model(gas: .standard)
        var market = Chain.market(model)
        market.gasPrice = 20_000_000_000
        let state = try Chain.state(model, [(Chain.eth, 10 * Chain.ether)])
        let group = AtomicGroup([
            .flashBorrow(Chain.eth, 40 * Chain.ether), .stake(Chain.etherFi, .exact(49 * Chain.ether)),
            .supply(Chain.weethReserve, .produced), .borrow(Chain.ethReserve, 41 * Chain.ether),
            .flashRepay(Chain.eth),
        ])
        let result = try model.execute(group, on: state, market: market)
        guard case .reverted(.overLoanToValue, 3) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        // 1,250,000 units at 20 gwei.
        let gas: Int128 = 25_000_000_000_000_000
        #expect(result.gasUnits == 1_250_000)
        #expect(
            result.effects == [
                ChainEffect(account: .wallet(Chain.eth), change: -gas, kind: .caused(.gas), operation: -1)
            ])
        #expect(result.state == (try Chain.state(model, [(Chain.eth, 10 * Chain.ether - gas)])))
        #expect(result.state.wallet[2] == 0 && result.state.lending[2] == LendingBalance())
    }

    @Test("what a wallet without enough for the gas asks for is not sent, and nothing is paid")
    func noGas() throws {
        let model = try Chain.model(gas: .standard)
        var market = Chain.market(model)
        market.gasPrice = 20_000_000_000
        let gas: Int128 = 150_000 * 20_000_000_000
        let state = try Chain.state(model, [(Chain.eth, gas - 1)])
        let group = AtomicGroup([.stake(Chain.lido, .all)])
        let result = try model.execute(group, on: state, market: market)
        #expect(result.outcome == .notSent(.walletTooSmall(token: "ETH", has: gas - 1, needs: gas)))
        #expect(result.state == state && result.effects.isEmpty && result.gasUnits == 0)
    }

    @Test("gas in a stable coin is its value in ether at the oracle price, upward")
    func gasInUSDT() throws {
        let model = try Chain.model(gas: .standard, gasToken: Chain.usdt)
        var market = Chain.market(model)
        market.gasPrice = 7_123_456_789
        var state = try Chain.state(model, [(Chain.usdt, 1_000 * Chain.dollar)])
        let effects = try model.done(
            [.supply(Chain.usdtReserve, .exact(900 * Chain.dollar))], on: &state, market: market)
        // 250,000 * 7.123456789 gwei * 3000 USD = 5.34259259175 USD.
        #expect(effects.first?.change == -5_342_593)
        #expect(state.wallet[0] == 100 * Chain.dollar - 5_342_593)
    }

    @Test("the table of gas charges a group with a flash loan once, and others by their parts")
    func gasTable() throws {
        let units = GasUnits.standard
        let limit: SlippageLimit? = nil
        let swap = ChainOperation.swap(Chain.weethETH, .sellBase, .all, limit: limit)
        #expect(
            try units.of(AtomicGroup([.supply(Chain.ethReserve, .all), .borrow(Chain.usdtReserve, 1), swap]))
                == 250_000 + 300_000 + 180_000)
        let flash = ChainOperation.flashBorrow(Chain.eth, 1)
        let repay = ChainOperation.flashRepay(Chain.eth)
        #expect(try units.of(AtomicGroup([flash, .borrow(Chain.ethReserve, 1), repay])) == 1_250_000)
        #expect(try units.of(AtomicGroup([flash, swap, repay])) == 850_000)
        #expect(try units.of(AtomicGroup([flash, swap, swap, repay])) == 1_100_000)
        let own = try #require(GasUnits([.stake: 1]))
        #expect(try own.of(AtomicGroup([.stake(Chain.lido, .all), .unstake(Chain.lido, .all)])) == 200_001)
        #expect(GasUnits([.stake: -1]) == nil)
        let model = try Chain.model(gas: .standard)
        let many = AtomicGroup(Array(repeating: .supply(Chain.ethReserve, .exact(1)), count: 21))
        #expect(
            try model.execute(many, on: ChainState(model: model), market: Chain.market(model)).outcome
                == .notSent(.overGasLimit(units: 5_250_000)))
    }

    @Test("a flash loan must be paid back in its group, with its fee; one that was not taken cannot be")
    func flashLoans() throws {
        let model = try Chain.model(flashFee: BasisPoints(millionths: 5_000_000))
        let market = Chain.market(model)
        var state = try Chain.state(model, [(Chain.eth, 10 * Chain.ether)])
        #expect(
            try model.refused([.flashBorrow(Chain.eth, 5)], on: state, market: market)
                == .flashLoan(token: "ETH", owed: 5))
        #expect(
            try model.refused([.flashRepay(Chain.eth)], on: state, market: market)
                == .flashLoan(token: "ETH", owed: 0))
        #expect(
            try model.refused(
                [.flashBorrow(Chain.usdt, 1_000 * Chain.dollar), .flashRepay(Chain.usdt)], on: state,
                market: market)
                == .walletTooSmall(token: "USDT", has: 1_000 * Chain.dollar, needs: 1_000_500_000))
        let effects = try model.done(
            [.flashBorrow(Chain.eth, Chain.ether), .flashRepay(Chain.eth)], on: &state, market: market)
        #expect(effects.filter { $0.kind == .caused(.fees) }.map(\.change) == [-500_000_000_000_000])
        #expect(state.wallet[1] == 10 * Chain.ether - 500_000_000_000_000)
    }

    @Test("after its deadline a group reverts; what names nothing, or nothing at all, is not sent")
    func deadlineAndNames() throws {
        let model = try Chain.model()
        var market = Chain.market(model)
        let state = try Chain.state(model, [(Chain.eth, Chain.ether)])
        let deadline = market.time + AtomicGroup.usualDeadline
        let group = AtomicGroup([.stake(Chain.lido, .all)], deadline: deadline)
        market.time = deadline
        #expect(try model.execute(group, on: state, market: market).outcome == .done)
        market.time = deadline + Timespan(nanoseconds: 1)
        #expect(
            try model.execute(group, on: state, market: market).outcome
                == .reverted(.tooLate(deadline: deadline), operation: nil))
        for operation: ChainOperation in [
            .supply(ReserveKey(9), .all), .stake(StakingKey(-1), .all), .flashBorrow(TokenKey(5), 1),
            .swap(PairKey(4), .buyBase, .all, limit: nil),
        ] {
            let result = try model.execute(AtomicGroup([operation]), on: state, market: market)
            guard case .notSent(.unknown) = result.outcome else {
                Issue.record("\(operation): \(result.outcome)")
                continue
            }
        }
        #expect(
            try model.execute(AtomicGroup([]), on: state, market: market).outcome
                == .notSent(.emptyGroup))
    }

    @Test("a model whose parts disagree is refused with all that is wrong")
    func badModel() throws {
        let usdt = try Chain.model().tokens[0]
        let error = #expect(throws: ChainModelError.self) {
            try ChainModel(
                tokens: [usdt], native: TokenKey(1), gasToken: TokenKey(0),
                reserves: [
                    LendingReserve(
                        token: TokenKey(0), terms: CollateralTerms(wholeBasisPoints: 9_000, 8_000, bonus: 0)),
                    LendingReserve(token: TokenKey(0), caps: LendingCaps(supply: -1)),
                    LendingReserve(token: TokenKey(7)),
                ], staking: [.lido(token: TokenKey(3))],
                pairs: [SwapPair(base: TokenKey(0), quote: TokenKey(0), costs: .none)])
        }
        #expect(error?.problems.count == 7, "\(error?.description ?? "")")
    }
}
