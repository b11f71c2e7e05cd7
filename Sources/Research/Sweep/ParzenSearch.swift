internal import Units

/// Proposes points by a tree-structured Parzen estimator over all parameters jointly.
///
/// The results so far are split into the best few and the rest. A kernel density over the parameters is laid
/// over each; of many candidates drawn from that of the best, the one where it exceeds that of the rest the
/// most is run next. Points of one batch that have no result yet count among the rest, so that a batch
/// spreads. Sources: J. Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NIPS 2011, section 4;
/// S. Falkner et al., "BOHB", ICML 2018, section 3.2 (one density over all parameters). The kernel is the
/// biweight, whose arithmetic is the same on every machine.
///
/// Proposals depend on the seed and on the results alone, not on the number of workers.
public struct ParzenSearch {
    /// Points proposed at once, whatever the number of workers.
    public static let batch = 8

    private let space: SweepSpace
    private let ordered: [Bool]
    private var random: SplitMix64
    private var points: RandomPoints
    private let startup: Int
    private let budget: Int
    /// Points so far with their scores; a nil score is worse than any.
    private var history: [(position: [Double], score: Double?)] = []

    /// Share of the results that count as the best, and how many at least and at most.
    private static let goodShare = 0.15
    private static let goodLimits = (least: 4, most: 25)
    private static let candidates = 48
    /// The most results of the rest that are looked at: the latest.
    private static let restLimit = 400
    /// Share of a categorical value's weight that stays on the value itself.
    private static let stay = 0.8

    /// A search.
    ///
    /// - Parameter budget: points to propose in all.
    public init(_ space: SweepSpace, budget: Int, seed: UInt64) {
        self.space = space
        self.budget = budget
        ordered = space.axes.map(\.isOrdered)
        random = SplitMix64(seed: seed, purpose: "sweep model")
        points = RandomPoints(space, seed: seed)
        startup = min(budget, max(ParzenSearch.batch, min(40, budget / 4)))
    }

    /// Draws that the strategies refused.
    public var refused: Int { points.refused + refusedProposals }
    private var refusedProposals = 0

    /// The next batch of combinations; empty when the budget or the space is used up.
    public mutating func next() -> [Int] {
        var batch: [Int] = []
        let wanted = min(ParzenSearch.batch, budget - history.count)
        while batch.count < wanted {
            let modelled = history.count + batch.count >= startup && history.contains { $0.score != nil }
            guard let combination = (modelled ? propose(pending: batch) : nil) ?? points.next() else { break }
            points.exclude(combination)
            batch.append(combination)
        }
        return batch
    }

    /// Learns the results of a batch.
    ///
    /// - Parameter score: the larger the better; nil where the figure is not defined.
    public mutating func learn(_ combination: Int, score: Double?) {
        history.append((position(combination), score))
    }

    /// Middle of each level's part of the unit interval.
    private func position(_ combination: Int) -> [Double] {
        zip(space.axes, space.levels(of: combination)).map { axis, level in
            (Double(level) + 0.5) / Double(axis.count)
        }
    }

    private mutating func propose(pending: [Int]) -> Int? {
        let ranked = history.indices.sorted { a, b in
            let (x, y) = (history[a].score ?? -.infinity, history[b].score ?? -.infinity)
            return x != y ? x > y : a < b
        }
        let share = Int((ParzenSearch.goodShare * Double(ranked.count)).rounded(.up))
        let limits = ParzenSearch.goodLimits
        let goodCount = min(ranked.count, max(limits.least, min(limits.most, share)))
        let best = ranked.prefix(goodCount).map { history[$0].position }
        let latest = ranked.dropFirst(goodCount).sorted().suffix(ParzenSearch.restLimit)
        let rest = latest.map { history[$0].position } + pending.map(position)
        let good = KernelDensity(best, space.axes, ordered)
        let bad = KernelDensity(rest, space.axes, ordered)
        var chosen: (combination: Int, score: Double)?
        for _ in 0..<ParzenSearch.candidates {
            let candidate = good.draw(&random, stay: ParzenSearch.stay)
            let levels = zip(space.axes, candidate).map { axis, place in
                min(axis.count - 1, max(0, Int(place * Double(axis.count))))
            }
            let combination = space.combination(of: levels)
            if points.contains(combination) { continue }
            let place = position(combination)
            let score = good.density(place) / bad.density(place)
            if score <= chosen?.score ?? 0 { continue }
            if space.problems(of: combination).isEmpty {
                chosen = (combination, score)
            } else {
                refusedProposals += 1
                points.exclude(combination)
            }
        }
        return chosen?.combination
    }
}

/// A density over the unit cube: a kernel around each of some points, and one even part.
struct KernelDensity {
    private let points: [[Double]]
    private let widths: [Double]
    private let counts: [Int]
    private let ordered: [Bool]

    /// A biweight kernel as wide as a normal one of deviation 1 has this half-width (ratio of the canonical
    /// bandwidths; J. S. Marron and D. Nolan, "Canonical kernels for density estimation", 1988).
    private static let biweight = 2.623

    init(_ points: [[Double]], _ axes: [SweepAxis], _ ordered: [Bool]) {
        (self.points, self.ordered, counts) = (points, ordered, axes.map(\.count))
        let shrink = KernelDensity.root(Double(max(1, points.count)), axes.count + 4)
        widths = axes.indices.map { axis in
            let values = points.map { $0[axis] }
            let mean = values.reduce(0, +) / Double(max(1, values.count))
            let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
            // At least a level and a half, so that neighbours are always reached.
            let least = max(1.5 / Double(axes[axis].count), 0.04)
            return min(1, max(least, spread.squareRoot() / shrink * KernelDensity.biweight))
        }
    }

    /// The n-th root by Newton's method: the same bits on every machine.
    private static func root(_ value: Double, _ n: Int) -> Double {
        var guess = 1.0
        for _ in 0..<60 {
            var power = 1.0
            for _ in 1..<n { power *= guess }
            guess = (Double(n - 1) * guess + value / power) / Double(n)
        }
        return guess
    }

    /// The density at a place, always above zero.
    func density(_ place: [Double]) -> Double {
        var sum = 1.0
        for point in points {
            var product = 1.0
            for axis in widths.indices where product > 0 { product *= kernel(axis, point[axis], place[axis]) }
            sum += product
        }
        return sum / Double(points.count + 1)
    }

    private func kernel(_ axis: Int, _ center: Double, _ place: Double) -> Double {
        guard ordered[axis] else {
            let count = Double(counts[axis])
            if count == 1 { return 1 }
            return center == place ? 0.8 * count : 0.2 * count / (count - 1)
        }
        let z = (place - center) / widths[axis]
        let rest = 1 - z * z
        return rest > 0 ? 15 / 16 * rest * rest / widths[axis] : 0
    }

    /// A place drawn from the density, by axis in `0 ..< 1`.
    func draw(_ random: inout SplitMix64, stay: Double) -> [Double] {
        let component = Int(random.integer(in: 0...Int64(points.count)))
        return widths.indices.map { axis in
            if component == points.count { return random.unitDouble() }
            let center = points[component][axis]
            if !ordered[axis] { return random.unitDouble() < stay ? center : random.unitDouble() }
            while true {
                let x = 2 * random.unitDouble() - 1
                let rest = 1 - x * x
                if random.unitDouble() > rest * rest { continue }
                let place = center + x * widths[axis]
                if place >= 0 && place < 1 { return place }
            }
        }
    }
}
