public import Units

/// Compares the mean of a series' last values over a short window with that over a long one, exactly and in
/// constant time per value.
///
/// Follows `slow x (sum over the short window) - fast x (sum over the long window)`, whose sign is that of
/// the difference of the means: integers, no division, one buffer.
public struct MovingSumPair: ~Copyable {
    /// Values of the short window.
    public let fast: Int
    /// Values of the long window.
    public let slow: Int
    @usableFromInline var score: Int128 = 0
    @usableFromInline let ring: FixedArray<Int64>
    /// Where the next value goes, and the oldest of the long window is.
    @usableFromInline var next = 0
    /// Where the oldest value of the short window is.
    @usableFromInline var fastOldest: Int
    @usableFromInline var missing: Int

    /// Empty windows.
    ///
    /// - Precondition: `1 <= fast < slow <= 2^31`.
    public init(fast: Int, slow: Int) {
        precondition(fast >= 1 && fast < slow && slow <= 1 << 31, "the short window is the shorter one")
        self.fast = fast
        self.slow = slow
        ring = FixedArray(repeating: 0, count: slow)
        fastOldest = slow - fast
        missing = slow
    }

    /// Whether the long window is full.
    @inlinable public var isFull: Bool { missing == 0 }

    /// Adds a value; the oldest of each window leaves.
    @inlinable @inline(__always)
    public mutating func append(_ value: Int64) {
        let values = ring.pointer
        let (short, long) = (values[fastOldest], values[next])
        values[next] = value
        score += MovingSumPair.weighted(value, short, slow) - MovingSumPair.weighted(value, long, fast)
        next += 1
        if next == slow { next = 0 }
        fastOldest += 1
        if fastOldest == slow { fastOldest = 0 }
        if missing > 0 { missing -= 1 }
    }

    /// (entering - leaving) x weight, exact: at most 2^64 x 2^31.
    @inlinable @inline(__always)
    static func weighted(_ entering: Int64, _ leaving: Int64, _ weight: Int) -> Int128 {
        let (difference, overflow) = entering.subtractingReportingOverflow(leaving)
        if overflow { return (Int128(entering) - Int128(leaving)) * Int128(weight) }
        let wide = difference.multipliedFullWidth(by: Int64(weight))
        return Int128(wide.high) << 64 | Int128(wide.low)
    }

    /// The mean of the short window against that of the long one: negative, 0 or positive as it is lower,
    /// equal or higher. Meaningful when both windows are full.
    @inlinable public var comparison: Int { score < 0 ? -1 : score > 0 ? 1 : 0 }
}
