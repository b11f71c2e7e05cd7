import Markets
import Simulation
import Testing
import Trading
import Units

@Suite struct SlippageTests {
    /// Fills of one order at an open, after a bar of a volume.
    private func fills(
        _ slippage: SlippageModel, _ side: Side, _ size: String, _ type: OrderType = .market,
        open: String = "100", volume: String = "100"
    ) throws -> [String] {
        let market = TestMarket(ExecutionModel(slippage: slippage))
        try market.bar(0, "100 100 100 100", volume: volume)
        try market.submit(side, size, type, at: 60)
        try market.bar(1, "\(open) 150 50 \(open)", volume: "7")
        return market.news()
    }

    @Test func aFixedSlippageGoesAgainstTheTrader() throws {
        let model = SlippageModel.fixed(basisPoints("10"))
        #expect(try fills(model, .buy, "1") == ["60 #1 1 @ 100.1"])
        #expect(try fills(model, .sell, "1") == ["60 #1 1 @ 99.9"])
    }

    @Test func itIsRoundedAgainstTheTrader() throws {
        // A millionth of 33.33 is 0.00003333; prices have six decimals.
        let model = SlippageModel.fixed(basisPoints("0.01"))
        #expect(try fills(model, .buy, "1", open: "33.33") == ["60 #1 1 @ 33.330034"])
        #expect(try fills(model, .sell, "1", open: "33.33") == ["60 #1 1 @ 33.329966"])
    }

    @Test func itNeverGoesBeyondALimit() throws {
        let model = SlippageModel.fixed(basisPoints("10"))
        #expect(try fills(model, .buy, "1", .limit(price("100.05"))) == ["60 #1 1 @ 100.05"])
        #expect(try fills(model, .buy, "1", .limit(price("100.25"))) == ["60 #1 1 @ 100.1"])
        #expect(try fills(model, .sell, "1", .limit(price("99.95"))) == ["60 #1 1 @ 99.95"])
        #expect(
            try fills(model, .buy, "1", .stopLimit(stop: price("99"), limit: price("100.01"))) == [
                "60 #1 1 @ 100.01"
            ])
    }

    @Test func restingOrdersDoNotSlip() throws {
        let model = SlippageModel.fixed(basisPoints("10"))
        #expect(try fills(model, .buy, "1", .limit(price("99"))) == ["120 #1 1 @ 99 maker"])
    }

    @Test func stopsSlipFromTheirStop() throws {
        let model = SlippageModel.fixed(basisPoints("10"))
        #expect(try fills(model, .buy, "1", .stop(price("110"))) == ["120 #1 1 @ 110.11"])
        #expect(try fills(model, .sell, "1", .stop(price("90"))) == ["120 #1 1 @ 89.91"])
    }

    @Test func theSquareRootOfTheShareOfVolumeScalesTheImpact() throws {
        let model = SlippageModel.squareRoot(coefficient: basisPoints("100"))
        // sqrt(25 / 100) = 0.5; half of one percent.
        #expect(try fills(model, .buy, "25") == ["60 #1 25 @ 100.5"])
        #expect(try fills(model, .sell, "4") == ["60 #1 4 @ 99.8"])
        // sqrt(2 / 100) = 0.141421 to six decimals; 0.141421 % of 100.
        #expect(try fills(model, .buy, "2") == ["60 #1 2 @ 100.141421"])
        #expect(try fills(model, .buy, "2", volume: "0") == ["60 #1 2 @ 101"])
    }

    @Test func bucketsGoByNotional() throws {
        let model = SlippageModel.buckets([
            SlippageBucket(size: ExactDecimal(1_000), cost: basisPoints("1")),
            SlippageBucket(size: ExactDecimal(10_000), cost: basisPoints("5")),
        ])
        #expect(try fills(model, .buy, "10") == ["60 #1 10 @ 100.01"])
        #expect(try fills(model, .buy, "10.01") == ["60 #1 10.01 @ 100.05"])
        #expect(try fills(model, .sell, "200") == ["60 #1 200 @ 99.95"])
    }

    @Test func aSlippageThatLeavesNoPriceEndsTheRunWithAnError() throws {
        #expect(throws: ArithmeticOverflow.self) {
            _ = try fills(.fixed(basisPoints("10000")), .sell, "1")
        }
    }
}
