public import Events
internal import Research

extension JSONSchema {
    /// The schema of the object that `walk-forward --json` prints and `summary.json` of its folder holds.
    public static var walkForward: JSONText {
        document("Tradewind walk-forward", object(walkForwardKeys))
    }

    private static let walkForwardKeys: [PrintedKey] = [
        ("run_id", text, "Identifier of this execution."),
        ("kind", oneOf(["walk-forward"]), "What it is."),
        ("name", text, "Name of the run."),
        ("strategy", textOrNull, "Registered name of the strategy, of the first if there are several."),
        ("share_class", text, "Asset in which equity and profit are counted."),
        ("scheme", object(schemeKeys), "How the data were split."),
        ("objective", oneOf(SweepObjective.allCases.map(\.rawValue)), "What the best is best in."),
        ("choice", oneOf(FoldChoiceRule.allCases.map(\.rawValue)), "How a fold chose."),
        ("warm_up", textOrNull, "Data before a window that warmed up; null as the strategy declares."),
        ("seed", count, "Seed of the scenarios."),
        ("parameters", axes, "What was varied."),
        ("points", count, "Combinations that were tried in each fold."),
        ("refused", count, "Combinations that the strategy does not take."),
        ("out_of_sample", object(headlineKeys), "The test windows put together: the headline."),
        ("efficiency", statistic, "The objective out of sample over that in sample."),
        ("in_sample_best", orNull(object(hindsightKeys)), "The best point over all data, by hindsight."),
        ("overfitting", orNull(object(overfittingKeys)), "Probability that choosing the best overfits."),
        ("folds", list(object(foldKeys)), "The folds in order of time."),
        ("stability", object(stabilityKeys), "Shapes of the mean training score over the grid."),
        ("monte_carlo", orNull(object(scenarioKeys)), "Scenarios; null unless they were asked for."),
        ("warnings", list([type("string")]), "What must be known to read the figures."),
        ("elapsed_seconds", [type("number"), atLeastZero], "Seconds of the process."),
    ]

    private static let schemeKeys: [PrintedKey] = [
        ("kind", oneOf(["walk-forward", "anchored-walk-forward", "purged-k-fold"]), "Its name."),
        ("train", textOrNull, "Length of a training window."),
        ("test", textOrNull, "Length of a test window."),
        ("step", textOrNull, "From one fold to the next."),
        ("anchored", flag, "Whether training begins with the data."),
        ("purge", text, "Left out as outcomes take so long."),
        ("embargo", text, "Left out besides."),
        ("folds", count, "Number of folds."),
        ("untested", orNull(window), "Data behind the last test window."),
    ]

    private static let headlineKeys: [PrintedKey] = [
        ("start", time, "Start of the first test window."), ("end", time, "End of the last."),
        ("steps", count, "Distinct times at which data became visible."),
        ("periods", count, "Returns that the statistics are taken from."),
        ("initial_equity", money, "Equity before the first window."),
        ("final_equity", money, "Equity after the last, each window going on in proportion."),
        ("total_return", statistic, "Change of equity as a fraction."),
        ("annualized_return", statistic, "The same for a year."),
        ("volatility", statistic, "Sample standard deviation of returns, for a year."),
        ("sharpe", statistic, "Mean return over volatility, for a year."),
        ("sortino", statistic, "Mean return over downside deviation, for a year."),
        ("calmar", statistic, "Annualised return over max drawdown."),
        ("max_drawdown", statistic, "Deepest fall from a peak of equity."),
        ("exposure", share, "Share of steps with something else than the share class in hand."),
        ("hit_rate", share, "Share of round trips with a profit."),
        ("trades", count, "Closed round trips."), ("fills", count, "Fills."),
        ("fees", money, "Fees paid, in the share class, positive."),
        ("probabilistic_sharpe", share, "Probability that the true Sharpe ratio is above 0."),
    ]

    private static let hindsightKeys: [PrintedKey] = [
        ("note", text, "That nobody could have had it."), ("parameters", any, "Its parameters."),
        ("total_return", statistic, ""), ("annualized_return", statistic, ""), ("sharpe", statistic, ""),
        ("max_drawdown", statistic, ""), ("trades", count, "Closed round trips."),
        ("deflated_sharpe", share, "Probability that it is more than the luck of so many trials."),
        ("deflated_sharpe_trials", count, "So many."),
    ]

    private static let overfittingKeys: [PrintedKey] = [
        ("probability", share, "How often the best of one half is in the worse half of the other."),
        ("loss_probability", share, "How often it loses there."),
        ("combinations", count, "Ways to halve the data."), ("blocks", count, "Blocks of them."),
        ("trials", count, "Points compared."),
    ]

    private static let foldKeys: [PrintedKey] = [
        ("number", count, "From 1, in order of time."), ("train", list(window), "Training windows."),
        ("test", window, "Test window."), ("parameters", any, "What was chosen."),
        ("in_sample_objective", statistic, "What the choice promised."),
        ("out_of_sample_objective", statistic, "What it kept."), ("total_return", statistic, ""),
        ("max_drawdown", statistic, ""), ("trades", count, ""), ("fills", count, ""),
        ("initial_equity", money, ""), ("final_equity", money, ""),
        ("log_hash", hash, "Hash of the event log of the test run."),
    ]

    private static let stabilityKeys: [PrintedKey] = [
        ("plateaus", count, "Points whose neighbours all keep half of the score."),
        ("slopes", count, "Points in between."),
        ("peaks", count, "Points whose neighbours keep less than half on average."),
        ("chosen", list(object(chosenKeys)), "The points that folds chose."),
    ]

    private static let chosenKeys: [PrintedKey] = [
        ("parameters", any, "Its parameters."), ("folds", count, "Folds that chose it."),
        ("mean_score", statistic, ""), ("neighbour_mean", statistic, ""),
        ("neighbour_worst", statistic, ""), ("relative_mean", statistic, ""),
        ("relative_worst", statistic, ""),
        ("shape", textOrNull, "plateau, slope or peak; null where its score is not above 0."),
        ("on_edge", flag, "Whether it has the first or last value of a parameter."),
    ]

    private static let scenarioKeys: [PrintedKey] = [
        (
            "trades",
            orNull(
                object([
                    ("count", count, "Trades out of sample."),
                    ("bootstrap", object(outcomeKeys), "Drawn anew."),
                    ("shuffle", object(outcomeKeys), "In other orders."),
                ])), "Scenarios of the trades."
        ),
        ("changed_paths", orNull(object(outcomeKeys)), "On changed markets."),
        ("resampled_paths", orNull(object(outcomeKeys)), "On markets of reordered blocks."),
        ("block", countOrNull, "Bars in a block."),
    ]

    private static let outcomeKeys: [PrintedKey] = [
        ("scenarios", count, "How many."), ("total_return", percentiles, ""),
        ("max_drawdown", percentiles, ""), ("loss_probability", share, "Share that loses."),
        ("ruin_probability", share, "Share that loses everything."),
    ]

    private static var percentiles: [JSONMember] {
        object(["p5", "p25", "p50", "p75", "p95"].map { ($0, [type("number")], "") })
    }

    private static var window: [JSONMember] {
        object([("start", time, "First moment."), ("end", time, "First moment behind it.")])
    }
}
