internal import Accounting
public import StrategyKit
internal import Synchronization
internal import TradingEngine
internal import Units

/// How far a sweep is.
public struct SweepProgress: Hashable, Sendable {
    /// Points that are done, skipped ones among them.
    public let done: Int
    /// Points in all.
    public let total: Int
    /// Points that were run now.
    public let evaluated: Int
}

/// Why a sweep has no result.
public enum SweepError: Error, CustomStringConvertible {
    /// The strategies take no combination; the reason of the first.
    case nothingValid([ParameterProblem])
    /// The caller stopped it after so many points of so many.
    case interrupted(done: Int, total: Int)

    public var description: String {
        switch self {
        case .nothingValid(let problems):
            "the strategy takes none of the combinations: "
                + problems.map(\.description).joined(separator: "; ")
        case .interrupted(let done, let total):
            "the sweep was interrupted after \(done) of \(total) points"
        }
    }
}

/// Runs a plan over the combinations of a sweep, on all workers at once.
///
/// Points and figures depend on plan, data and seed alone: not on the number of workers, nor on how often
/// the sweep was stopped and resumed.
public struct Sweep: Sendable {
    /// What to try.
    public let sweep: SweepPlan
    /// The combinations.
    public let space: SweepSpace
    let evaluator: RunEvaluator

    /// A sweep.
    ///
    /// - Precondition: ``SweepPlan/problem`` is nil.
    public init(_ sweep: SweepPlan, _ evaluator: RunEvaluator) {
        precondition(sweep.problem == nil, "a sweep that can be run")
        (self.sweep, self.evaluator) = (sweep, evaluator)
        space = SweepSpace(sweep, plan: evaluator.plan, registry: evaluator.registry)
    }

    /// Everything that decides the table, one `key value` a line: a sweep goes on from a checkpoint only when
    /// both are of one identity.
    ///
    /// - Parameter producer: name and version of the program.
    public func identity(producer: String) -> String {
        var lines = ["program \(producer)", "search \(sweep.search.rawValue)"]
        if sweep.search != .grid { lines.append("points \(sweep.size)\nseed \(sweep.seed)") }
        if sweep.search == .model { lines.append("objective \(sweep.objective.rawValue)") }
        for axis in sweep.axes {
            lines.append("axis \(axis.strategy) \(axis.parameter) \(axis.description)")
        }
        return lines.joined(separator: "\n") + "\n" + evaluator.inputsText
    }

    /// Runs every point that is not known yet.
    ///
    /// - Parameters:
    ///   - workers: the threads to run on.
    ///   - known: points of a checkpoint of the same identity.
    ///   - keep: called with each finished point, one at a time; what it throws ends the sweep.
    ///   - progress: told after each point, one at a time.
    ///   - continues: asked now and then by every worker; false stops the sweep.
    /// - Throws: ``SweepError``, and what makes every run impossible: ``BacktestError`` and `EngineError`
    ///   about the data and the capital.
    public func run(
        on workers: some Workers, known: [SweepPoint] = [],
        keep: @escaping @Sendable (SweepPoint) throws -> Void = { _ in },
        progress: @escaping @Sendable (SweepProgress) -> Void = { _ in },
        continues: @escaping @Sendable () -> Bool = { true }
    ) throws -> SweepResult {
        let board = SweepBoard(self, known: known, keep: keep, progress: progress, continues: continues)
        switch sweep.search {
        case .grid: try board.run(0..<space.count, from: 0, checks: true, on: workers)
        case .random:
            var drawn = RandomPoints(space, seed: sweep.seed)
            var combinations: [Int] = []
            while combinations.count < sweep.size, let next = drawn.next() { combinations.append(next) }
            board.skip(drawn.refused)
            try board.run(combinations, from: 0, checks: false, on: workers)
        case .model: try runModel(board, on: workers)
        }
        return try result(of: board)
    }

    private func runModel(_ board: SweepBoard, on workers: some Workers) throws {
        var search = GaussianSearch(space, budget: sweep.size, seed: sweep.seed)
        var first = 0
        while true {
            let batch = search.next()
            if batch.isEmpty { break }
            let points = try board.run(batch, from: first, checks: false, on: workers)
            for point in points {
                search.learn(point.combination, score: sweep.objective.score(point))
            }
            first += batch.count
        }
        board.skip(search.refused)
    }

    /// Runs one point; a failure of the run itself is a point without figures.
    func evaluate(
        _ sequence: Int, _ combination: Int, _ continues: @escaping () -> Bool
    ) throws -> SweepPoint {
        do {
            let result = try evaluator.evaluate(space.variation(combination), continues: continues)
            return SweepPoint(
                sequence: sequence, combination: combination, figures: SweepFigures(result))
        } catch let error where !Sweep.isOfEveryRun(error) {
            return SweepPoint(sequence: sequence, combination: combination, figures: nil)
        }
    }

    /// Whether an error is not one of a single combination.
    private static func isOfEveryRun(_ error: any Error) -> Bool {
        switch error {
        case let error as BacktestError:
            if case .badParameters = error { return false }
            return true
        case let error as EngineError:
            switch error {
            case .noPricePath, .badCapital: return true
            default: return false
            }
        case is LedgerError, is ArithmeticOverflow: return false
        default: return false
        }
    }

    private func result(of board: SweepBoard) throws -> SweepResult {
        let (points, skipped, evaluated) = board.finished()
        guard !points.isEmpty else { throw SweepError.nothingValid(space.problems(of: 0)) }
        let best = SweepResult.best(points, sweep.objective)
        // Once more in full, for its log, the moments of its returns and what there is to say of it.
        let full = try best.map { try evaluator.result(of: space.variation(points[$0].combination)) }
        let failed = points.first { $0.figures == nil }
        return SweepResult(
            sweep: sweep, plan: evaluator.plan, space: space, points: points, skipped: skipped, best: best,
            bestLog: full?.logHash, deflatedSharpe: deflated(points, full.map { PointResult($0) }),
            failure: failed.map { ($0.combination, failureMessage($0.combination)) }, evaluated: evaluated,
            data: full?.data ?? evaluator.dataSummary, start: full?.start, end: full?.end)
    }

    /// Every point is a trial; one without a Sharpe ratio tried and earned nothing.
    private func deflated(_ points: [SweepPoint], _ best: PointResult?) -> DeflatedSharpe? {
        guard let returns = best?.returns else { return nil }
        let year = returns.periodsPerYear.squareRoot()
        let trials = TrialSharpes(points.map { $0.figures?[.sharpe].map { $0 / year } })
        return DeflatedSharpe(returns, trials: trials)
    }

    private func failureMessage(_ combination: Int) -> String {
        do {
            _ = try evaluator.evaluate(space.variation(combination))
            return "the run failed once and not again"
        } catch {
            return "\(error)"
        }
    }
}
