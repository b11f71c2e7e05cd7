/// Runs of two pieces of work in turn, so that whatever else the machine does falls on both alike.
struct PairedRuns {
    /// Median seconds of the first.
    let ours: Double
    /// Median seconds of the second.
    let plain: Double
    /// Median over the pairs of the speed of the first as a share of the speed of the second.
    let speedRatio: Double

    /// Measures both `rounds` times, after one round that is not counted.
    ///
    /// - Parameter between: called after each round; its time is not counted.
    init(
        rounds: Int, ours: () throws -> Void, plain: () throws -> Void, between: () throws -> Void = {}
    ) rethrows {
        var (first, second, ratios): ([Double], [Double], [Double]) = ([], [], [])
        for round in 0...rounds {
            let taken = try (Timing.seconds(ours), Timing.seconds(plain))
            try between()
            if round == 0 { continue }
            first.append(taken.0)
            second.append(taken.1)
            ratios.append(taken.1 / taken.0)
        }
        self.ours = Timing.median(first)
        self.plain = Timing.median(second)
        speedRatio = Timing.median(ratios)
    }
}
