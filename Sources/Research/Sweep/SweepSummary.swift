public import Events
internal import Markets
internal import StrategyKit
internal import Units

extension SweepResult {
    /// How many of the best points the summary lists.
    private static let listed = 10

    /// The object that `sweep --json` prints and `summary.json` holds. Every key is always present.
    public func summary(_ identity: RunIdentity) -> JSONText {
        .object([
            JSONMember("run_id", .string(identity.runID)),
            JSONMember("kind", .string("sweep")),
            JSONMember("name", .string(plan.name)),
            JSONMember("strategy", plan.strategies.first.map { .string($0.strategy) } ?? .null),
            JSONMember("share_class", .string(plan.shareClass.symbol)),
            JSONMember("start", .time(start)), JSONMember("end", .time(end)),
            JSONMember("initial_equity", .money(plan.capital)),
            JSONMember("search", .string(sweep.search.rawValue)),
            JSONMember("objective", .string(sweep.objective.rawValue)),
            JSONMember("budget", sweep.budget.map { .integer($0) } ?? .null),
            JSONMember("seed", .integer(Int(clamping: sweep.seed))),
            JSONMember("parameters", .list(sweep.axes.map(SweepResult.json))),
            JSONMember("combinations", .integer(space.count)),
            JSONMember("points", .integer(points.count)),
            JSONMember("evaluated_now", .integer(evaluated)),
            JSONMember("skipped", .integer(skipped)),
            JSONMember("failed", .integer(failedCount)),
            JSONMember("first_failure", failure.map { .string($0.message) } ?? .null),
            JSONMember("in_sample_best", best.map { json($0) } ?? .null),
            JSONMember("in_sample_best_log_hash", bestLog.map { .string($0.description) } ?? .null),
            JSONMember("median_objective", .optional(medianObjective)),
            JSONMember("deflated_sharpe", .optional(deflatedSharpe?.value)),
            JSONMember("deflated_sharpe_trials", deflatedSharpe.map { .integer($0.trials) } ?? .null),
            JSONMember("top", .list(ranking(SweepResult.listed).map { json($0) })),
            JSONMember("data", data.json),
            JSONMember("elapsed_seconds", .number(identity.elapsedSeconds)),
        ])
    }

    private static func json(_ axis: SweepAxis) -> JSONText {
        .object([
            JSONMember("name", .string(axis.name)), JSONMember("values", .string(axis.description)),
            JSONMember("count", .integer(axis.count)),
        ])
    }

    private func json(_ index: Int) -> JSONText {
        let point = points[index]
        let parameters = zip(sweep.axes, space.levels(of: point.combination)).map {
            JSONMember($0.name, $0.value($1).json)
        }
        var members = [JSONMember("parameters", .object(parameters))]
        guard let figures = point.figures else { return .object(members) }
        members.append(JSONMember("final_equity", .money(figures.finalEquity)))
        members += SweepRatio.allCases.map { JSONMember($0.key, .optional(figures[$0])) }
        members += [
            JSONMember("trades", .integer(figures.trades)), JSONMember("fills", .integer(figures.fills)),
            JSONMember("fees", .money(figures.fees)),
        ]
        return .object(members)
    }
}
