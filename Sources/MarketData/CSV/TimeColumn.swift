internal import Units

/// Reads the cells of a time column and watches that all are written alike.
struct TimeColumn {
    /// How a cell was written.
    enum Form: Equatable {
        /// With `Z` or an offset.
        case zoned
        /// Wall-clock time without one.
        case local
        /// A number of seconds (9), milliseconds (6), microseconds (3) or nanoseconds (0) since 1970.
        case epoch(power: Int)

        var name: String {
            switch self {
            case .zoned: "a time with a zone"
            case .local: "a time without a zone"
            case .epoch(9): "seconds since 1970"
            case .epoch(6): "milliseconds since 1970"
            case .epoch(3): "microseconds since 1970"
            case .epoch: "nanoseconds since 1970"
            }
        }
    }

    private let format: TimeFormat
    private let zone: ZoneRules
    private let isUTC: Bool
    /// The form of the first cell that could be read.
    private(set) var established: Form?
    /// Nanoseconds of the last cell: since 1970 UTC, or on the wall clock for ``Form/local``.
    private(set) var value: Int64 = 0
    /// The form of the last cell.
    private(set) var form = Form.local
    /// Whether the last cell was written otherwise than the first.
    private(set) var isMixed = false
    /// The offset of the last cell, where it differs from the first by more than daylight saving.
    private var strangeOffset: Int64?

    /// What was wrong with the last cell's form against the first; nil when nothing.
    var mixture: String? {
        guard isMixed, let established else { return nil }
        guard let strangeOffset else {
            return "\(form.name), while the first row has \(established.name)"
        }
        return "an offset of \(Timespan(nanoseconds: strangeOffset)) from UTC, while the first row has "
            + "\(Timespan(nanoseconds: firstOffset ?? 0))"
    }

    private var dateKey: (UInt64, UInt16) = (0, 0)
    private var dateValue: Int64 = 0
    private var compactKey: UInt64 = 0
    private var compactValue: Int64 = 0
    private var bucket = Int64.min
    private var bucketOffset: Int64 = 0
    private var firstOffset: Int64?
    private var sawZ = false

    init(format: TimeFormat, zone: ZoneRules) {
        self.format = format
        self.zone = zone
        isUTC = zone == .utc
    }

    /// The instant of a wall-clock time of the zone. Offsets change only on quarters of an hour, so one
    /// look-up serves a quarter.
    mutating func instant(ofLocal local: Int64) -> Int64 {
        if isUTC { return local }
        let quarter: Int64 = 900_000_000_000
        let key = local >= 0 ? local / quarter : (local - quarter + 1) / quarter
        if key != bucket {
            bucket = key
            bucketOffset = local &- zone.instant(ofLocal: local).nanoseconds
        }
        let (result, overflow) = local.subtractingReportingOverflow(bucketOffset)
        return overflow ? local : result
    }

    /// The first time that is accepted, 1900, so that the distance of any two fits 64 bits.
    static let first: Int64 = -2_208_988_800_000_000_000
    /// The end of the times that are accepted, 2190.
    static let end: Int64 = 6_942_585_600_000_000_000

    /// Reads a cell at `p`, which moves behind it. False when it is no time from 1900 to 2189.
    @inline(__always)
    mutating func parse(_ p: inout UnsafeMutablePointer<UInt8>) -> Bool {
        parseAny(&p) && value >= TimeColumn.first && value < TimeColumn.end
    }

    /// Reads a cell at `p`, which moves behind it. False when it is no time; the bytes behind are zeros at
    /// the latest 64 bytes after the text.
    private mutating func parseAny(_ p: inout UnsafeMutablePointer<UInt8>) -> Bool {
        isMixed = false
        strangeOffset = nil
        if p[4] == 0x2D && p[7] == 0x2D {
            guard format == .automatic || format == .iso else { return false }
            return parseISO(&p)
        }
        let start = p
        var negative = false
        if p.pointee == 0x2D {
            negative = true
            p += 1
        }
        var number: Int64 = 0
        var digits = 0
        while true {
            let digit = p.pointee &- 0x30
            if digit > 9 { break }
            digits += 1
            if digits > 18 && number > 922_337_203_685_477_579 { return false }
            number = number * 10 + Int64(digit)
            p += 1
        }
        if digits == 0 { return false }
        let isDate = digits == 8 && !negative && number >= 16_780_101 && number <= 22_611_231
        if isDate && (format == .automatic || format == .compact) && !isEpoch {
            return parseCompact(start, &p)
        }
        guard format != .iso && format != .compact else { return false }
        return parseEpoch(&p, number: number, negative: negative)
    }

    private var isEpoch: Bool { if case .epoch = established { true } else { false } }

    private mutating func note(_ found: Form) {
        form = found
        guard let first = established else {
            established = found
            return
        }
        if first != found { isMixed = true }
    }

    // MARK: ISO 8601

    private mutating func parseISO(_ p: inout UnsafeMutablePointer<UInt8>) -> Bool {
        let raw = UnsafeRawPointer(p)
        let key = (raw.loadUnaligned(as: UInt64.self), (raw + 8).loadUnaligned(as: UInt16.self))
        if key != dateKey {
            guard let year = TimeColumn.number(p, 4), let month = TimeColumn.number(p + 5, 2),
                let day = TimeColumn.number(p + 8, 2), (1678...2261).contains(year),
                let date = CivilDate(year: year, month: month, day: day)
            else { return false }
            dateKey = key
            dateValue = Int64(date.day) * 86_400_000_000_000
        }
        p += 10
        let separator = p.pointee
        guard separator == 0x54 || separator == 0x20 || separator == 0x74,
            p[1] &- 0x30 <= 9
        else {
            value = dateValue
            note(.local)
            return true
        }
        p += 1
        guard let clock = TimeColumn.clock(&p) else { return false }
        let (sum, overflow) = dateValue.addingReportingOverflow(clock)
        if overflow { return false }
        value = sum
        return parseOffset(&p)
    }

    /// `HH:MM`, `HH:MM:SS`, `HH:MM:SS.fraction` as nanoseconds.
    @inline(__always)
    private static func clock(_ p: inout UnsafeMutablePointer<UInt8>) -> Int64? {
        // `HH:MM:SS` in one piece.
        let text = UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
        let digits = text ^ 0x3030_3A30_303A_3030
        // A colon leaves 0, any other byte in its place something; so colons are digits here.
        guard DigitRun.others(digits) == 0, digits & 0x0000_FF00_00FF_0000 == 0 else { return anyClock(&p) }
        func pair(_ shift: UInt64) -> Int64 {
            Int64(truncatingIfNeeded: (digits >> shift & 0xFF) * 10 + digits >> (shift + 8) & 0xFF)
        }
        let (hour, minute, second) = (pair(0), pair(24), pair(48))
        guard hour < 24, minute < 60, second < 60, p[8] != 0x2E else { return anyClock(&p) }
        p += 8
        return (hour * 3600 + minute * 60 + second) * 1_000_000_000
    }

    private static func anyClock(_ p: inout UnsafeMutablePointer<UInt8>) -> Int64? {
        guard let hour = number(p, 2), hour < 24, p[2] == 0x3A, let minute = number(p + 3, 2), minute < 60
        else {
            return nil
        }
        var result = (Int64(hour) * 60 + Int64(minute)) * 60_000_000_000
        p += 5
        guard p.pointee == 0x3A else { return result }
        guard let second = number(p + 1, 2), second < 60 else { return nil }
        result += Int64(second) * 1_000_000_000
        p += 3
        guard p.pointee == 0x2E else { return result }
        p += 1
        guard let fraction = fraction(&p) else { return nil }
        return result + fraction
    }

    /// Digits after the point of a second, as nanoseconds; further digits are cut.
    private static func fraction(_ p: inout UnsafeMutablePointer<UInt8>) -> Int64? {
        var unit: Int64 = 100_000_000
        var result: Int64 = 0
        var digits = 0
        while p.pointee &- 0x30 <= 9 {
            result += Int64(p.pointee &- 0x30) * unit
            unit /= 10
            digits += 1
            p += 1
        }
        return digits == 0 ? nil : result
    }

    private mutating func parseOffset(_ p: inout UnsafeMutablePointer<UInt8>) -> Bool {
        let byte = p.pointee
        if byte == 0x5A || byte == 0x7A {
            p += 1
            noteOffset(0, isZ: true)
            return true
        }
        guard byte == 0x2B || byte == 0x2D else {
            note(.local)
            return true
        }
        guard let hour = TimeColumn.number(p + 1, 2), hour <= 18 else { return false }
        p += 3
        if p.pointee == 0x3A { p += 1 }
        var minute = 0
        if p.pointee &- 0x30 <= 9 {
            guard let found = TimeColumn.number(p, 2), found < 60 else { return false }
            minute = found
            p += 2
        }
        var offset = (Int64(hour) * 60 + Int64(minute)) * 60_000_000_000
        if byte == 0x2D { offset = -offset }
        // Some tools write +00:00Z.
        if offset == 0 && p.pointee == 0x5A { p += 1 }
        let (result, overflow) = value.subtractingReportingOverflow(offset)
        if overflow { return false }
        value = result
        noteOffset(offset, isZ: false)
        return true
    }

    /// Offsets of one column may differ by an hour, as in zones with daylight saving; more is a mixture.
    private mutating func noteOffset(_ offset: Int64, isZ: Bool) {
        note(.zoned)
        if isZ { sawZ = true }
        guard let first = firstOffset else {
            firstOffset = offset
            return
        }
        if offset == first { return }
        if sawZ || abs(offset - first) > 3_600_000_000_000 {
            isMixed = true
            strangeOffset = offset
        }
    }

    // MARK: 20240512 00:00

    private mutating func parseCompact(
        _ start: UnsafeMutablePointer<UInt8>, _ p: inout UnsafeMutablePointer<UInt8>
    ) -> Bool {
        let key = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
        if key != compactKey {
            guard let year = TimeColumn.number(start, 4), let month = TimeColumn.number(start + 4, 2),
                let day = TimeColumn.number(start + 6, 2),
                let date = CivilDate(year: year, month: month, day: day)
            else { return false }
            compactKey = key
            compactValue = Int64(date.day) * 86_400_000_000_000
        }
        value = compactValue
        note(.local)
        guard p.pointee == 0x20, p[1] &- 0x30 <= 9 else { return true }
        p += 1
        if p[2] == 0x3A {
            guard let clock = TimeColumn.clock(&p) else { return false }
            value += clock
            return true
        }
        guard let hour = TimeColumn.number(p, 2), hour < 24, let minute = TimeColumn.number(p + 2, 2),
            minute < 60, let second = TimeColumn.number(p + 4, 2), second < 60
        else { return false }
        p += 6
        value += (Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)) * 1_000_000_000
        if p.pointee &- 0x30 <= 9 {
            guard let milliseconds = TimeColumn.number(p, 3) else { return false }
            value += Int64(milliseconds) * 1_000_000
            p += 3
        }
        return true
    }

    // MARK: Numbers since 1970

    private mutating func parseEpoch(
        _ p: inout UnsafeMutablePointer<UInt8>, number: Int64, negative: Bool
    ) -> Bool {
        let power =
            switch format {
            case .epochSeconds: 9
            case .epochMilliseconds: 6
            case .epochMicroseconds: 3
            case .epochNanoseconds: 0
            default:
                number < 100_000_000_000
                    ? 9
                    : number < 100_000_000_000_000
                        ? 6
                        : number < 100_000_000_000_000_000 ? 3 : 0
            }
        let unit = DecimalCell.powers[power]
        let (whole, overflow) = number.multipliedReportingOverflow(by: unit)
        if overflow { return false }
        var result = whole
        if p.pointee == 0x2E {
            p += 1
            guard let fraction = TimeColumn.fraction(&p) else { return false }
            let (sum, overflow) = result.addingReportingOverflow(fraction / (1_000_000_000 / unit))
            if overflow { return false }
            result = sum
        }
        value = negative ? -result : result
        note(.epoch(power: power))
        return true
    }

    private static func number(_ p: UnsafeMutablePointer<UInt8>, _ width: Int) -> Int? {
        var result = 0
        for index in 0..<width {
            let digit = p[index] &- 0x30
            if digit > 9 { return nil }
            result = result * 10 + Int(digit)
        }
        return result
    }
}
