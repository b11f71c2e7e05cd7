public import Markets
public import StrategyKit
internal import Units

/// Chooses parameters on training windows and judges them on test windows, fold by fold.
///
/// A choice sees the training windows of its fold and nothing else: each training run ends before the test
/// window and its purge, and one behind a test starts without any row from before its window.
public struct WalkForward: Sendable {
    let plan: WalkForwardPlan
    let evaluator: RunEvaluator
    let calendars: [InstrumentID: SessionCalendar]
    let space: SweepSpace
    let points: [Int]
    let workers: any Workers
    let progress: (@Sendable (SweepProgress) -> Void)?

    /// A walk-forward that has not begun.
    ///
    /// - Parameters:
    ///   - base: the run that is varied.
    ///   - series: its data, each instrument and kind once, in any order.
    ///   - calendars: sessions of the instruments whose markets close.
    ///   - workers: who does the runs; the result does not depend on their number.
    ///   - progress: told from any worker how many runs are done, and of how many; numbers may come out of
    ///     order.
    /// - Throws: ``BacktestError``; ``FoldPlanError`` with ``WalkForwardPlan/problems``, or when the
    ///   strategies refuse every point of the grid.
    public init(
        _ plan: WalkForwardPlan, base: BacktestPlan, series: [MarketSeries],
        calendars: [InstrumentID: SessionCalendar] = [:], registry: StrategyRegistry,
        workers: any Workers = CallingThread(), progress: (@Sendable (SweepProgress) -> Void)? = nil
    ) throws {
        let problems = plan.problems
        if !problems.isEmpty { throw FoldPlanError(problems) }
        self.plan = plan
        self.calendars = calendars
        (self.workers, self.progress) = (workers, progress)
        evaluator = try RunEvaluator(plan: base, series: series, calendars: calendars, registry: registry)
        let space = SweepSpace(plan.sweep, plan: base, registry: registry)
        self.space = space
        points = (0..<space.count).filter { space.problems(of: $0).isEmpty }
        if points.isEmpty {
            let reason = space.problems(of: 0).first?.description ?? ""
            throw FoldPlanError([
                FoldProblem(
                    "grid", "the strategy refuses every point of the grid: \(reason)",
                    remedy: "change the values of the grid")
            ])
        }
    }

    /// Runs everything.
    ///
    /// - Throws: what a run throws; ``BacktestError/noRows`` when a window of a fold has no step.
    public func run() throws -> WalkForwardResult {
        let counter = RunCounter(total: totalRuns, progress)
        let scores = try trainingScores(counter)
        let surroundings = Surroundings(plan.sweep.axes.map(\.count), points.map(space.levels))
        let chosen = scores.map { plan.choice.choose($0.map(\.score), surroundings) }
        let folds = try testRuns(chosen, scores, counter)
        let whole = try wholeRuns(counter)
        let outOfSample = try joined(folds)
        let statistics = BacktestStatistics(outOfSample)
        let warmUp = try warmUpWarning(folds)
        let scenarios =
            try plan.scenarios > 0 ? FoldScenarios(self, folds, counter).run(outOfSample) : nil
        return WalkForwardResult(
            plan: plan, base: evaluator.plan, points: points, refused: space.count - points.count,
            folds: folds, outOfSample: outOfSample, statistics: statistics,
            probabilisticSharpe: ProbabilisticSharpe(statistics.returns), inSampleBest: hindsight(whole),
            overfitting: overfitting(whole), stability: stability(scores, folds), scenarios: scenarios,
            warnings: warmUp + warnings(chosen, folds, whole, scenarios))
    }

    private var totalRuns: Int {
        let training = plan.folds.folds.reduce(0) { $0 + $1.train.count } * points.count
        let scenarios = plan.scenarios > 0 ? 2 * plan.scenarios * plan.folds.folds.count : 0
        return training + plan.folds.folds.count + points.count + scenarios
    }

    // MARK: Training

    /// Scores by fold and point.
    private func trainingScores(_ counter: RunCounter) throws -> [[FoldScore]] {
        let evaluators = try plan.folds.folds.map { fold in try fold.train.map { try training(fold, $0) } }
        let (folds, count) = (plan.folds.folds, points.count)
        let scores = try workers.map(folds.count * count) { [self] piece in
            let (number, place) = (piece / count, piece % count)
            let fold = folds[number]
            let results = try zip(fold.train, evaluators[number]).map { window, evaluator in
                var variation = space.variation(points[place])
                (variation.start, variation.end) = (window.start, window.end)
                variation.leavesOutEarlyRows = plan.warmUp == nil
                defer { counter.count() }
                return try evaluator.evaluate(variation, keepsPeriods: fold.train.count > 1)
            }
            return FoldScore(results, plan.sweep.objective)
        }
        return folds.indices.map { Array(scores[$0 * count..<($0 + 1) * count]) }
    }

    /// The evaluator of a training window: rows before it warm up, except those of the test and its purge.
    private func training(_ fold: Fold, _ window: TimeWindow) throws -> RunEvaluator {
        if window.start >= fold.test.end { return try evaluator(from: window.start) }
        return try evaluator(warmingUp: window)
    }

    /// An evaluator over the data from the warm-up of a window on.
    func evaluator(warmingUp window: TimeWindow) throws -> RunEvaluator {
        guard let warmUp = plan.warmUp else { return evaluator }
        return try evaluator(from: window.start - warmUp)
    }

    private func evaluator(from moment: Instant) throws -> RunEvaluator {
        try evaluator.over(evaluator.series.map { $0.rows(from: moment) }, calendars)
    }

    // MARK: Testing

    private func testRuns(
        _ chosen: [Int?], _ scores: [[FoldScore]], _ counter: RunCounter
    ) throws -> [FoldResult] {
        let folds = plan.folds.folds
        let evaluators = try folds.map { try evaluator(warmingUp: $0.test) }
        return try workers.map(folds.count) { [self] index in
            let fold = folds[index]
            let point = chosen[index] ?? 0
            defer { counter.count() }
            let result = try evaluators[index].result(
                of: variation(point, fold), BacktestOptions(keepsRecords: true, keepsLedger: false))
            let figures = SweepFigures(PointResult(result))
            return FoldResult(
                fold: fold, point: point, parameters: space.variation(points[point]).parameters,
                trainValue: scores[index][point].value, testValue: figures[plan.sweep.objective.ratio],
                result: result, statistics: BacktestStatistics(result))
        }
    }

    /// What a fold's test run changes in the plan.
    func variation(_ point: Int, _ fold: Fold) -> RunVariation {
        var variation = space.variation(points[point])
        (variation.start, variation.end) = (fold.test.start, fold.test.end)
        variation.leavesOutEarlyRows = plan.warmUp == nil
        return variation
    }

    /// The test windows as one result.
    private func joined(_ folds: [FoldResult]) throws -> BacktestResult {
        let results = folds.map(\.result)
        var joined = BacktestResult.empty(evaluator.plan)
        let curve = try StitchedEquity.curve(results)
        joined.equity = curve
        if let first = results.first {
            (joined.instruments, joined.initialEquity) = (first.instruments, first.initialEquity)
            (joined.daysPerYear, joined.periodsAreBars) = (first.daysPerYear, first.periodsAreBars)
            joined.periodLength = first.periodLength
        }
        (joined.start, joined.end) = (results.first?.start, results.last?.end)
        joined.steps = results.reduce(0) { $0 + $1.steps }
        if let last = curve.points.last {
            joined.finalEquity = ExactDecimal(mantissa: last.equity, scale: curve.scale)
        }
        joined.tradeCount = results.reduce(0) { $0 + $1.tradeCount }
        joined.fillCount = results.reduce(0) { $0 + $1.fillCount }
        let fees = try results.reduce(Int128(0)) { sum, result in
            try WideArithmetic.add(
                sum, result.fees.mantissa(at: curve.scale, rounding: .halfEven), "fees of all test windows")
        }
        joined.fees = ExactDecimal(mantissa: fees, scale: curve.scale)
        joined.fills = results.flatMap(\.fills)
        joined.roundTrips = results.flatMap(\.roundTrips)
        joined.data = DataSummary(
            series: evaluator.series.count, rows: results.reduce(0) { $0 + $1.data.rows },
            first: joined.start, last: joined.end, warnings: [])
        return joined
    }

    /// Holds the last fold against the same with everything before it, so that a strategy that declares a
    /// shorter warm-up than it needs does not go unnoticed.
    private func warmUpWarning(_ folds: [FoldResult]) throws -> [String] {
        guard plan.warmUp == nil, let last = folds.last else { return [] }
        var variation = variation(last.point, last.fold)
        variation.leavesOutEarlyRows = false
        let whole = try evaluator.result(of: variation)
        if whole.logHash == last.result.logHash { return [] }
        return [
            "having seen all data before it, the last fold decides otherwise than after the warm-up that its "
                + "strategy declares: correct Strategy.warmUp, or give a warm-up as 3650d"
        ]
    }

    // MARK: Hindsight

    /// One point over all data of the folds.
    struct WholeRun: Sendable {
        let figures: PointResult
        /// Period returns where they are kept and defined.
        let returns: [Double]?
    }

    /// Returns that are kept for the probability of overfitting, over all points.
    private static let maximumReturns = 8_000_000

    private func wholeRuns(_ counter: RunCounter) throws -> [WholeRun] {
        let window = wholeWindow
        let evaluator = try evaluator(warmingUp: window)
        let days = Int(clamping: window.length.nanoseconds / Timespan.day.nanoseconds + 2)
        let keeps = points.count >= 2 && points.count <= WalkForward.maximumReturns / max(1, days)
        return try workers.map(points.count) { [self] index in
            var variation = space.variation(points[index])
            (variation.start, variation.end) = (window.start, window.end)
            variation.leavesOutEarlyRows = plan.warmUp == nil
            defer { counter.count() }
            let figures = try evaluator.evaluate(variation, keepsPeriods: keeps)
            let known = figures.periods?.returns.compactMap { $0 }
            let isWhole = known?.count == figures.periods?.returns.count
            return WholeRun(figures: figures.withoutPeriods, returns: isWhole ? known : nil)
        }
    }

    /// From the first moment of any window to the last.
    private var wholeWindow: TimeWindow {
        let windows = plan.folds.folds.flatMap { $0.train + [$0.test] }
        let first = windows.map(\.start).min() ?? .epoch
        return TimeWindow(start: first, end: windows.map(\.end).max() ?? first + Timespan(nanoseconds: 1))
    }

    private func hindsight(_ runs: [WholeRun]) -> InSampleBest? {
        let objective = plan.sweep.objective
        let scores = runs.map { FoldScore([$0.figures], objective).score }
        let surroundings = Surroundings([], [])
        guard let best = FoldChoiceRule.best.choose(scores, surroundings) else { return nil }
        let trials = TrialSharpes(runs.map(\.figures.returns.sharpePerPeriod))
        let figures = runs[best].figures
        return InSampleBest(
            point: best, parameters: space.variation(points[best]).parameters, figures: figures,
            deflatedSharpe: DeflatedSharpe(figures.returns, trials: trials))
    }

    private func overfitting(_ runs: [WholeRun]) -> OverfittingProbability? {
        let returns = runs.compactMap(\.returns)
        return returns.count == runs.count ? OverfittingProbability(returns: returns) : nil
    }

    private func stability(_ scores: [[FoldScore]], _ folds: [FoldResult]) -> StabilityMap {
        var choices = Array(repeating: 0, count: points.count)
        for fold in folds { choices[fold.point] += 1 }
        let means: [Double?] = points.indices.map { place in
            let own = scores.compactMap { $0[place].score }
            return own.isEmpty ? nil : finite(own.reduce(0, +) / Double(own.count))
        }
        return StabilityMap(
            axes: plan.sweep.axes.map { axis in
                StabilityAxis(name: axis.name, values: (0..<axis.count).map(axis.text))
            }, coordinates: points.map(space.levels), scores: means, choices: choices)
    }

    private func warnings(
        _ chosen: [Int?], _ folds: [FoldResult], _ whole: [WholeRun], _ scenarios: WalkForwardScenarios?
    ) -> [String] {
        var warnings: [String] = []
        let blind = chosen.indices.filter { chosen[$0] == nil }.map { "\($0 + 1)" }
        if !blind.isEmpty {
            warnings.append(
                "no point had a \(plan.sweep.objective.rawValue) in the training of fold "
                    + blind.prefix(8).joined(separator: ", ")
                    + ": the first of the grid was taken; train longer or choose another objective")
        }
        if folds.count < 4 {
            warnings.append("\(folds.count) folds say little: a few choices decide everything")
        }
        let idle = folds.count { $0.result.fillCount == 0 }
        if idle > 0 { warnings.append("in \(idle) of \(folds.count) test windows nothing was traded") }
        if whole.contains(where: { $0.returns == nil }) {
            warnings.append(
                "the probability of overfitting is left out: too many points, or undefined returns")
        }
        if let scenarios, scenarios.changedPaths == nil {
            warnings.append("no scenarios of paths: they are made of bars with prices above zero alone")
        }
        for fold in folds {
            for warning in fold.result.data.warnings where !warnings.contains(warning) {
                warnings.append(warning)
            }
        }
        return warnings
    }
}

extension PointResult {
    /// The same without the return of each period.
    fileprivate var withoutPeriods: PointResult {
        PointResult(self, periods: nil)
    }

    private init(_ other: PointResult, periods: PointPeriods?) {
        (start, end, steps) = (other.start, other.end, other.steps)
        (initialEquity, finalEquity) = (other.initialEquity, other.finalEquity)
        (fees, trades, fills) = (other.fees, other.trades, other.fills)
        (returns, maxDrawdown) = (other.returns, other.maxDrawdown)
        (calmar, exposure) = (other.calmar, other.exposure)
        self.periods = periods
    }
}

extension RunEvaluator {
    /// The same plan over other series.
    func over(
        _ series: [MarketSeries], _ calendars: [InstrumentID: SessionCalendar]
    ) throws(BacktestError) -> RunEvaluator {
        try RunEvaluator(plan: plan, series: series, calendars: calendars, registry: registry)
    }
}
