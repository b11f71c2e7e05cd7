public import Events
internal import Research

extension JSONSchema {
    /// The schema of the object that `sweep --json` prints and `summary.json` of its folder holds.
    public static var sweep: JSONText { document("Tradewind sweep", object(sweepKeys)) }

    private static let sweepKeys: [PrintedKey] = [
        ("run_id", text, "Identifier of this execution."),
        ("kind", oneOf(["sweep"]), "What it is."),
        ("name", text, "Name of the run."),
        ("strategy", textOrNull, "Registered name of the strategy, of the first if there are several."),
        ("share_class", text, "Asset in which equity and profit are counted."),
        ("start", time, "First moment of trading of the in-sample best."),
        ("end", time, "End of its last step."),
        ("initial_equity", money, "Capital of every point."),
        ("search", oneOf(SweepSearch.allCases.map(\.rawValue)), "How points were chosen."),
        ("objective", oneOf(SweepObjective.allCases.map(\.rawValue)), "What the best is best in."),
        ("budget", countOrNull, "The most points to run; null for every combination."),
        ("seed", count, "Seed of drawn points."),
        ("parameters", axes, "What was varied."),
        ("combinations", count, "All combinations of the parameters."),
        ("points", count, "Points that were run."),
        ("evaluated_now", count, "Points that were run by this command and not before it was resumed."),
        ("skipped", count, "Combinations that the strategy does not take."),
        ("failed", count, "Points whose run failed."),
        ("first_failure", textOrNull, "Why the first of them did."),
        ("in_sample_best", orNull(object(pointKeys)), "The best point; null when none has the objective."),
        ("in_sample_best_log_hash", [types("string"), pattern("^[0-9a-f]{64}$")], "Hash of its event log."),
        ("median_objective", statistic, "The objective of the middle point."),
        ("deflated_sharpe", share, "Probability that the best is more than the luck of so many trials."),
        ("deflated_sharpe_trials", countOrNull, "So many."),
        ("top", list(object(pointKeys, optional: pointKeys.dropFirst().map(\.name))), "The best points."),
        ("data", object(dataKeys), "Data used."),
        ("elapsed_seconds", [type("number"), atLeastZero], "Seconds of the process."),
    ]

    private static let pointKeys: [PrintedKey] =
        [
            ("parameters", any, "Its parameters."), ("final_equity", money, "Equity after the last step."),
        ] + SweepRatio.allCases.map { ($0.key, statistic, "") } + [
            ("trades", count, "Closed round trips."), ("fills", count, "Fills."),
            ("fees", money, "Fees paid, in the share class, positive."),
        ]

    /// Parameters that vary.
    static var axes: [JSONMember] {
        list(
            object([
                ("name", text, "Name of the parameter."),
                ("values", text, "Its values, as in a run file."), ("count", count, "How many."),
            ]))
    }
}
