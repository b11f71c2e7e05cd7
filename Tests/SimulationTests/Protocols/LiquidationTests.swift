import Accounting
import Simulation
import Testing
import Units

private typealias Chain = ChainFixture

/// Expected numbers were computed apart, with integers of any size, from the text of the contract.
@Suite("Liquidation of the lending position")
struct PoolLiquidationTests {
    /// Ether as collateral at 3000 USD and USDT owed, then ether at another price.
    private func position(
        _ model: ChainModel, ether: Int128 = 10 * ChainFixture.ether, owed: Int128 = 24_000, price: Int128
    ) throws -> (ChainState, ChainMarket) {
        var market = Chain.market(model)
        var state = try Chain.state(model, [(Chain.eth, ether)])
        _ = try model.done(
            [.supply(Chain.ethReserve, .all), .borrow(Chain.usdtReserve, owed * Chain.dollar)], on: &state,
            market: market)
        market.oraclePrices[1] = price * 100_000_000
        return (state, market)
    }

    @Test("a healthy position is left alone, also at a health factor of exactly 1")
    func healthy() throws {
        let model = try Chain.model()
        var (state, market) = try position(model, owed: 17_000, price: 2_000)
        let before = state
        #expect(try model.lendingStanding(state, market: market).healthFactor == .one)
        #expect(try model.liquidate(&state, market: market) == nil)
        #expect(state == before)
        market.oraclePrices[1] -= 1
        #expect(try model.liquidate(&state, market: market) != nil)
    }

    @Test(
        "half of the debt is repaid above a health factor of 0.95, all of it below, at most the collateral",
        arguments: [
            // Price; repaid, seized, protocol fee, penalty, health factor.
            (
                Int128(2_800), Int128(12_000_000_000), Int128(4_500_000_000_000_000_000),
                Int128(21_428_571_428_571_429), Int128(214_285_714_285_714_286),
                Int128(991_666_666_666_666_666)
            ),
            (
                2_600, 24_000_000_000, 9_692_307_692_307_692_307, 46_153_846_153_846_154,
                461_538_461_538_461_538, 920_833_333_333_333_333
            ),
            (
                2_400, 22_857_142_857, 10_000_000_000_000_000_000, 47_619_047_619_047_619,
                476_190_476_250_000_000, 850_000_000_000_000_000
            ),
        ])
    func closeFactor(
        price: Int128, repaid: Int128, seized: Int128, fee: Int128, penalty: Int128, health: Int128
    ) throws {
        let model = try Chain.model()
        var (state, market) = try position(model, price: price)
        let before = state
        let liquidation = try #require(try model.liquidate(&state, market: market))
        #expect(liquidation.repaid == repaid)
        #expect(liquidation.seized == seized)
        #expect(liquidation.protocolFee == fee)
        #expect(liquidation.penalty == penalty)
        #expect(liquidation.healthFactor.mantissa == health)
        #expect(state.lending[1].deposit == before.lending[1].deposit - seized)
        if seized == before.lending[1].deposit {
            // Nothing is left to secure the rest: the pool bears it.
            #expect(state.lending[0].debt == 0)
        } else {
            #expect(state.lending[0].debt == before.lending[0].debt - repaid)
        }
        let taken = liquidation.effects.filter { $0.account == .deposit(Chain.ethReserve) }
        #expect(taken.reduce(0) { $0 + $1.change } == -seized)
        #expect(taken.filter { $0.kind == .caused(.liquidation) }.map(\.change) == [-penalty])
    }

    @Test("below 2000 USD all may be repaid at once, before version 3.3 only half")
    func smallPositions() throws {
        for (rule, repaid) in [
            (CloseFactorRule.byHealthAndSize, Int128(1_440_000_000)), (.byHealth, 720_000_000),
        ] {
            let model = try Chain.model(closeFactor: rule)
            var (state, market) = try position(
                model, ether: 600_000_000_000_000_000, owed: 1_440, price: 2_800)
            #expect(try model.liquidate(&state, market: market)?.repaid == repaid)
        }
    }

    @Test("since version 3.3 a liquidation leaves nothing, or at least 1000 USD of both")
    func dust() throws {
        let model = try Chain.model()
        for ether in stride(from: 70, through: 120, by: 3) {
            let collateral = Int128(ether) * Chain.ether / 100
            let owed = collateral * 24 / 10 * 1_000 / Chain.ether
            var (state, market) = try position(model, ether: collateral, owed: owed, price: 2_810)
            let before = state
            guard let liquidation = try model.liquidate(&state, market: market) else {
                #expect(state == before)
                continue
            }
            let leftDebt = state.lending[0].debt * 100
            let leftCollateral = state.lending[1].deposit * 2_810 * 100_000_000 / Chain.ether
            #expect(
                leftDebt == 0 || leftCollateral == 0
                    || (leftDebt >= 100_000_000_000 && leftCollateral >= 100_000_000_000),
                "\(collateral): \(liquidation)")
        }
    }

    @Test("in the efficiency mode the bonus is 1 percent")
    func efficiencyBonus() throws {
        let model = try Chain.model()
        var market = Chain.market(model)
        var state = try Chain.state(model, [(Chain.weeth, 100 * Chain.ether)])
        _ = try model.done(
            [
                .setEfficiencyMode(true), .supply(Chain.weethReserve, .all),
                .borrow(Chain.ethReserve, 93 * Chain.ether),
            ], on: &state, market: market)
        market.oraclePrices[2] = 2_850 * 100_000_000
        let liquidation = try #require(try model.liquidate(&state, market: market))
        // Half of 93 ETH, its worth in weETH at 3000 / 2850, and 1 percent.
        #expect(liquidation.repaid == 46_500_000_000_000_000_000)
        #expect(liquidation.seized == 49_436_842_105_263_157_894)
    }
}
