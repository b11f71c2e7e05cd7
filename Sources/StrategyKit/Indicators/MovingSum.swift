/// The exact sum of the last values of a series, in constant time per value.
///
/// A sum of integers, so that comparing a value with the mean needs no division: it is above the mean of
/// `n` values when `n x value > sum`.
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
}
