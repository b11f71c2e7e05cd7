public import Units

/// The outcome of a sweep.
public struct SweepResult: Sendable {
    /// What was tried, how, and what was looked for.
    public let sweep: SweepPlan
    /// The run that was varied.
    public let plan: BacktestPlan
    /// The combinations.
    public let space: SweepSpace
    /// Every point that was run, ascending by combination.
    public let points: [SweepPoint]
    /// Combinations that were chosen, but that the strategies do not take.
    public let skipped: Int
    /// Place among ``points`` of the best by the objective, the first of equals; nil when none has it.
    public let best: Int?
    /// Hash of the log of the best point's run: that of a single run; nil without a best.
    public let bestLog: Digest?
    /// The probability that the Sharpe ratio of the best is more than the luck of having tried so many; nil
    /// where it is not defined.
    public let deflatedSharpe: DeflatedSharpe?
    /// Why the first failed point, by combination, failed; nil without one.
    public let failure: (combination: Int, message: String)?
    /// Points that were run now; the others came from a checkpoint.
    public let evaluated: Int
    /// Data and warnings of the best point's run.
    public let data: DataSummary
    /// First moment of trading of the best point's run; nil without a best.
    public let start: Instant?
    /// End of its last step; nil without a best.
    public let end: Instant?

    /// Points whose run failed.
    public var failedCount: Int { points.count { $0.figures == nil } }

    /// Places among ``points`` by the objective, the best first; points without it are left out.
    public func ranking(_ limit: Int = .max) -> [Int] {
        let scored = points.indices.compactMap { index in
            sweep.objective.score(points[index]).map { (index, $0) }
        }
        let sorted = scored.sorted { a, b in a.1 != b.1 ? a.1 > b.1 : a.0 < b.0 }
        return sorted.prefix(limit).map(\.0)
    }

    /// The objective of every point that has it, ascending.
    var objectives: [Double] { points.compactMap { $0.figures?[sweep.objective.ratio] }.sorted() }

    /// The middle one of the points' objectives; nil without any.
    public var medianObjective: Double? {
        let all = objectives
        return all.isEmpty ? nil : (all[(all.count - 1) / 2] + all[all.count / 2]) / 2
    }
}
