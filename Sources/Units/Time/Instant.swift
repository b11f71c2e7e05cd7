/// A moment: whole nanoseconds since 1970-01-01T00:00:00Z, without leap seconds. 1678 to 2261.
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds since 1970 UTC.
    public let nanoseconds: Int64

    /// A moment from nanoseconds since 1970 UTC.
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// 1970-01-01T00:00:00Z.
    public static let epoch = Instant(nanoseconds: 0)
    /// The earliest representable moment.
    public static let distantPast = Instant(nanoseconds: Int64.min)
    /// The latest representable moment.
    public static let distantFuture = Instant(nanoseconds: Int64.max)

    @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The moment a span later; stops at ``distantFuture`` and ``distantPast``.
    @inlinable public static func + (a: Instant, b: Timespan) -> Instant {
        let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
        if overflow { return b.nanoseconds > 0 ? distantFuture : distantPast }
        return Instant(nanoseconds: sum)
    }

    /// The moment a span earlier; stops at ``distantPast`` and ``distantFuture``.
    @inlinable public static func - (a: Instant, b: Timespan) -> Instant {
        let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        if overflow { return b.nanoseconds > 0 ? distantPast : distantFuture }
        return Instant(nanoseconds: difference)
    }

    /// The span from another moment to this one; stops at the ends of ``Timespan``.
    public func since(_ other: Instant) -> Timespan {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        if overflow { return Timespan(nanoseconds: nanoseconds > 0 ? Int64.max : Int64.min) }
        return Timespan(nanoseconds: difference)
    }

    /// Whole UTC days since 1970-01-01, counting down before it.
    public var day: Int {
        let size = Timespan.day.nanoseconds
        let quotient = nanoseconds / size
        return Int(nanoseconds % size < 0 ? quotient - 1 : quotient)
    }

    /// 00:00 UTC of a day counted from 1970-01-01; stops at ``distantPast`` and ``distantFuture``.
    public init(day: Int) {
        let (product, overflow) = Int64(day).multipliedReportingOverflow(by: Timespan.day.nanoseconds)
        nanoseconds = overflow ? (day < 0 ? Int64.min : Int64.max) : product
    }

    /// Nanoseconds since 00:00 UTC.
    package var nanosecondOfDay: Int64 {
        let rest = nanoseconds % Timespan.day.nanoseconds
        return rest < 0 ? rest + Timespan.day.nanoseconds : rest
    }
}

extension Instant: CustomStringConvertible {
    /// ISO 8601 in UTC with Z; decimals of a second only as far as needed: `2024-05-12T00:00:00Z`.
    public var description: String {
        let date = CivilDate(day: day)
        var rest = nanosecondOfDay
        let hour = rest / Timespan.hour.nanoseconds
        rest %= Timespan.hour.nanoseconds
        let minute = rest / Timespan.minute.nanoseconds
        rest %= Timespan.minute.nanoseconds
        let second = rest / 1_000_000_000
        var text = date.description + "T" + pad(hour, 2) + ":" + pad(minute, 2) + ":" + pad(second, 2)
        let fraction = rest % 1_000_000_000
        if fraction != 0 {
            var digits = pad(fraction, 9)
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }

    private func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
