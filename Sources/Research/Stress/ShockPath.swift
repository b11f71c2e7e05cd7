internal import Units

/// A factor over time: 1 until its start, then evenly to its level within an hour, there until its end, and
/// evenly back to 1 within an hour; without an end it stays.
struct ShockPath {
    private let start: Int128
    private let end: Int128
    /// The factor in between, over ``BasisPoints/whole``; positive.
    private let level: Int128

    /// Nanoseconds from 1 to the level.
    private static let ramp = Int128(Timespan.hour.nanoseconds)
    /// What factors are counted in.
    static let unit = BasisPoints.whole * ramp

    init(from start: Instant, until end: Instant?, change: BasisPoints) {
        self.start = Int128(start.nanoseconds)
        let last = Int128((end ?? .distantFuture).nanoseconds)
        self.end = max(last, self.start + ShockPath.ramp)
        level = max(1, BasisPoints.whole + Int128(change.millionths))
    }

    /// The factor at a moment, over ``unit``.
    func factor(at time: Int64) -> Int128 {
        let time = Int128(time)
        if time <= start || time >= end + ShockPath.ramp { return ShockPath.unit }
        if time < start + ShockPath.ramp {
            return ShockPath.unit + (level - BasisPoints.whole) * (time - start)
        }
        if time <= end { return level * ShockPath.ramp }
        return level * ShockPath.ramp - (level - BasisPoints.whole) * (time - end)
    }

    /// The lowest and the highest factor of a span, its ends included.
    func extremes(from first: Int64, to last: Int64) -> (low: Int128, high: Int128) {
        var (low, high) = (factor(at: first), factor(at: first))
        for knot in [start, start + ShockPath.ramp, end, end + ShockPath.ramp, Int128(last)] {
            guard knot >= Int128(first), knot <= Int128(last), let time = Int64(exactly: knot) else {
                continue
            }
            let here = factor(at: time)
            (low, high) = (min(low, here), max(high, here))
        }
        return (low, high)
    }

    /// A price times a factor (or over it), rounded half even; one that was positive stays so.
    static func scale(
        _ price: Int64, by factor: Int128, isInverse: Bool
    ) throws(ArithmeticOverflow) -> Int64 {
        if factor == unit || price == 0 { return price }
        let scaled = try WideArithmetic.multiply(
            Int128(price), by: isInverse ? unit : factor, dividedBy: isInverse ? factor : unit,
            rounding: .halfEven)
        guard let result = Int64(exactly: scaled) else { throw ArithmeticOverflow("a shocked price") }
        return price > 0 ? max(1, result) : result
    }
}
