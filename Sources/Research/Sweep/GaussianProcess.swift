/// What some measured values say about values elsewhere in the unit cube: a regression by a Gaussian process
/// with mean 0 and variance 1.
///
/// The covariance of two places is `1 / (1 + r² / 2)`, the rational quadratic kernel with α = 1, where r is
/// their distance with each axis counted in its own length. Sources: C. E. Rasmussen and C. Williams,
/// "Gaussian Processes for Machine Learning", 2006, equations 2.25, 2.26, 4.19 and 5.12. Only additions,
/// multiplications, divisions and square roots are used, so that the same bits come out everywhere.
struct GaussianProcess {
    private(set) var places: [[Double]]
    private var values: [Double]
    /// The inverse of the covariances of the places, with the noise on its diagonal, row by row.
    private var inverse: [Double]
    /// The inverse times the values.
    private var weights: [Double] = []
    private let shape: Shape

    /// What a process takes for granted of the function.
    struct Shape {
        /// Distance on each axis over which values change.
        var lengths: [Double]
        /// Variance of what is added to each value by chance.
        var noise: Double
        /// Whether neighbours on an axis are alike; otherwise any two different places are one length apart.
        let isOrdered: [Bool]
    }

    /// A process that knows some values; nil where the numbers do not allow it.
    init?(_ places: [[Double]], _ values: [Double], _ shape: Shape) {
        let count = places.count
        var matrix = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            matrix[row * count + row] = 1 + shape.noise
            for column in 0..<row {
                let covariance = GaussianProcess.covariance(places[row], places[column], shape)
                matrix[row * count + column] = covariance
                matrix[column * count + row] = covariance
            }
        }
        guard GaussianProcess.invert(&matrix, count) else { return nil }
        (self.places, self.values, self.shape) = (places, values, shape)
        inverse = matrix
        weigh()
    }

    /// Mean square error of each value as told by the others.
    var leaveOneOutError: Double {
        var sum = 0.0
        for index in values.indices {
            let error = weights[index] / inverse[index * values.count + index]
            sum += error * error
        }
        return sum / Double(max(1, values.count))
    }

    /// What is expected at a place, and by how much it may differ.
    func predict(_ place: [Double]) -> (mean: Double, deviation: Double) {
        let near = places.map { GaussianProcess.covariance($0, place, shape) }
        let mean = zip(near, weights).reduce(0) { $0 + $1.0 * $1.1 }
        let variance = 1 - zip(near, solve(near)).reduce(0) { $0 + $1.0 * $1.1 }
        return (mean, max(0, variance).squareRoot())
    }

    /// Takes a value as known.
    mutating func append(_ place: [Double], _ value: Double) {
        let near = places.map { GaussianProcess.covariance($0, place, shape) }
        let solved = solve(near)
        let rest = 1 + shape.noise - zip(near, solved).reduce(0) { $0 + $1.0 * $1.1 }
        let (old, count) = (values.count, values.count + 1)
        // The inverse of a matrix with a row and a column more, by its blocks.
        var larger = [Double](repeating: 0, count: count * count)
        for row in 0..<old {
            for column in 0..<old {
                larger[row * count + column] =
                    inverse[row * old + column] + solved[row] * solved[column] / rest
            }
            larger[row * count + old] = -solved[row] / rest
            larger[old * count + row] = -solved[row] / rest
        }
        larger[old * count + old] = 1 / rest
        inverse = larger
        places.append(place)
        values.append(value)
        weigh()
    }

    private mutating func weigh() { weights = solve(values) }

    /// The inverse times a vector.
    private func solve(_ vector: [Double]) -> [Double] {
        let count = vector.count
        return vector.withUnsafeBufferPointer { vector in
            inverse.withUnsafeBufferPointer { inverse in
                (0..<count).map { row in
                    var sum = 0.0
                    for column in 0..<count { sum += inverse[row * count + column] * vector[column] }
                    return sum
                }
            }
        }
    }

    private static func covariance(_ a: [Double], _ b: [Double], _ shape: Shape) -> Double {
        var square = 0.0
        for axis in a.indices {
            let difference = shape.isOrdered[axis] ? a[axis] - b[axis] : a[axis] == b[axis] ? 0 : 1
            let distance = difference / shape.lengths[axis]
            square += distance * distance
        }
        return 1 / (1 + square / 2)
    }

    /// Inverts a positive definite matrix in place, by Gauss and Jordan.
    ///
    /// - Returns: false when it is not positive definite as far as the numbers tell.
    private static func invert(_ matrix: inout [Double], _ count: Int) -> Bool {
        matrix.withUnsafeMutableBufferPointer { matrix in
            for pivot in 0..<count {
                let divisor = matrix[pivot * count + pivot]
                guard divisor > 1e-12 else { return false }
                matrix[pivot * count + pivot] = 1
                for column in 0..<count { matrix[pivot * count + column] /= divisor }
                for row in 0..<count where row != pivot {
                    let factor = matrix[row * count + pivot]
                    if factor == 0 { continue }
                    matrix[row * count + pivot] = 0
                    for column in 0..<count {
                        matrix[row * count + column] -= factor * matrix[pivot * count + column]
                    }
                }
            }
            return true
        }
    }
}
