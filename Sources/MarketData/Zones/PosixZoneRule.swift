internal import Units

/// The yearly rule in the footer of a compiled time-zone file, as `EST5EDT,M3.2.0,M11.1.0`.
///
/// Source: POSIX.1-2017, "Base Definitions", 8.3, environment variable TZ, with the extension of RFC 9636,
/// section 3.3.1: times of day from -167 to 167 hours.
struct PosixZoneRule {
    /// Seconds east of UTC of standard time.
    let standard: Int64
    /// Daylight-saving time, where there is any.
    let daylight: Daylight?

    /// Daylight-saving time of a rule.
    struct Daylight {
        /// Seconds east of UTC.
        let offset: Int64
        /// When it begins, on the standard clock.
        let start: YearlyMoment
        /// When it ends, on the daylight clock.
        let end: YearlyMoment
    }

    /// A moment of each year on a wall clock.
    struct YearlyMoment {
        /// Which day.
        let day: YearlyDay
        /// Seconds from its midnight.
        let second: Int64

        /// Wall-clock seconds since 1970.
        func second(inYear year: Int) -> Int64 { Int64(day.day(inYear: year)) * 86_400 + second }
    }

    /// A day of each year.
    enum YearlyDay {
        /// Day 1 to 365, 29 February never counted.
        case withoutLeapDay(Int)
        /// Day 0 to 365, 29 February counted.
        case ordinal(Int)
        /// Month, week 1 to 5 (5 is the last), weekday 0 Sunday to 6.
        case weekday(month: Int, week: Int, weekday: Int)

        /// Days since 1970-01-01.
        func day(inYear year: Int) -> Int {
            let newYear = CivilDate.day(year: year, month: 1, day: 1)
            switch self {
            case .ordinal(let ordinal): return newYear + ordinal
            case .withoutLeapDay(let ordinal):
                let isLeap = CivilDate.length(ofMonth: 2, year: year) == 29
                return newYear + ordinal - 1 + (isLeap && ordinal >= 60 ? 1 : 0)
            case .weekday(let month, let week, let weekday):
                let first = CivilDate.day(year: year, month: month, day: 1)
                let shift = (weekday - CivilDate(day: first).weekday % 7 + 7) % 7
                let day = first + shift + (week - 1) * 7
                let end = first + CivilDate.length(ofMonth: month, year: year)
                return day < end ? day : day - 7
            }
        }
    }

    /// The changes of each year from one year to 2262, ascending.
    func changes(from year: Int) -> [OffsetChange] {
        guard let daylight else {
            return [OffsetChange(time: PosixZoneRule.second(ofYear: year), offset: standard)]
        }
        var changes: [OffsetChange] = []
        for year in stride(from: max(year, 1678), through: 2262, by: 1) {
            let start = daylight.start.second(inYear: year) - standard
            let end = daylight.end.second(inYear: year) - daylight.offset
            changes.append(OffsetChange(time: start, offset: daylight.offset))
            changes.append(OffsetChange(time: end, offset: standard))
        }
        changes.sort { $0.time < $1.time }
        return changes
    }

    /// The UTC year of a second since 1970, within the years of ``Instant``.
    static func year(ofSecond second: Int64) -> Int {
        let bounded = min(max(second, -9_200_000_000), 9_200_000_000)
        return Instant(nanoseconds: bounded * 1_000_000_000).day.year
    }

    private static func second(ofYear year: Int) -> Int64 {
        Int64(CivilDate.day(year: year, month: 1, day: 1)) * 86_400
    }
}

extension Int {
    /// The year of a day counted from 1970-01-01.
    fileprivate var year: Int { CivilDate(day: self).year }
}

extension PosixZoneRule {
    /// Reads a rule; nil for text that is none.
    init?(_ text: [UInt8]) {
        var reader = PosixRuleReader(bytes: text)
        guard reader.name(), let standard = reader.offset() else { return nil }
        if reader.isAtEnd {
            self.init(standard: -standard, daylight: nil)
            return
        }
        guard reader.name() else { return nil }
        var daylight = standard - 3600
        if reader.peek != 0x2C {
            guard let given = reader.offset() else { return nil }
            daylight = given
        }
        guard reader.take(0x2C), let start = reader.moment(), reader.take(0x2C), let end = reader.moment(),
            reader.isAtEnd
        else { return nil }
        self.init(
            standard: -standard, daylight: Daylight(offset: -daylight, start: start, end: end))
    }
}

/// Reads the parts of a rule.
private struct PosixRuleReader {
    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }
    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    /// Letters, or anything between angle brackets.
    mutating func name() -> Bool {
        let start = index
        if take(0x3C) {
            while let byte = peek, byte != 0x3E { _ = take(byte) }
            return take(0x3E) && index - start > 2
        }
        while let byte = peek, (byte | 0x20) >= 0x61, (byte | 0x20) <= 0x7A { index += 1 }
        return index - start >= 3
    }

    mutating func number(upTo limit: Int) -> Int? {
        var value = 0
        let start = index
        while let byte = peek, byte >= 0x30, byte <= 0x39, index - start < 3 {
            value = value * 10 + Int(byte - 0x30)
            index += 1
        }
        return index > start && value <= limit ? value : nil
    }

    /// `hh[:mm[:ss]]` with an optional sign, in seconds.
    mutating func clock(hours limit: Int) -> Int64? {
        let negative = peek == 0x2D
        if negative || peek == 0x2B { index += 1 }
        guard let hours = number(upTo: limit) else { return nil }
        var seconds = Int64(hours) * 3600
        if take(0x3A) {
            guard let minutes = number(upTo: 59) else { return nil }
            seconds += Int64(minutes) * 60
            if take(0x3A) {
                guard let rest = number(upTo: 59) else { return nil }
                seconds += Int64(rest)
            }
        }
        return negative ? -seconds : seconds
    }

    /// Seconds west of UTC.
    mutating func offset() -> Int64? { clock(hours: 24) }

    mutating func moment() -> PosixZoneRule.YearlyMoment? {
        guard let day = yearlyDay() else { return nil }
        guard take(0x2F) else { return PosixZoneRule.YearlyMoment(day: day, second: 7200) }
        guard let second = clock(hours: 167) else { return nil }
        return PosixZoneRule.YearlyMoment(day: day, second: second)
    }

    mutating func yearlyDay() -> PosixZoneRule.YearlyDay? {
        if take(0x4A) {
            guard let ordinal = number(upTo: 365), ordinal >= 1 else { return nil }
            return .withoutLeapDay(ordinal)
        }
        guard take(0x4D) else {
            guard let ordinal = number(upTo: 365) else { return nil }
            return .ordinal(ordinal)
        }
        guard let month = number(upTo: 12), month >= 1, take(0x2E), let week = number(upTo: 5), week >= 1,
            take(0x2E), let weekday = number(upTo: 6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }
}
