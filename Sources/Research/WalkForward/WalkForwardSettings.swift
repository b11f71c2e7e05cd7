public import Units

/// How a walk-forward splits, chooses and shakes: the section `walk-forward` of a run file.
public struct WalkForwardSettings: Hashable, Sendable {
    /// How data are split.
    public var scheme: FoldScheme
    /// How a fold chooses.
    public var choice: FoldChoiceRule
    /// How much data before a window warms up indicators; nil is what the strategies declare to need.
    public var warmUp: Timespan?
    /// Scenarios of trades and of paths; 0 for none.
    public var scenarios: Int
    /// Seed of the scenarios.
    public var seed: UInt64

    /// Settings.
    public init(
        scheme: FoldScheme, choice: FoldChoiceRule = .best, warmUp: Timespan? = nil, scenarios: Int = 0,
        seed: UInt64 = 1
    ) {
        (self.scheme, self.choice, self.warmUp) = (scheme, choice, warmUp)
        (self.scenarios, self.seed) = (scenarios, seed)
    }

    /// The plan of a walk-forward over some data.
    ///
    /// - Parameter sweep: the parameters and the figure that decides; every combination is tried, whatever
    ///   its search and budget say.
    /// - Throws: everything that keeps it from being run, at once.
    public func plan(_ sweep: SweepPlan, on timeline: FoldTimeline) throws(FoldPlanError) -> WalkForwardPlan {
        let grid = SweepPlan(axes: sweep.axes, search: .grid, objective: sweep.objective, seed: sweep.seed)
        var problems: [FoldProblem] = []
        var folds: FoldPlan?
        do {
            folds = try timeline.plan(scheme)
        } catch {
            problems = error.problems
        }
        if let problem = grid.problem {
            problems.append(FoldProblem("grid", problem.message, remedy: "take larger steps in the grid"))
        }
        guard let folds else { throw FoldPlanError(problems) }
        let plan = WalkForwardPlan(
            sweep: grid, folds: folds, choice: choice, warmUp: warmUp, scenarios: scenarios, seed: seed)
        if problems.isEmpty { problems = plan.problems }
        if !problems.isEmpty { throw FoldPlanError(problems) }
        return plan
    }
}
