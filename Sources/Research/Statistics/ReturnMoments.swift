/// Mean, spread and shape of returns.
///
/// Skewness and kurtosis are the bias-corrected sample figures G1 and G2 of D. N. Joanes and C. A. Gill,
/// "Comparing measures of sample skewness and kurtosis", The Statistician 47(1), 1998, as in pandas.
struct ReturnMoments {
    let mean: Double
    /// Sample standard deviation (n - 1).
    let deviation: Double
    /// Sample skewness G1; nil without spread or with fewer than three returns.
    let skewness: Double?
    /// Sample kurtosis G2 + 3: 3 for a normal distribution; nil without spread or with fewer than four.
    let kurtosis: Double?

    /// Whether the returns differ by more than rounding.
    var hasSpread: Bool { deviation > abs(mean) * 1e-12 }

    /// - Precondition: at least two returns.
    init(_ returns: [Double]) {
        precondition(returns.count >= 2, "a spread needs two numbers")
        let mean = CompensatedSum.mean(returns)
        let squares = CompensatedSum.of(returns) { ($0 - mean) * ($0 - mean) }
        deviation = (squares / Double(returns.count - 1)).squareRoot()
        self.mean = mean
        guard deviation > abs(mean) * 1e-12, returns.count >= 3 else {
            (skewness, kurtosis) = (nil, nil)
            return
        }
        let n = Double(returns.count)
        let cubes = CompensatedSum.of(returns) { ($0 - mean) * ($0 - mean) * ($0 - mean) }
        skewness = finite(n * (n - 1).squareRoot() / (n - 2) * cubes / (squares * squares.squareRoot()))
        guard returns.count >= 4 else {
            kurtosis = nil
            return
        }
        let fourths = CompensatedSum.of(returns) {
            let square = ($0 - mean) * ($0 - mean)
            return square * square
        }
        let room = (n - 2) * (n - 3)
        let excess =
            n * (n + 1) * (n - 1) / room * fourths / (squares * squares) - 3 * (n - 1) * (n - 1) / room
        kurtosis = finite(excess + 3)
    }
}
