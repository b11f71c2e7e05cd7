/// The exact sum of the last values of a series, in constant time per value.
///
/// Sums of integers, so that comparing two means needs no division: the mean of the last `a` values is
/// above that of the last `b` when `b x sumA > a x sumB`.
public struct MovingSum: Sendable {
    /// How many values the sum spans when it is full.
    public let length: Int
    /// The sum of the last ``length`` values, or of all so far.
    public private(set) var sum: Int128 = 0
    /// Values so far, at most ``length``.
    public private(set) var count = 0
    private var ring: [Int64]
    private var next = 0

    /// An empty sum.
    ///
    /// - Precondition: `length` is at least 1.
    public init(length: Int) {
        precondition(length >= 1, "a moving sum spans at least one value")
        self.length = length
        ring = Array(repeating: 0, count: length)
    }

    /// Whether ``length`` values were given.
    public var isFull: Bool { count == length }

    /// Adds a value; the oldest leaves when the sum was full.
    @inline(__always)
    public mutating func append(_ value: Int64) {
        sum += Int128(value) - Int128(ring[next])
        ring[next] = value
        next += 1
        if next == length { next = 0 }
        if count < length { count += 1 }
    }

    /// Compares the mean of this sum with that of another, exactly: negative, 0 or positive as this one is
    /// lower, equal or higher. Both are full.
    @inline(__always)
    public func compareMean(with other: MovingSum) -> Int {
        let (a, b) = (Int128(other.length), Int128(length))
        if let x = Int64(exactly: sum), let y = Int64(exactly: other.sum) {
            let (left, one) = x.multipliedReportingOverflow(by: Int64(other.length))
            let (right, two) = y.multipliedReportingOverflow(by: Int64(length))
            if !one && !two { return left < right ? -1 : left > right ? 1 : 0 }
        }
        let (left, right) = (sum * a, other.sum * b)
        return left < right ? -1 : left > right ? 1 : 0
    }
}
