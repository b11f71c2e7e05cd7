public import Units

/// The span of a bar: a fixed length, or whole calendar months in UTC.
public enum Timeframe: Hashable, Sendable, CustomStringConvertible {
    /// A fixed length, aligned to UTC boundaries.
    case fixed(Timespan)
    /// Whole calendar months.
    case months(Int)

    /// Reads `1s`, `1m`, `5m`, `1h`, `4h`, `1d`, `1w` and, in months, `1M`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        if text.hasSuffix("M") {
            guard let count = Int(text.dropLast()), (1...1200).contains(count) else { return nil }
            self = .months(count)
        } else if text.hasSuffix("w") {
            guard let count = Int(text.dropLast()), (1...520).contains(count) else { return nil }
            self = .fixed((7 * count) * .day)
        } else {
            guard let span = Timespan(text), span > .zero else { return nil }
            self = .fixed(span)
        }
    }

    /// `1m`, `4h`, `1d`, `7d`, `1M`.
    public var description: String {
        switch self {
        case .fixed(let span): span.description
        case .months(let count): "\(count)M"
        }
    }

    /// Whether a bar is a day or longer.
    public var isDayOrLonger: Bool {
        switch self {
        case .fixed(let span): span >= .day
        case .months: true
        }
    }

    /// The close time of a bar that opens at `open`. A month that is too short ends on its last day.
    public func close(of open: Instant) -> Instant {
        switch self {
        case .fixed(let span): open + span
        case .months(let count): Timeframe.shift(open, byMonths: count)
        }
    }

    /// The open time of a bar that closes at `close`.
    public func open(of close: Instant) -> Instant {
        switch self {
        case .fixed(let span): close - span
        case .months(let count): Timeframe.shift(close, byMonths: -count)
        }
    }

    /// The first UTC boundary of this timeframe after `time`; exactly on a boundary, the next one.
    /// Fixed lengths align to 1970-01-01T00:00:00Z.
    public func nextBoundary(after time: Instant) -> Instant {
        switch self {
        case .fixed(let span):
            let size = span.nanoseconds
            let rest = time.nanoseconds % size
            return time + Timespan(nanoseconds: rest < 0 ? -rest : size - rest)
        case .months(let count):
            let date = CivilDate(day: time.day)
            let month = (date.year * 12 + date.month - 1) / count * count + count
            return Instant(day: CivilDate.day(year: month / 12, month: month % 12 + 1, day: 1))
        }
    }

    /// Month ends stay month ends: a stamp on the last day of its month moves to the last day.
    private static func shift(_ time: Instant, byMonths count: Int) -> Instant {
        let date = CivilDate(day: time.day)
        let clock = Timespan(nanoseconds: time.nanosecondOfDay)
        let month = date.year * 12 + date.month - 1 + count
        let (year, ordinal) = (month / 12, month % 12 + 1)
        let length = CivilDate.length(ofMonth: ordinal, year: year)
        let isLast = date.dayOfMonth == CivilDate.length(ofMonth: date.month, year: date.year)
        let day = isLast ? length : min(date.dayOfMonth, length)
        let midnight = Instant(day: CivilDate.day(year: year, month: ordinal, day: day))
        return midnight == .distantPast ? midnight : midnight + clock
    }
}
