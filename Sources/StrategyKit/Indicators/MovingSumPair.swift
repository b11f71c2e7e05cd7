/// The exact sums of the last values of one series over a short and a long window, in constant time per
/// value and one buffer.
///
/// Sums of integers, so that comparing the two means needs no division.
public struct MovingSumPair: Sendable {
    /// Values of the short window.
    public let fast: Int
    /// Values of the long window.
    public let slow: Int
    /// Sum of the last ``fast`` values, or of all so far.
    @inlinable public var fastSum: Int128 { short }
    @usableFromInline var short: Int128 = 0
    /// Sum of the last ``slow`` values, or of all so far.
    @inlinable public var slowSum: Int128 { long }
    @usableFromInline var long: Int128 = 0
    @usableFromInline var ring: [Int64]
    /// Where the next value goes, and the oldest of the long window is.
    @usableFromInline var next = 0
    /// Where the oldest value of the short window is.
    @usableFromInline var fastOldest: Int
    @usableFromInline var missing: Int

    /// Empty sums.
    ///
    /// - Precondition: `1 <= fast < slow`.
    public init(fast: Int, slow: Int) {
        precondition(fast >= 1 && fast < slow, "the short window is shorter than the long one")
        self.fast = fast
        self.slow = slow
        ring = Array(repeating: 0, count: slow)
        fastOldest = slow - fast
        missing = slow
    }

    /// Whether the long window is full.
    @inlinable public var isFull: Bool { missing == 0 }

    /// Adds a value; the oldest of each window leaves.
    @inlinable @inline(__always)
    public mutating func append(_ value: Int64) {
        let (leavingShort, leavingLong) = (ring[fastOldest], ring[next])
        short += Int128(value) - Int128(leavingShort)
        long += Int128(value) - Int128(leavingLong)
        ring[next] = value
        next += 1
        if next == slow { next = 0 }
        fastOldest += 1
        if fastOldest == slow { fastOldest = 0 }
        if missing > 0 { missing -= 1 }
    }

    /// The mean of the short window against that of the long one, exactly: negative, 0 or positive as it is
    /// lower, equal or higher. Both windows are full.
    @inlinable public var comparison: Int {
        if let x = Int64(exactly: fastSum), let y = Int64(exactly: slowSum) {
            let (left, one) = x.multipliedReportingOverflow(by: Int64(slow))
            let (right, two) = y.multipliedReportingOverflow(by: Int64(fast))
            if !one && !two { return left < right ? -1 : left > right ? 1 : 0 }
        }
        // At most 100,000 values below 2^63: the products stay below 2^114.
        let (left, right) = (fastSum * Int128(slow), slowSum * Int128(fast))
        return left < right ? -1 : left > right ? 1 : 0
    }
}
