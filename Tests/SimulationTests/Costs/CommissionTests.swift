import Markets
import Simulation
import Testing
import Trading
import Units

@Suite struct CommissionTests {
    /// What one market order of a size costs at an open of a price.
    private func fill(_ commission: CommissionModel, _ size: String, _ open: String) throws -> [String] {
        let market = TestMarket(commission: commission)
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, size, at: 60)
        try market.bar(1, "\(open) \(open) \(open) \(open)")
        return market.news()
    }

    @Test func basisPointsAreOfTheNotional() throws {
        // 5 x 101.5 = 507.5; a thousandth of it.
        #expect(
            try fill(CommissionModel(taker: basisPoints("10")), "5", "101.5") == [
                "60 #1 5 @ 101.5 fee 0.5075"
            ])
        #expect(
            try fill(CommissionModel(taker: basisPoints("7.5")), "0.3", "33.33") == [
                "60 #1 0.3 @ 33.33 fee 0.00749925"
            ])
    }

    @Test func feesAreRoundedHalfEvenAtTheLedgerScale() throws {
        let commission = CommissionModel(taker: basisPoints("10"))
        // 0.00000005 x 100 x 0.001 is half a unit of 1e-8; 0.00000015 gives one and a half.
        #expect(try fill(commission, "0.00000005", "100") == ["60 #1 0.00000005 @ 100"])
        #expect(
            try fill(commission, "0.00000015", "100") == ["60 #1 0.00000015 @ 100 fee 0.00000002"])
        #expect(
            try fill(commission, "0.00000025", "100") == ["60 #1 0.00000025 @ 100 fee 0.00000002"])
    }

    @Test func aChargePerUnitAddsToTheShare() throws {
        let commission = CommissionModel(taker: basisPoints("10"), perUnit: ExactDecimal("0.005")!)
        #expect(try fill(commission, "5", "101.5") == ["60 #1 5 @ 101.5 fee 0.5325"])
    }

    @Test func aFillCostsAtLeastTheMinimum() throws {
        let commission = CommissionModel(taker: basisPoints("10"), minimum: ExactDecimal("1.25")!)
        #expect(try fill(commission, "5", "101.5") == ["60 #1 5 @ 101.5 fee 1.25"])
        #expect(try fill(commission, "50", "101.5") == ["60 #1 50 @ 101.5 fee 5.075"])
    }

    @Test func aChargeThatIsNoAmountOfTheQuoteAssetIsAnErrorNeverATrap() throws {
        let huge = ExactDecimal(mantissa: Int128.max / 10, scale: Scale(0))
        let market = TestMarket(commission: CommissionModel(perUnit: huge))
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "1", at: 60)
        #expect(throws: ArithmeticOverflow.self) { try market.bar(1, "100 100 100 100") }
        // 10^9 a unit of an asset of 18 decimals.
        let ether = Instrument(
            id: InstrumentID("test:spot:WBTCETH")!, base: Asset("WBTC")!, quote: Asset("ETH")!,
            priceScale: Scale(2), quantityScale: Scale(0))
        let large = CommissionModel(perUnit: ExactDecimal(1_000_000_000))
        #expect(large.problem(for: ether) == nil)
        #expect(CommissionModel(perUnit: huge).problem(for: ether) == .largePerUnit)
        let fine = CommissionModel(minimum: ExactDecimal("0.000000001")!)
        #expect(fine.problem(for: ether) == nil, "ETH has 18 decimals")
        let tether = Instrument(
            id: InstrumentID("test:spot:BTCUSDT")!, base: Asset("BTC")!, quote: Asset("USDT")!,
            priceScale: Scale(2), quantityScale: Scale(8))
        #expect(fine.problem(for: tether) == .fineMinimum)
        #expect(CommissionModel(minimum: ExactDecimal("0.00000001")!).problem(for: tether) == nil)
        #expect(CommissionModel().problem(for: tether) == nil)
    }

    @Test func makersPayTheirOwnRateOrGetARebate() throws {
        let commission = CommissionModel(taker: basisPoints("10"), maker: basisPoints("-1"))
        let market = TestMarket(commission: commission)
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "5", .limit(price("99")), at: 60)
        try market.submit(.buy, "5", .limit(price("101")), at: 60)
        try market.bar(1, "100 100 98 100")
        #expect(market.news() == ["60 #2 5 @ 100 fee 0.5", "120 #1 5 @ 99 fee -0.0495 maker"])
    }

    @Test func partialFillsAreChargedEach() throws {
        let market = TestMarket(
            ExecutionModel(participation: ExecutionModelParts.tenth),
            commission: CommissionModel(minimum: ExactDecimal(2)))
        try market.bar(0, "100 100 100 100")
        try market.submit(.buy, "3", at: 60)
        try market.bar(1, "100 100 100 100", volume: "20")
        try market.bar(2, "100 100 100 100", volume: "20")
        #expect(market.news() == ["60 #1 2 @ 100 fee 2", "120 #1 1 @ 100 fee 2"])
    }
}
