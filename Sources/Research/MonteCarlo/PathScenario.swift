internal import Units

/// How the scenarios of paths are drawn.
public struct PathScenarioRanges: Hashable, Sendable {
    /// Factor of each bar's move around the mean move.
    public var volatility: ClosedRange<Double>
    /// Bars by which orders reach the market later.
    public var lagBars: ClosedRange<Int>
    /// Probability that a bar is missing.
    public var dropout: Double

    /// Ranges; volatility 0.75 to 1.25, lag 0 to 5 bars and one bar in a hundred missing unless given.
    public init(
        volatility: ClosedRange<Double> = 0.75...1.25, lagBars: ClosedRange<Int> = 0...5,
        dropout: Double = 0.01
    ) {
        (self.volatility, self.lagBars, self.dropout) = (volatility, lagBars, dropout)
    }
}

/// One changed market: the recorded one with other volatility, a slower way to the market and missing bars.
public struct PathScenario: Hashable, Sendable {
    /// Factor of each bar's move around the mean move; 1 changes nothing.
    public let volatility: Double
    /// Bars by which orders reach the market later.
    public let lagBars: Int
    /// Probability that a bar is missing; 0 changes nothing.
    public let dropout: Double
    /// Seed of what is missing.
    public let seed: UInt64

    /// A scenario.
    public init(volatility: Double, lagBars: Int, dropout: Double, seed: UInt64) {
        (self.volatility, self.lagBars, self.dropout) = (volatility, lagBars, dropout)
        self.seed = seed
    }

    /// Scenarios drawn from ranges, independent of how many are drawn: the first stay the same.
    public static func draw(_ count: Int, from ranges: PathScenarioRanges, seed: UInt64) -> [PathScenario] {
        var random = SplitMix64(seed: seed, purpose: "monte carlo paths")
        return (0..<count).map { _ in
            let span = ranges.volatility.upperBound - ranges.volatility.lowerBound
            let volatility = ranges.volatility.lowerBound + random.unitDouble() * span
            let lag = random.integer(in: Int64(ranges.lagBars.lowerBound)...Int64(ranges.lagBars.upperBound))
            return PathScenario(
                volatility: volatility, lagBars: Int(lag), dropout: ranges.dropout, seed: random.next())
        }
    }
}
