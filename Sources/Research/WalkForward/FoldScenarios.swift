internal import Markets
internal import Simulation
internal import Units

/// Scenarios of what the folds traded: of their trades, and of their choices on other markets.
struct FoldScenarios: Sendable {
    private let walk: WalkForward
    private let folds: [FoldResult]
    private let counter: RunCounter

    init(_ walk: WalkForward, _ folds: [FoldResult], _ counter: RunCounter) {
        (self.walk, self.folds, self.counter) = (walk, folds, counter)
    }

    func run(_ outOfSample: BacktestResult) throws -> WalkForwardScenarios {
        let plan = walk.plan
        let trades = TradeMonteCarlo(
            profits: profits(outOfSample), scenarios: plan.scenarios, seed: plan.seed)
        guard let market = PathMarket(walk.evaluator.series) else {
            return WalkForwardScenarios(trades: trades, changedPaths: nil, resampledPaths: nil, block: nil)
        }
        let drawn = PathScenario.draw(plan.scenarios, from: plan.paths, seed: plan.seed)
        let changed = try walk.workers.map(plan.scenarios) { index in
            try outcome(on: market.changed(drawn[index]), lag: drawn[index].lagBars, market.barLength)
        }
        guard market.canResample else {
            return WalkForwardScenarios(
                trades: trades, changedPaths: ScenarioOutcomes(changed), resampledPaths: nil, block: nil)
        }
        let block = FoldScenarios.block(of: walk.evaluator.series[0].count)
        let resampled = try walk.workers.map(plan.scenarios) { index in
            let seed = SplitMix64.derived(plan.seed, UInt64(index))
            return try outcome(on: market.resampled(block: block, seed: seed), lag: 0, nil)
        }
        return WalkForwardScenarios(
            trades: trades, changedPaths: ScenarioOutcomes(changed),
            resampledPaths: ScenarioOutcomes(resampled), block: block)
    }

    /// Bars in a block: the cube root of their number, at least 5.
    ///
    /// Source of the growth rate: P. Hall, J. Horowitz, B. Jing, "On blocking rules for the bootstrap with
    /// dependent data", Biometrika 82(3), 1995.
    static func block(of count: Int) -> Int {
        var root = 1
        while (root + 1) * (root + 1) * (root + 1) <= count { root += 1 }
        return max(5, root)
    }

    /// Profit of each round trip as a fraction of the capital that its window began with, and of what was
    /// still open at the end of each window.
    ///
    /// - Returns: none of hedged positions, whose legs gain and lose against each other: drawn one by one
    ///   they would be risks that nobody takes.
    private func profits(_ outOfSample: BacktestResult) -> [Double] {
        let unit = walk.evaluator.plan.shareClass
        if walk.evaluator.isHedged || outOfSample.instruments.contains(where: { $0.quote != unit }) {
            return []
        }
        let capital = walk.evaluator.plan.capital.approximateDouble
        return folds.flatMap { fold in
            var profits = fold.result.roundTrips.map { $0.profit.approximateDouble / capital }
            let whole =
                (fold.result.finalEquity.approximateDouble - fold.result.initialEquity.approximateDouble
                    - fold.result.netFlows.approximateDouble) / capital
            let open = whole - profits.reduce(0, +)
            if abs(open) > 1e-9 { profits.append(open) }
            return profits
        }
    }

    /// The choices of all folds on another market, chained as the out-of-sample curve is.
    private func outcome(
        on series: [MarketSeries], lag: Int, _ barLength: Timespan?
    ) throws -> ScenarioOutcome {
        var results: [BacktestResult] = []
        var execution = walk.evaluator.plan.execution
        var options = BacktestOptions()
        options.keepsLog = false
        if lag > 0, let barLength {
            execution.orderLatency = execution.orderLatency.later(by: lag, barLength)
        }
        for fold in folds {
            defer { counter.count() }
            var from = Instant.distantPast
            if let warmUp = walk.plan.warmUp { from = fold.fold.test.start - warmUp }
            let evaluator = try walk.evaluator.over(series.map { $0.rows(from: from) }, walk.calendars)
            var variation = walk.variation(fold.point, fold.fold)
            variation.execution = execution
            do {
                results.append(try evaluator.result(of: variation, options))
            } catch BacktestError.noRows {
                // Every bar of the window is missing: nothing is earned in it.
                continue
            }
        }
        let curve = try StitchedEquity.curve(results)
        guard let first = curve.points.first, let last = curve.points.last, first.equity > 0 else {
            return ScenarioOutcome(totalReturn: 0, maxDrawdown: 0)
        }
        let growth =
            WideArithmetic.approximateDouble(last.equity) / WideArithmetic.approximateDouble(first.equity)
        return ScenarioOutcome(
            totalReturn: max(-1, growth - 1), maxDrawdown: min(1, curve.drawdown.deepest ?? 0))
    }
}

extension LatencyModel {
    /// The delay with some bars added; at most a year in all.
    fileprivate func later(by bars: Int, _ length: Timespan) -> LatencyModel {
        let most = 365 * Timespan.day.nanoseconds
        let (product, overflow) = length.nanoseconds.multipliedReportingOverflow(by: Int64(bars))
        let added = overflow ? most : min(most, product)
        func sum(_ value: Int64) -> Int64 { min(most, max(0, value)) + added }
        switch self {
        case .constant(let span): return .constant(Timespan(nanoseconds: sum(span.nanoseconds)))
        case .uniform(let range): return .uniform(sum(range.lowerBound)...sum(range.upperBound))
        }
    }
}

extension SplitMix64 {
    /// A seed of its own for one of many scenarios.
    fileprivate static func derived(_ seed: UInt64, _ number: UInt64) -> UInt64 {
        var random = SplitMix64(seed: seed, purpose: "resampled path \(number)")
        return random.next()
    }
}
