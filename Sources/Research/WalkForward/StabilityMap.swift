/// One parameter of a grid with its values in order, as texts.
public struct StabilityAxis: Hashable, Sendable {
    /// Name of the parameter.
    public let name: String
    /// Its values in the order of the grid.
    public let values: [String]

    /// An axis.
    public init(name: String, values: [String]) { (self.name, self.values) = (name, values) }
}

/// What the surroundings of a point of a grid look like.
public enum StabilityShape: String, Hashable, Sendable {
    /// Every neighbour keeps at least half of the score: a small change of the parameters changes little.
    case plateau
    /// The neighbours keep less than half of the score on average: the point owes it to luck more than to a
    /// rule of the market.
    case peak
    /// In between.
    case slope
}

/// One point of a grid and its neighbours: the points at most one value away on each axis.
public struct StabilityPoint: Hashable, Sendable {
    /// Place of its value on each axis.
    public let coordinates: [Int]
    /// Its score; nil when it could not be scored.
    public let score: Double?
    /// Mean score of the neighbours; nil without a scored one.
    public let neighbourMean: Double?
    /// Lowest score of the neighbours; nil without a scored one.
    public let neighbourWorst: Double?
    /// Mean score of the neighbours over its own; nil where its own is not above 0.
    public let relativeMean: Double?
    /// Lowest score of the neighbours over its own; nil where its own is not above 0.
    public let relativeWorst: Double?
    /// Nil where its own score is not above 0, or without a scored neighbour.
    public let shape: StabilityShape?
    /// Whether it has the first or the last value of an axis, so that a better one may lie outside.
    public let isOnEdge: Bool
    /// How many folds chose it.
    public let choices: Int
}

/// Scores of parameters over a grid: where a good score stands on a plateau, and where on a peak.
public struct StabilityMap: Hashable, Sendable {
    /// The parameters.
    public let axes: [StabilityAxis]
    /// Points in the order in which they were given.
    public let points: [StabilityPoint]

    /// A map.
    ///
    /// - Parameters:
    ///   - coordinates: for each point the place of its value on each axis; not every combination need be
    ///     there.
    ///   - scores: for each point; higher is better.
    ///   - choices: for each point, how many folds chose it.
    public init(axes: [StabilityAxis], coordinates: [[Int]], scores: [Double?], choices: [Int]) {
        precondition(coordinates.count == scores.count && scores.count == choices.count, "one a point")
        let surroundings = Surroundings(axes.map(\.values.count), coordinates)
        self.axes = axes
        points = coordinates.indices.map { index in
            let near = surroundings.neighbours(of: index).compactMap { scores[$0] }
            let mean = near.isEmpty ? nil : near.reduce(0, +) / Double(near.count)
            let (score, worst) = (scores[index], near.min())
            var (relativeMean, relativeWorst): (Double?, Double?) = (nil, nil)
            var shape: StabilityShape?
            if let score, score > 0, let mean, let worst {
                (relativeMean, relativeWorst) = (finite(mean / score), finite(worst / score))
                shape = worst >= score / 2 ? .plateau : mean < score / 2 ? .peak : .slope
            }
            let isOnEdge = zip(coordinates[index], axes).contains { place, axis in
                axis.values.count > 1 && (place == 0 || place == axis.values.count - 1)
            }
            return StabilityPoint(
                coordinates: coordinates[index], score: score, neighbourMean: mean, neighbourWorst: worst,
                relativeMean: relativeMean, relativeWorst: relativeWorst, shape: shape, isOnEdge: isOnEdge,
                choices: choices[index])
        }
    }

    /// The mean of each score and those around it; nil where the point itself has none.
    static func smoothed(_ scores: [Double?], _ surroundings: Surroundings) -> [Double?] {
        scores.indices.map { index in
            guard let own = scores[index] else { return nil }
            let near = surroundings.neighbours(of: index).compactMap { scores[$0] }
            return (own + near.reduce(0, +)) / Double(near.count + 1)
        }
    }
}

/// Which points of a grid are neighbours.
struct Surroundings {
    private let sizes: [Int]
    private let coordinates: [[Int]]
    private let places: [Int: Int]

    /// - Parameter sizes: values of each axis; their product fits an integer.
    init(_ sizes: [Int], _ coordinates: [[Int]]) {
        (self.sizes, self.coordinates) = (sizes, coordinates)
        var places: [Int: Int] = [:]
        places.reserveCapacity(coordinates.count)
        for (index, point) in coordinates.enumerated() {
            places[Surroundings.key(point, sizes)] = index
        }
        self.places = places
    }

    private static func key(_ point: [Int], _ sizes: [Int]) -> Int {
        precondition(point.count == sizes.count, "a place on each axis")
        return zip(point, sizes).reduce(0) { $0 * $1.1 + $1.0 }
    }

    /// The points at most one value away on each axis, in the order of the grid, without the point itself.
    func neighbours(of index: Int) -> [Int] {
        var found: [Int] = []
        var shifted = coordinates[index]
        visit(0, coordinates[index], &shifted) { point in
            let place = places[Surroundings.key(point, sizes)]
            if let place, place != index { found.append(place) }
        }
        return found
    }

    private func visit(_ axis: Int, _ centre: [Int], _ point: inout [Int], _ body: ([Int]) -> Void) {
        guard axis < sizes.count else { return body(point) }
        for place in max(0, centre[axis] - 1)...min(sizes[axis] - 1, centre[axis] + 1) {
            point[axis] = place
            visit(axis + 1, centre, &point, body)
        }
    }
}
