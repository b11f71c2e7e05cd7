public import Events
internal import Markets
internal import StrategyKit
internal import Units

extension WalkForwardResult {
    /// The object that `walk-forward --json` prints and `summary.json` holds. Every key is always present;
    /// what is undefined is null. The headline is `out_of_sample`.
    public func summary(_ identity: RunIdentity) -> JSONText {
        .object([
            JSONMember("run_id", .string(identity.runID)),
            JSONMember("kind", .string("walk-forward")),
            JSONMember("name", .string(base.name)),
            JSONMember("strategy", base.strategies.first.map { .string($0.strategy) } ?? .null),
            JSONMember("share_class", .string(base.shareClass.symbol)),
            JSONMember("scheme", schemeJSON),
            JSONMember("objective", .string(plan.sweep.objective.rawValue)),
            JSONMember("choice", .string(plan.choice.rawValue)),
            JSONMember("warm_up", plan.warmUp.map { .string($0.description) } ?? .null),
            JSONMember("seed", .integer(Int(clamping: plan.seed))),
            JSONMember("parameters", .list(plan.sweep.axes.map(WalkForwardResult.json))),
            JSONMember("points", .integer(points.count)),
            JSONMember("refused", .integer(refused)),
            JSONMember("out_of_sample", headlineJSON),
            JSONMember("efficiency", .optional(efficiency)),
            JSONMember("in_sample_best", inSampleBest.map(json) ?? .null),
            JSONMember("overfitting", overfitting.map(WalkForwardResult.json) ?? .null),
            JSONMember("folds", .list(folds.map(json))),
            JSONMember("stability", stabilityJSON),
            JSONMember("monte_carlo", scenarios.map(WalkForwardResult.json) ?? .null),
            JSONMember("warnings", .list(warnings.map { .string($0) })),
            JSONMember("elapsed_seconds", .number(identity.elapsedSeconds)),
        ])
    }

    private var schemeJSON: JSONText {
        var (train, test, step, isAnchored): (Timespan?, Timespan?, Timespan?, Bool) = (nil, nil, nil, false)
        let (purge, embargo): (Timespan, Embargo)
        switch plan.folds.scheme {
        case .walkForward(let scheme):
            (train, test, step) = (scheme.train, scheme.test, scheme.step)
            (purge, embargo, isAnchored) = (scheme.purge, scheme.embargo, scheme.isAnchored)
        case .purgedKFold(let scheme): (purge, embargo) = (scheme.purge, scheme.embargo)
        }
        func text(_ span: Timespan?) -> JSONText { span.map { .string($0.description) } ?? .null }
        return .object([
            JSONMember("kind", .string(plan.folds.scheme.name)), JSONMember("train", text(train)),
            JSONMember("test", text(test)), JSONMember("step", text(step)),
            JSONMember("anchored", .flag(isAnchored)), JSONMember("purge", text(purge)),
            JSONMember("embargo", .string(embargo.description)),
            JSONMember("folds", .integer(folds.count)),
            JSONMember("untested", plan.folds.untested.map(WalkForwardResult.json) ?? .null),
        ])
    }

    private static func json(_ axis: SweepAxis) -> JSONText {
        .object([
            JSONMember("name", .string(axis.name)), JSONMember("values", .string(axis.description)),
            JSONMember("count", .integer(axis.count)),
        ])
    }

    private static func json(_ window: TimeWindow) -> JSONText {
        .object([JSONMember("start", .time(window.start)), JSONMember("end", .time(window.end))])
    }

    private var headlineJSON: JSONText {
        let returns = statistics.returns
        return .object([
            JSONMember("start", .time(outOfSample.start)), JSONMember("end", .time(outOfSample.end)),
            JSONMember("steps", .integer(outOfSample.steps)),
            JSONMember("periods", .integer(returns.periods)),
            JSONMember("initial_equity", .money(outOfSample.initialEquity)),
            JSONMember("final_equity", .money(outOfSample.finalEquity)),
            JSONMember("total_return", .optional(returns.totalReturn)),
            JSONMember("annualized_return", .optional(returns.annualizedReturn)),
            JSONMember("volatility", .optional(returns.volatility)),
            JSONMember("sharpe", .optional(returns.sharpe)),
            JSONMember("sortino", .optional(returns.sortino)),
            JSONMember("calmar", .optional(statistics.calmar)),
            JSONMember("max_drawdown", .optional(statistics.maxDrawdown)),
            JSONMember("exposure", .optional(statistics.exposure)),
            JSONMember("hit_rate", .optional(statistics.trades.hitRate)),
            JSONMember("trades", .integer(outOfSample.tradeCount)),
            JSONMember("fills", .integer(outOfSample.fillCount)),
            JSONMember("fees", .money(outOfSample.fees)),
            JSONMember("probabilistic_sharpe", .optional(probabilisticSharpe?.value)),
        ])
    }

    private func parametersJSON(_ point: Int) -> JSONText {
        let coordinates = stability.points[point].coordinates
        return .object(
            zip(plan.sweep.axes, coordinates).map { JSONMember($0.name, $0.value($1).json) })
    }

    private func json(_ best: InSampleBest) -> JSONText {
        let figures = best.figures
        return .object([
            JSONMember("note", .string("in sample: chosen with hindsight, not to be had")),
            JSONMember("parameters", parametersJSON(best.point)),
            JSONMember("total_return", .optional(figures.totalReturn)),
            JSONMember("annualized_return", .optional(figures.returns.annualizedReturn)),
            JSONMember("sharpe", .optional(figures.sharpe)),
            JSONMember("max_drawdown", .optional(figures.maxDrawdown)),
            JSONMember("trades", .integer(figures.trades)),
            JSONMember("deflated_sharpe", .optional(best.deflatedSharpe?.value)),
            JSONMember("deflated_sharpe_trials", .integer(points.count)),
        ])
    }

    private static func json(_ found: OverfittingProbability) -> JSONText {
        .object([
            JSONMember("probability", .number(found.probability)),
            JSONMember("loss_probability", .number(found.lossProbability)),
            JSONMember("combinations", .integer(found.combinations)),
            JSONMember("blocks", .integer(found.blocks)), JSONMember("trials", .integer(found.trials)),
        ])
    }

    private func json(_ fold: FoldResult) -> JSONText {
        .object([
            JSONMember("number", .integer(fold.fold.number)),
            JSONMember("train", .list(fold.fold.train.map(WalkForwardResult.json))),
            JSONMember("test", WalkForwardResult.json(fold.fold.test)),
            JSONMember("parameters", parametersJSON(fold.point)),
            JSONMember("in_sample_objective", .optional(fold.trainValue)),
            JSONMember("out_of_sample_objective", .optional(fold.testValue)),
            JSONMember("total_return", .optional(fold.statistics.totalReturn)),
            JSONMember("max_drawdown", .optional(fold.statistics.maxDrawdown)),
            JSONMember("trades", .integer(fold.result.tradeCount)),
            JSONMember("fills", .integer(fold.result.fillCount)),
            JSONMember("initial_equity", .money(fold.result.initialEquity)),
            JSONMember("final_equity", .money(fold.result.finalEquity)),
            JSONMember("log_hash", .string(fold.result.logHash.description)),
        ])
    }

    private var stabilityJSON: JSONText {
        func count(_ shape: StabilityShape) -> JSONText {
            .integer(stability.points.count { $0.shape == shape })
        }
        let chosen = stability.points.indices.filter { stability.points[$0].choices > 0 }
        return .object([
            JSONMember("plateaus", count(.plateau)), JSONMember("slopes", count(.slope)),
            JSONMember("peaks", count(.peak)),
            JSONMember(
                "chosen",
                .list(
                    chosen.map { index in
                        let point = stability.points[index]
                        return .object([
                            JSONMember("parameters", parametersJSON(index)),
                            JSONMember("folds", .integer(point.choices)),
                            JSONMember("mean_score", .optional(point.score)),
                            JSONMember("neighbour_mean", .optional(point.neighbourMean)),
                            JSONMember("neighbour_worst", .optional(point.neighbourWorst)),
                            JSONMember("relative_mean", .optional(point.relativeMean)),
                            JSONMember("relative_worst", .optional(point.relativeWorst)),
                            JSONMember("shape", point.shape.map { .string($0.rawValue) } ?? .null),
                            JSONMember("on_edge", .flag(point.isOnEdge)),
                        ])
                    })),
        ])
    }

    private static func json(_ scenarios: WalkForwardScenarios) -> JSONText {
        let trades = scenarios.trades.map { trades in
            JSONText.object([
                JSONMember("count", .integer(trades.trades)),
                JSONMember("bootstrap", json(trades.bootstrap)),
                JSONMember("shuffle", json(trades.shuffle)),
            ])
        }
        return .object([
            JSONMember("trades", trades ?? .null),
            JSONMember("changed_paths", scenarios.changedPaths.map(json) ?? .null),
            JSONMember("resampled_paths", scenarios.resampledPaths.map(json) ?? .null),
            JSONMember("block", scenarios.block.map { .integer($0) } ?? .null),
        ])
    }

    private static func json(_ outcomes: ScenarioOutcomes) -> JSONText {
        .object([
            JSONMember("scenarios", .integer(outcomes.count)),
            JSONMember("total_return", json(outcomes.totalReturn)),
            JSONMember("max_drawdown", json(outcomes.maxDrawdown)),
            JSONMember("loss_probability", .number(outcomes.lossProbability)),
            JSONMember("ruin_probability", .number(outcomes.ruinProbability)),
        ])
    }

    private static func json(_ values: Percentiles) -> JSONText {
        .object([
            JSONMember("p5", .number(values.p5)), JSONMember("p25", .number(values.p25)),
            JSONMember("p50", .number(values.p50)), JSONMember("p75", .number(values.p75)),
            JSONMember("p95", .number(values.p95)),
        ])
    }
}
