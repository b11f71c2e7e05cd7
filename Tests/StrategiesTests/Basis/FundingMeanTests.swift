import Strategies
import Testing
import Units

@Suite struct FundingMeanTests {
    private static func time(_ number: Int) -> Instant {
        Instant(nanoseconds: Int64(number) * 28_800_000_000_000)
    }

    @Test func nothingIsSaidBeforeEveryVenueHasAllItsRates() {
        var mean = FundingMean(
            weights: [Ratio(mantissa: 600_000_000), Ratio(mantissa: 400_000_000)], intervals: 2)
        let rate = ExactDecimal("0.0001")!
        for number in 1...2 { mean.append(rate, of: 0, at: Self.time(number)) }
        mean.append(rate, of: 1, at: Self.time(1))
        #expect(mean.isAtLeast(0) == nil)
        mean.append(rate, of: 1, at: Self.time(2))
        #expect(mean.isAtLeast(100_000_000_000_000) == true)
        #expect(mean.isAtLeast(100_000_000_000_001) == false)
    }

    @Test func aStampCountsOnce() {
        var mean = FundingMean(weights: [.one], intervals: 2)
        let first = mean.append(ExactDecimal("0.0002")!, of: 0, at: Self.time(1))
        let again = mean.append(ExactDecimal("0.0009")!, of: 0, at: Self.time(1))
        #expect(first && !again && mean.isAtLeast(0) == nil)
        let second = mean.append(ExactDecimal("-0.0004")!, of: 0, at: Self.time(2))
        #expect(second)
        #expect(mean.isAtLeast(-100_000_000_000_000) == true)
        #expect(mean.isAtLeast(-99_999_999_999_999) == false)
    }

    /// Against the mean by its definition, over all rates that were given, in hundred-millionths.
    @Test func itIsTheWeightedMeanOfTheLastRates() {
        var random = SplitMix64(seed: 47)
        for _ in 0..<300 {
            let count = Int(random.integer(in: 1...3))
            let intervals = Int(random.integer(in: 1...9))
            let weights = (0..<count).map { _ in Int128(random.integer(in: 1...9)) }
            var mean = FundingMean(
                weights: weights.map { Ratio(mantissa: $0 * 100_000_000) }, intervals: intervals)
            var rates: [[Int128]] = weights.map { _ in [] }
            for number in 1...(intervals + 5) {
                for venue in 0..<count {
                    let rate = Int128(random.integer(in: -50_000...50_000))
                    rates[venue].append(rate)
                    let value = ExactDecimal(mantissa: rate, scale: Scale(8))
                    mean.append(value, of: venue, at: Self.time(number))
                }
                let threshold = Int128(random.integer(in: -20_000...20_000))
                guard number >= intervals else {
                    #expect(!mean.isFull)
                    continue
                }
                var weighted: Int128 = 0
                for venue in 0..<count {
                    weighted += weights[venue] * rates[venue].suffix(intervals).reduce(0, +)
                }
                // sum of w / 10 x mean >= threshold, multiplied by 10 x intervals.
                let expected = weighted >= threshold * 10 * Int128(intervals)
                #expect(mean.isAtLeast(threshold * 10_000_000_000) == expected)
            }
        }
    }
}
