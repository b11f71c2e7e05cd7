internal import StrategyKit
package import Units

/// The mean of the last settled funding rates of some venues, weighted by their shares of the hedge.
///
/// Sum over the venues of weight x mean of the venue's last rates. Only rates that were settled are given to
/// it, each once, so it never knows a rate before it was paid. Compared as integers, without division.
package struct FundingMean: Sendable {
    /// Decimals of rates and of the thresholds they are compared with.
    package static let scale = Scale(18)

    private let weights: [Ratio]
    private let intervals: Int
    private var sums: [MovingSum]
    private var lastTimes: [Instant]

    /// A mean over `intervals` rates of each venue.
    package init(weights: [Ratio], intervals: Int) {
        (self.weights, self.intervals) = (weights, intervals)
        sums = weights.map { _ in MovingSum(length: intervals) }
        lastTimes = weights.map { _ in .distantPast }
    }

    /// Adds a settled rate of a venue; one of a stamp that is not after the last is not counted again.
    ///
    /// - Returns: whether it was counted.
    @discardableResult
    package mutating func append(_ rate: ExactDecimal, of venue: Int, at time: Instant) -> Bool {
        guard time > lastTimes[venue] else { return false }
        let mantissa: Int128
        do throws(ArithmeticOverflow) {
            mantissa = try rate.mantissa(at: FundingMean.scale, rounding: .halfEven)
        } catch {
            return false
        }
        lastTimes[venue] = time
        // Rates beyond 900 % an interval count as that.
        sums[venue].append(Int64(clamping: mantissa))
        return true
    }

    /// Whether every venue has all its rates.
    package var isFull: Bool { sums.allSatisfy(\.isFull) }

    /// Whether the mean is at least a threshold at ``scale``; nil until it is full.
    package func isAtLeast(_ threshold: Int128) -> Bool? {
        guard isFull else { return nil }
        // 10^9 x 1000 x 10^19 at most on each side: far within 128 bits.
        var weighted: Int128 = 0
        for (weight, sum) in zip(weights, sums) { weighted += weight.mantissa * sum.sum }
        return weighted >= threshold * Int128(intervals) * Ratio.one.mantissa
    }
}
