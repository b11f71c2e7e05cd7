/// What one fold chose and what became of it.
public struct FoldResult: Sendable {
    /// The split.
    public let fold: Fold
    /// Place of the chosen point among ``WalkForwardResult/points``.
    public let point: Int
    /// The parameters that it chose, one an axis.
    public let parameters: [ParameterSetting]
    /// The deciding figure in training; nil when no point had one, and then the first point was taken.
    public let trainValue: Double?
    /// The deciding figure in the test window.
    public let testValue: Double?
    /// The run over the test window, with its fills and round trips.
    public let result: BacktestResult
    /// Its statistics.
    public let statistics: BacktestStatistics
}

/// The best point over all data, chosen with hindsight: what nobody could have had.
public struct InSampleBest: Sendable {
    /// Place among ``WalkForwardResult/points``.
    public let point: Int
    /// Its parameters, one an axis.
    public let parameters: [ParameterSetting]
    /// Its figures over all data.
    public let figures: PointResult
    /// Whether its Sharpe ratio is more than the luck of having tried all points; nil where not defined.
    public let deflatedSharpe: DeflatedSharpe?
}

/// Scenarios of what was traded out of sample.
public struct WalkForwardScenarios: Sendable {
    /// Other draws and orders of the trades; nil without a closed trade, in several currencies, and of hedged
    /// positions.
    public let trades: TradeMonteCarlo?
    /// The chosen parameters on markets with other volatility, later orders and missing bars; nil where the
    /// data are not bars.
    public let changedPaths: ScenarioOutcomes?
    /// The chosen parameters on markets of reordered blocks of moves; nil where that cannot be made.
    public let resampledPaths: ScenarioOutcomes?
    /// Bars in a block.
    public let block: Int?
}

/// The outcome of a walk-forward. The headline is ``outOfSample``.
public struct WalkForwardResult: Sendable {
    /// What was run.
    public let plan: WalkForwardPlan
    /// The run that was varied.
    public let base: BacktestPlan
    /// The combinations that the strategies took, in the order of the grid.
    public let points: [Int]
    /// Combinations that the strategies refused.
    public let refused: Int
    /// The folds in order of time.
    public let folds: [FoldResult]
    /// The test windows put together: equity chained over them, round trips and fills of all. Its positions,
    /// attribution and ledger are empty.
    public let outOfSample: BacktestResult
    /// Statistics of ``outOfSample``: the headline.
    public let statistics: BacktestStatistics
    /// The probability that the true Sharpe ratio out of sample is above 0; nil where not defined.
    public let probabilisticSharpe: ProbabilisticSharpe?
    /// The best with hindsight; nil when no point has the deciding figure over all data.
    public let inSampleBest: InSampleBest?
    /// The probability that choosing the best is overfitting; nil with too few points or periods.
    public let overfitting: OverfittingProbability?
    /// Mean training score of each point over the folds.
    public let stability: StabilityMap
    /// Monte Carlo; nil unless asked for.
    public let scenarios: WalkForwardScenarios?
    /// What people must know to read the figures.
    public let warnings: [String]

    /// Out of sample over in sample: the mean of the deciding figure in the test windows over its mean in
    /// training. 1 keeps everything, 0 nothing; nil where the training mean is not above 0.
    ///
    /// Source: R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2nd ed. 2008, chapter 11,
    /// walk-forward efficiency, here of the deciding figure.
    public var efficiency: Double? {
        let both = folds.compactMap { fold in fold.trainValue.flatMap { a in fold.testValue.map { (a, $0) } }
        }
        let train = both.reduce(0) { $0 + $1.0 }
        guard train > 0, !plan.sweep.objective.isSmallerBetter else { return nil }
        return finite(both.reduce(0) { $0 + $1.1 } / train)
    }

    /// The values of a point as texts, one an axis.
    public func texts(of point: Int) -> [String] {
        zip(plan.sweep.axes, stability.points[point].coordinates).map { $0.text($1) }
    }
}
