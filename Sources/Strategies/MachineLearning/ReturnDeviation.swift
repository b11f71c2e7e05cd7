internal import Units

/// The sample standard deviation of the last returns from close to close, as a fraction of the price.
struct ReturnDeviation {
    private let count: Int
    private var closes: [Double] = []

    /// - Parameter count: returns that it is taken of.
    init(count: Int) { self.count = count }

    /// Takes the next close.
    mutating func append(_ close: Int64) {
        closes.append(Double(close))
        if closes.count > count + 1 { closes.removeFirst() }
    }

    /// Millionths of the price, rounded to the nearest; nil before there are enough returns.
    var millionths: Int64? {
        guard closes.count == count + 1, closes.allSatisfy({ $0 > 0 }) else { return nil }
        let returns = zip(closes.dropFirst(), closes).map { $0 / $1 - 1 }
        let mean = returns.reduce(0, +) / Double(count)
        let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(count - 1)).squareRoot()
        return Int64(exactly: min(deviation * 1e6, 1e12).rounded())
    }
}
