import Strategies
import Testing
import Units

@Suite struct HedgeAllocationTests {
    private static func shares(_ billionths: [Int128]) -> [Ratio] {
        billionths.map { Ratio(mantissa: $0) }
    }

    @Test func eachVenueGetsItsShareInItsOwnLots() throws {
        // 1.2345 BTC by halves in lots of 0.001 is 0.617 each; what is left, 0.0005, is less than a lot.
        #expect(
            try HedgeAllocation.divide(
                123_450_000, weights: Self.shares([500_000_000, 500_000_000]), lots: [100_000, 100_000])
                == [61_700_000, 61_700_000])
        // The rest of the coarse lot goes to the finest: 0.3 of 10 ETH in lots of 0.1, 0.7 in lots of 0.01.
        #expect(
            try HedgeAllocation.divide(
                1_037, weights: Self.shares([700_000_000, 300_000_000]), lots: [1, 10])
                == [727, 310])
    }

    @Test func theSumIsWithinTheFinestLotOfTheTotal() throws {
        var random = SplitMix64(seed: 43)
        for _ in 0..<5_000 {
            let count = Int(random.integer(in: 1...4))
            var cuts = (1..<count).map { _ in Int128(random.integer(in: 0...1_000_000_000)) }.sorted()
            cuts = [0] + cuts + [1_000_000_000]
            let weights = Self.shares(zip(cuts, cuts.dropFirst()).map { $1 - $0 })
            let lots = weights.map { _ in Int128(random.integer(in: 1...1_000_000)) }
            let total = Int128(random.integer(in: 0...1_000_000_000_000))
            let parts = try HedgeAllocation.divide(total, weights: weights, lots: lots)
            for (part, lot) in zip(parts, lots) { #expect(part >= 0 && part % lot == 0) }
            let rest = total - parts.reduce(0, +)
            #expect(rest >= 0 && rest < lots.min()!)
            // No venue is further from its share than the lots of all together.
            for (part, weight) in zip(parts, weights) {
                let share = total * weight.mantissa / 1_000_000_000
                #expect(abs(part - share) <= lots.reduce(0, +))
            }
        }
    }
}
