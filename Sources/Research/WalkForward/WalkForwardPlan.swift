public import Units

/// How a fold takes its parameters from the scores of training.
public enum FoldChoiceRule: String, Hashable, Sendable, CaseIterable {
    /// The point with the best score.
    case best
    /// The point whose score, averaged with those of its neighbours in the grid, is the best: a place on a
    /// plateau rather than a peak.
    case plateau
}

/// What a walk-forward tries, on which folds, and how it chooses.
public struct WalkForwardPlan: Hashable, Sendable {
    /// The parameters that vary and the figure that decides. Every combination of the grid is tried.
    public var sweep: SweepPlan
    /// The splits.
    public var folds: FoldPlan
    /// How a fold chooses.
    public var choice: FoldChoiceRule
    /// How much data before a window warms up indicators; nil is what the strategies declare to need, and
    /// all there are where one declares nothing.
    public var warmUp: Timespan?
    /// Scenarios of trades and of paths; 0 for none.
    public var scenarios: Int
    /// What scenarios of paths are drawn from.
    public var paths: PathScenarioRanges
    /// Seed of the scenarios.
    public var seed: UInt64

    /// A plan.
    public init(
        sweep: SweepPlan, folds: FoldPlan, choice: FoldChoiceRule = .best, warmUp: Timespan? = nil,
        scenarios: Int = 0, paths: PathScenarioRanges = PathScenarioRanges(), seed: UInt64 = 1
    ) {
        (self.sweep, self.folds, self.choice, self.warmUp) = (sweep, folds, choice, warmUp)
        (self.scenarios, self.paths, self.seed) = (scenarios, paths, seed)
    }

    /// The most runs of one walk-forward.
    public static let maximumRuns = 10_000_000
    /// The most scenarios.
    public static let maximumScenarios = 100_000

    /// Everything that keeps it from being run, beyond what its folds and its grid say themselves.
    public var problems: [FoldProblem] {
        var problems: [FoldProblem] = []
        if let warmUp, warmUp < .zero {
            problems.append(FoldProblem("warm-up", "\(warmUp) is negative", remedy: "give 0s or more"))
        }
        if scenarios < 0 || scenarios > WalkForwardPlan.maximumScenarios {
            problems.append(
                FoldProblem(
                    "monte-carlo",
                    "\(scenarios) scenarios are not 0 to \(WalkForwardPlan.maximumScenarios)",
                    remedy: "give fewer"))
        }
        let parts = folds.folds.reduce(0) { $0 + $1.train.count }
        let (runs, overflow) = parts.multipliedReportingOverflow(by: sweep.combinations ?? Int.max)
        if overflow || runs > WalkForwardPlan.maximumRuns {
            problems.append(
                FoldProblem(
                    "grid",
                    "\(NumberText.count(folds.folds.count)) folds of "
                        + "\(sweep.combinations.map(NumberText.count) ?? "countless") points are more than "
                        + "\(NumberText.count(WalkForwardPlan.maximumRuns)) runs",
                    remedy: "take larger steps in the grid, or a longer step between folds"))
        }
        return problems
    }
}
