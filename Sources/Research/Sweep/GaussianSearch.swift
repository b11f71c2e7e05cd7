internal import Units

/// Proposes points by Bayesian optimisation: a ``GaussianProcess`` over all parameters jointly learns the
/// results so far, and of many candidates that with the highest upper confidence bound is run next.
///
/// A batch is chosen point by point, each time as if those before it had given what is expected of them, so
/// that a batch spreads. Sources: N. Srinivas et al., "Gaussian Process Optimization in the Bandit Setting",
/// ICML 2010; T. Desautels, A. Krause and J. Burdick, "Parallelizing Exploration-Exploitation Tradeoffs in
/// Gaussian Process Bandit Optimization", JMLR 15, 2014, algorithm 1.
///
/// Proposals depend on the seed and on the results alone, not on the number of workers.
public struct GaussianSearch {
    /// Points proposed at once, whatever the number of workers.
    public static let batch = 8

    private let space: SweepSpace
    private var random: SplitMix64
    private var points: RandomPoints
    private let startup: Int
    private let budget: Int
    /// Points so far with their scores; a nil score is as bad as the worst.
    private var history: [(levels: [Int], score: Double?)] = []
    private var shape: GaussianProcess.Shape
    private var refusedProposals = 0

    /// How many deviations above the expected value a point of a batch is judged, in turn: the first looks
    /// close to what is known to be good, the last far from all that is known.
    private static let boldness = [0.5, 1.0, 2.0, 3.0]
    private static let (candidates, neighbours) = (128, 64)
    /// Results that the process learns: the best ones, and of the others the latest.
    private static let (keptBest, keptLatest) = (30, 50)
    /// Results by which the shape is chosen.
    private static let shapeResults = 40
    private static let lengths = [0.08, 0.17, 0.35, 0.7, 1.5]
    private static let noises = [0.0005, 0.02, 0.2]

    /// A search.
    ///
    /// - Parameter budget: points to propose in all.
    public init(_ space: SweepSpace, budget: Int, seed: UInt64) {
        (self.space, self.budget) = (space, budget)
        random = SplitMix64(seed: seed, purpose: "sweep model")
        points = RandomPoints(space, seed: seed)
        startup = min(budget, max(GaussianSearch.batch, min(40, budget / 5)))
        shape = GaussianProcess.Shape(
            lengths: [Double](repeating: 0.35, count: space.axes.count), noise: 0.02,
            isOrdered: space.axes.map(\.isOrdered))
    }

    /// Draws and candidates that the strategies refused.
    public var refused: Int { points.refused + refusedProposals }

    /// The next batch of combinations; empty when the budget or the space is used up.
    public mutating func next() -> [Int] {
        let wanted = min(GaussianSearch.batch, budget - history.count)
        var batch: [Int] = []
        var process = history.count >= startup && wanted > 0 ? learned() : nil
        while batch.count < wanted {
            let proposed = process.flatMap { propose($0, place: batch.count) }
            guard let combination = proposed ?? points.next() else { break }
            points.exclude(combination)
            batch.append(combination)
            let place = position(space.levels(of: combination))
            if let mean = process?.predict(place).mean { process?.append(place, mean) }
        }
        return batch
    }

    /// Learns the result of a point.
    ///
    /// - Parameter score: the larger the better; nil where the figure is not defined.
    public mutating func learn(_ combination: Int, score: Double?) {
        history.append((space.levels(of: combination), score))
    }

    /// Middle of each level's part of the unit interval.
    private func position(_ levels: [Int]) -> [Double] {
        zip(space.axes, levels).map { (Double($1) + 0.5) / Double($0.count) }
    }

    /// Places of the history, the best first.
    private var ranking: [Int] {
        history.indices.sorted { a, b in
            let (x, y) = (history[a].score ?? -.infinity, history[b].score ?? -.infinity)
            return x != y ? x > y : a < b
        }
    }

    /// A process over the results that count; nil when there are none.
    private mutating func learned() -> GaussianProcess? {
        let ranking = ranking
        let best = ranking.prefix(GaussianSearch.keptBest)
        let latest = ranking.dropFirst(GaussianSearch.keptBest).sorted().suffix(GaussianSearch.keptLatest)
        let chosen = Array(best) + latest
        let known = chosen.compactMap { history[$0].score }
        guard let worst = known.min(), known.count >= 2 else { return nil }
        let scores = chosen.map { history[$0].score ?? worst }
        let mean = scores.reduce(0, +) / Double(scores.count)
        let spread = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)
        guard spread > 0, spread.isFinite else { return nil }
        let unit = spread.squareRoot()
        // What is far out says no more than that it is.
        let values = scores.map { min(3, max(-3, ($0 - mean) / unit)) }
        let places = chosen.map { position(history[$0].levels) }
        let limit = GaussianSearch.shapeResults
        fit(Array(places.prefix(limit)), Array(values.prefix(limit)))
        return GaussianProcess(places, values, shape)
    }

    /// Moves the shape towards the one that tells each result best from the others: one axis after the other,
    /// from where the batch before left it.
    private mutating func fit(_ places: [[Double]], _ values: [Double]) {
        var least = GaussianProcess(places, values, shape)?.leaveOneOutError ?? .infinity
        func improve(_ change: (inout GaussianProcess.Shape) -> Void) {
            var tried = shape
            change(&tried)
            guard let error = GaussianProcess(places, values, tried)?.leaveOneOutError, error < least else {
                return
            }
            (least, shape) = (error, tried)
        }
        for axis in shape.lengths.indices {
            for length in GaussianSearch.lengths { improve { $0.lengths[axis] = length } }
        }
        for noise in GaussianSearch.noises { improve { $0.noise = noise } }
    }

    private mutating func propose(_ process: GaussianProcess, place: Int) -> Int? {
        let boldness = GaussianSearch.boldness[place % GaussianSearch.boldness.count]
        let best = ranking.prefix(5).map { history[$0].levels }
        var chosen: (combination: Int, bound: Double)?
        for number in 0..<GaussianSearch.candidates + GaussianSearch.neighbours {
            let levels = number < GaussianSearch.candidates ? anyLevels() : neighbour(of: best)
            let combination = space.combination(of: levels)
            if points.contains(combination) { continue }
            let expected = process.predict(position(levels))
            let bound = expected.mean + boldness * expected.deviation
            if let chosen, bound <= chosen.bound { continue }
            if space.problems(of: combination).isEmpty {
                chosen = (combination, bound)
            } else {
                refusedProposals += 1
                points.exclude(combination)
            }
        }
        return chosen?.combination
    }

    private mutating func anyLevels() -> [Int] {
        space.axes.map { Int(random.integer(in: 0...Int64($0.count - 1))) }
    }

    /// One of the best points with each level moved a little.
    private mutating func neighbour(of best: [[Int]]) -> [Int] {
        let start = best[Int(random.integer(in: 0...Int64(best.count - 1)))]
        // A fiftieth, a twentieth or an eighth of an axis, at least one level.
        let share = [50, 20, 8][Int(random.integer(in: 0...2))]
        return zip(space.axes, start).map { axis, level in
            let reach = Int64(max(1, axis.count / share))
            let moved = level + Int(random.integer(in: -reach...reach))
            return min(axis.count - 1, max(0, moved))
        }
    }
}
