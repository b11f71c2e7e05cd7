/// A length of time in whole nanoseconds. Signed; about 292 years either way.
public struct Timespan: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds.
    public let nanoseconds: Int64

    /// A length from nanoseconds.
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// No time.
    public static let zero = Timespan(nanoseconds: 0)
    /// One millisecond.
    public static let millisecond = Timespan(nanoseconds: 1_000_000)
    /// One second.
    public static let second = Timespan(nanoseconds: 1_000_000_000)
    /// One minute.
    public static let minute = Timespan(nanoseconds: 60_000_000_000)
    /// One hour.
    public static let hour = Timespan(nanoseconds: 3_600_000_000_000)
    /// 24 hours.
    public static let day = Timespan(nanoseconds: 86_400_000_000_000)

    @inlinable public static func < (a: Timespan, b: Timespan) -> Bool { a.nanoseconds < b.nanoseconds }

    /// A multiple. Traps beyond 292 years.
    public static func * (count: Int, span: Timespan) -> Timespan {
        Timespan(nanoseconds: Int64(count) * span.nanoseconds)
    }

    /// Reads `250ms`, `5s`, `1m`, `4h`, `1d`, also `ns` and `us`: a whole number and a unit.
    ///
    /// - Returns: nil for anything else, or beyond 292 years.
    public init?(_ text: some StringProtocol) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let count = Int64(digits) else { return nil }
        let unit: Int64
        switch text.dropFirst(digits.count) {
        case "ns": unit = 1
        case "us": unit = 1_000
        case "ms": unit = 1_000_000
        case "s": unit = 1_000_000_000
        case "m": unit = Timespan.minute.nanoseconds
        case "h": unit = Timespan.hour.nanoseconds
        case "d": unit = Timespan.day.nanoseconds
        default: return nil
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        nanoseconds = product
    }
}

extension Timespan: CustomStringConvertible {
    /// The shortest exact text that ``init(_:)`` reads: `90m`, `1500ms`.
    public var description: String {
        let units: [(Int64, String)] = [
            (Timespan.day.nanoseconds, "d"), (Timespan.hour.nanoseconds, "h"),
            (Timespan.minute.nanoseconds, "m"), (1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"),
        ]
        if nanoseconds == 0 { return "0s" }
        for (size, name) in units where nanoseconds % size == 0 { return "\(nanoseconds / size)\(name)" }
        return "\(nanoseconds)ns"
    }
}
