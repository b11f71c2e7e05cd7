internal import Accounting
public import Events
internal import Markets
internal import Units

extension StressReport {
    /// The object that `stress --json` prints. Keys are always all there; the same run, data and shocks give
    /// the same object.
    public var summary: JSONText {
        .object(
            RunHeading(result: result).members + [
                JSONMember("moment", .time(moment)),
                JSONMember("unshocked", .object(StressReport.figures(result, statistics))),
                JSONMember("shocks", .list(outcomes.map(\.json))),
            ])
    }

    /// What a run came to.
    fileprivate static func figures(
        _ result: BacktestResult, _ statistics: BacktestStatistics
    ) -> [JSONMember] {
        [
            JSONMember("final_equity", .money(result.finalEquity)),
            JSONMember("max_drawdown", .optional(statistics.maxDrawdown)),
            JSONMember("worst_health_factor", .optional(result.risk.worstHealthFactor)),
            JSONMember("worst_margin_ratio", .optional(result.risk.worstMarginRatio)),
            JSONMember("max_abs_delta", .optional(result.risk.maxAbsDelta)),
            JSONMember("liquidations", .integer(result.risk.liquidations)),
            JSONMember("fills", .integer(result.fillCount)),
            JSONMember("attribution_residual", .money(result.attributionResidual)),
            JSONMember("log_hash", .string(result.logHash.description)),
        ]
    }
}

extension StressOutcome {
    fileprivate var json: JSONText {
        var outcome = "ran"
        var reason = JSONText.null
        var run = JSONText.null
        switch course {
        case .ran(let stressed): run = stressed.json
        case .unfit(let words): (outcome, reason) = ("unfit", .string(words))
        case .stopped(let words): (outcome, reason) = ("stopped", .string(words))
        }
        return .object([
            JSONMember("shock", .string(scenario.text)), JSONMember("kind", .string(scenario.name)),
            JSONMember("start", .time(start)), JSONMember("end", .time(end)),
            JSONMember("outcome", .string(outcome)), JSONMember("reason", reason), JSONMember("run", run),
        ])
    }
}

extension StressedRun {
    fileprivate var json: JSONText {
        func counts(_ activity: StressActivity) -> JSONText {
            .object(zip(StressActivity.names, activity.counts).map { JSONMember($0, .integer($1)) })
        }
        return .object(
            [JSONMember("lost", .money(lost))] + StressReport.figures(result, statistics) + [
                JSONMember(
                    "attribution_change",
                    .object(zip(Cause.attributed, attributionChange).map { JSONMember($0.key, .money($1)) })),
                JSONMember("changed", .list(changed.map { .string($0) })),
                JSONMember("watched_until", .time(watchedUntil)),
                JSONMember("activity", counts(activity)),
                JSONMember("usual_activity", counts(usualActivity)),
                JSONMember(
                    "actions",
                    .list(
                        actions.map {
                            .object([
                                JSONMember("time", .time($0.time)), JSONMember("text", .string($0.text)),
                            ])
                        })),
                JSONMember("omitted_actions", .integer(omittedActions)),
            ])
    }
}
