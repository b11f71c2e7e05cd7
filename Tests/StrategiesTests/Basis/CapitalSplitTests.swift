import Strategies
import Testing
import Units

@Suite struct CapitalSplitTests {
    /// 100,000 with a reserve of a tenth and a margin of 0.8: 90,000 / 1.8 = 50,000 buys spot, 40,000 is
    /// margin.
    @Test func spotIsTheWorkingEquityOverOnePlusTheMargin() throws {
        let split = try CapitalSplit(
            equity: 100_000, reserve: Ratio(mantissa: 100_000_000),
            marginTarget: Ratio(mantissa: 800_000_000))
        #expect((split.reserve, split.spot, split.margin) == (10_000, 50_000, 40_000))
    }

    @Test func thePartsAddUpAndTheMarginIsAtLeastTheTarget() throws {
        var random = SplitMix64(seed: 41)
        for _ in 0..<5_000 {
            let equity = Int128(random.integer(in: 0...Int64.max)) * Int128(random.integer(in: 1...1_000_000))
            let reserve = Ratio(mantissa: Int128(random.integer(in: 0...900_000_000)))
            let target = Ratio(mantissa: Int128(random.integer(in: 440_000_000...3_000_000_000)))
            let split = try CapitalSplit(equity: equity, reserve: reserve, marginTarget: target)
            #expect(split.reserve + split.spot + split.margin == equity)
            #expect(split.reserve >= 0 && split.spot >= 0 && split.margin >= 0)
            // margin / spot >= target, and one more unit of spot would break that.
            #expect(try !target.isBelow(split.margin, split.spot))
            #expect(try split.margin == 0 || target.isBelow(split.margin - 1, split.spot + 1))
        }
    }

    @Test func thereIsNothingToDivideInALoss() throws {
        let split = try CapitalSplit(equity: -5, reserve: .zero, marginTarget: .one)
        #expect((split.reserve, split.spot, split.margin) == (0, 0, 0))
    }
}

extension Ratio {
    /// Whether part / whole is below the ratio, by wide multiplication.
    fileprivate func isBelow(_ part: Int128, _ whole: Int128) throws -> Bool {
        let (left, right) = (
            part.multipliedFullWidth(by: 1_000_000_000), whole.multipliedFullWidth(by: mantissa)
        )
        return (left.high, left.low) < (right.high, right.low)
    }
}
