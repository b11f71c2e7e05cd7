import Accounting
import Simulation
import Testing
import Units

private typealias Chain = ChainFixture

@Suite("Staking, its queue and its rewards")
struct StakingTests {
    @Test("staking wraps at the protocol's ratio, downward, and refuses less than its minimum")
    func stake() throws {
        let model = try Chain.model()
        var market = Chain.market(model)
        market.stakingRatios[1] = Wad(ExactDecimal("1.17")!)!
        var state = try Chain.state(model, [(Chain.eth, 10 * Chain.ether)])
        let effects = try model.done([.stake(Chain.lido, .exact(Chain.ether))], on: &state, market: market)
        // 1 / 1.17.
        #expect(state.wallet[3] == 854_700_854_700_854_700)
        #expect(effects.map(\.change) == [-Chain.ether, 854_700_854_700_854_700])
        #expect(effects.allSatisfy { $0.kind == .exchanged })
        #expect(
            try model.refused([.stake(Chain.lido, .exact(9_999_999_999_999_999))], on: state, market: market)
                == .belowMinimum(token: "ETH", minimum: 10_000_000_000_000_000))
        market.stakingRatios[1] = .zero
        #expect(
            try model.refused([.stake(Chain.lido, .all)], on: state, market: market)
                == .missingPrice("ratio of wstETH"))
    }

    @Test(
        "unstaking waits in the queue at the ratio of the request: three days at Lido, seven at EtherFi",
        arguments: [(StakingKey(1), TokenKey(3), 3), (StakingKey(0), TokenKey(2), 7)])
    func queue(staking: StakingKey, token: TokenKey, days: Int) throws {
        let model = try Chain.model()
        var market = Chain.market(model)
        market.stakingRatios[staking.index] = Wad(ExactDecimal("1.05")!)!
        var state = try Chain.state(model, [(token, 2 * Chain.ether)])
        _ = try model.done([.unstake(staking, .exact(Chain.ether))], on: &state, market: market)
        #expect(try state.balance(.unstaking(staking)) == 1_050_000_000_000_000_000)
        market.stakingRatios[staking.index] = Wad(ExactDecimal("1.06")!)!
        market.time = Chain.start + days * Timespan.day - Timespan(nanoseconds: 1)
        #expect(try model.refused([.claim(staking)], on: state, market: market) == .nothingDue)
        market.time = Chain.start + days * Timespan.day
        _ = try model.done([.unstake(staking, .all)], on: &state, market: market)
        let effects = try model.done([.claim(staking)], on: &state, market: market)
        #expect(effects.allSatisfy { $0.kind == .moved } && effects.reduce(0) { $0 + $1.change } == 0)
        #expect(state.wallet[1] == 1_050_000_000_000_000_000)
        #expect(try state.balance(.unstaking(staking)) == 1_060_000_000_000_000_000)
        #expect(state.pending.map(\.due) == [market.time + days * Timespan.day])
    }

    @Test("a distribution is credited on the first Monday midnight at or after it was announced")
    func mondays() {
        func credit(_ year: Int, _ month: Int, _ day: Int, plus nanoseconds: Int64 = 0) -> String {
            let day = CivilDate(year: year, month: month, day: day)!.day
            return RewardDistribution(
                staking: Chain.etherFi, token: Chain.eigen, perStaked: .one,
                announced: Instant(day: day) + Timespan(nanoseconds: nanoseconds)
            ).creditTime.description
        }
        // 2024-10-07 was a Monday.
        #expect(credit(2024, 10, 5) == "2024-10-07T00:00:00Z")
        #expect(credit(2024, 10, 6, plus: 1) == "2024-10-07T00:00:00Z")
        #expect(credit(2024, 10, 7) == "2024-10-07T00:00:00Z")
        #expect(credit(2024, 10, 7, plus: 1) == "2024-10-14T00:00:00Z")
        #expect(credit(1969, 12, 31) == "1970-01-05T00:00:00Z")
        #expect(credit(1969, 12, 1) == "1969-12-01T00:00:00Z")
    }

    @Test("rewards are paid on what is staked, in the wallet or supplied, and sold above the dust threshold")
    func rewards() throws {
        let model = try Chain.model(costs: true)
        var market = Chain.market(model)
        market.stakingRatios[0] = Wad(ExactDecimal("1.05")!)!
        var state = try Chain.state(model, [(Chain.weeth, 10 * Chain.ether)])
        _ = try model.done([.supply(Chain.weethReserve, .exact(6 * Chain.ether))], on: &state, market: market)
        let distribution = RewardDistribution(
            staking: Chain.etherFi, token: Chain.eigen, perStaked: Wad(ExactDecimal("0.205")!)!,
            announced: Chain.start)
        let effect = try #require(try state.credit(distribution, model: model, market: market))
        // 10 * 1.05 * 0.205.
        #expect(effect.change == 2_152_500_000_000_000_000 && effect.kind == .caused(.rewards))
        #expect(state.wallet[4] == 2_152_500_000_000_000_000)
        // Worth 6.4575 USD.
        let value: Int128 = 645_750_000
        #expect(try state.salable([Chain.eigen], above: value, model: model, market: market).isEmpty)
        #expect(
            try state.salable([Chain.eigen, Chain.usdt], above: value - 1, model: model, market: market)
                == [Chain.eigen])
        _ = try model.done([.swap(Chain.eigenETH, .sellBase, .all, limit: nil)], on: &state, market: market)
        // 0.0021525 ETH less 10 basis points.
        #expect(state.wallet[1] == 2_150_347_500_000_000 && state.wallet[4] == 0)
        var nothing = ChainState(model: model)
        #expect(try nothing.credit(distribution, model: model, market: market) == nil)
    }
}

@Suite("Swaps on the chain")
struct SwapTests {
    @Test("a swap gives the market's rate less the cost of its size, between the scales of the tokens")
    func costs() throws {
        let model = try Chain.model(costs: true)
        let market = Chain.market(model)
        // ETH sold; USDT got: 3000 each less 5, 7 or 13 basis points.
        let cases: [(Int128, Int128)] = [
            (3, 9_000_000_000 - 4_500_000), (4, 12_000_000_000 - 8_400_000),
            (33, 99_000_000_000 - 69_300_000), (34, 102_000_000_000 - 132_600_000),
            (1_000, 3_000_000_000_000 - 3_900_000_000),
        ]
        for (ether, expected) in cases {
            var state = try Chain.state(model, [(Chain.eth, ether * Chain.ether)])
            let effects = try model.done(
                [.swap(Chain.ethUSDT, .sellBase, .all, limit: nil)], on: &state, market: market)
            #expect(state.wallet[0] == expected && state.wallet[1] == 0)
            #expect(effects.last?.kind == .caused(.slippage))
            #expect(effects.last.map { ether * 3_000_000_000 + $0.change } == expected)
        }
        // 7 USDT / 3000, downward, and 5 basis points of it, upward: the same through either pair.
        var buyer = try Chain.state(model, [(Chain.usdt, 7 * Chain.dollar)])
        _ = try model.done([.swap(Chain.ethUSDT, .buyBase, .all, limit: nil)], on: &buyer, market: market)
        #expect(buyer.wallet[1] == 2_333_333_333_333_333 - 1_166_666_666_667)
        var seller = try Chain.state(model, [(Chain.usdt, 7 * Chain.dollar)])
        _ = try model.done([.swap(Chain.usdtETH, .sellBase, .all, limit: nil)], on: &seller, market: market)
        // The rate is 1 / 3000 at 18 decimals.
        #expect(seller.wallet[1] == 2_333_333_333_333_331)
        var back = try Chain.state(model, [(Chain.eth, Chain.ether)])
        _ = try model.done([.swap(Chain.usdtETH, .buyBase, .all, limit: nil)], on: &back, market: market)
        #expect(back.wallet[0] == 3_000_000_000)
    }

    @Test("a swap below its slippage limit reverts with what was offered and what was asked")
    func slippage() throws {
        let model = try Chain.model(costs: true)
        var market = Chain.market(model)
        let state = try Chain.state(model, [(Chain.weeth, Chain.ether)])
        // The limit of 50 basis points holds 20 of cost and a fall of 30.
        let limit = SlippageLimit(rate: .one)
        market.rates[1] = Wad(ExactDecimal("0.9971")!)!
        let group = AtomicGroup([.swap(Chain.weethETH, .sellBase, .all, limit: limit)])
        #expect(try model.execute(group, on: state, market: market).outcome == .done)
        market.rates[1] = Wad(ExactDecimal("0.9969")!)!
        #expect(
            try model.execute(group, on: state, market: market).outcome
                == .reverted(
                    .slippage(minimum: 995_000_000_000_000_000, offered: 994_906_200_000_000_000),
                    operation: 0))
        market.rates[1] = .zero
        #expect(
            try model.execute(group, on: state, market: market).outcome
                == .reverted(.missingPrice("rate of weETH in ETH"), operation: 0))
    }

    @Test("buckets of cost must ascend and be shares; above the last the last holds")
    func buckets() throws {
        let one = ExecutionCosts.Bucket(upTo: 100, cost: BasisPoints(millionths: 1))
        let two = ExecutionCosts.Bucket(upTo: 200, cost: BasisPoints(millionths: 2))
        let costs = try #require(ExecutionCosts([one, two]))
        #expect([0, 100, 101, 200, 201].map { costs.cost(value: $0).millionths } == [1, 1, 2, 2, 2])
        #expect(ExecutionCosts([two, one]) == nil)
        #expect(ExecutionCosts([.init(upTo: 1, cost: BasisPoints(millionths: -1))]) == nil)
        #expect(ExecutionCosts([])?.cost(value: 5) == .zero)
    }
}
