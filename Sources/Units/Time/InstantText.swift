extension Instant {
    /// Reads ISO 8601 with a zone (`2024-05-12T00:00:00Z`, `2024-05-12T05:30:00+05:30`), or a date alone,
    /// which means 00:00 UTC. Seconds and their decimals, up to nine, may be left out.
    ///
    /// - Returns: nil for anything else, so for a time of day without a zone.
    public init?(iso8601 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        var reader = DigitReader(bytes: bytes)
        guard let date = reader.date() else { return nil }
        if reader.isAtEnd {
            self.init(day: date.day)
            return
        }
        guard reader.take(0x54) || reader.take(0x74) || reader.take(0x20),
            let clock = reader.timeOfDay(), let offset = reader.zoneOffset(), reader.isAtEnd
        else { return nil }
        let (start, overflow) = Int64(date.day).multipliedReportingOverflow(by: Timespan.day.nanoseconds)
        if overflow { return nil }
        let (sum, overflowed) = start.addingReportingOverflow(clock - offset)
        if overflowed { return nil }
        self.init(nanoseconds: sum)
    }
}

/// Reads fixed groups of digits from text, for dates and times.
private struct DigitReader {
    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        guard index + width <= bytes.count else { return nil }
        var value = 0
        for offset in 0..<width {
            let byte = bytes[index + offset]
            guard byte >= 0x30 && byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        index += width
        return value
    }

    mutating func date() -> CivilDate? {
        guard let year = number(4), take(0x2D), let month = number(2), take(0x2D), let day = number(2),
            (1678...2261).contains(year)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Nanoseconds since midnight.
    mutating func timeOfDay() -> Int64? {
        guard let hour = number(2), hour < 24, take(0x3A), let minute = number(2), minute < 60 else {
            return nil
        }
        var result = (Int64(hour) * 60 + Int64(minute)) * Timespan.minute.nanoseconds
        guard take(0x3A) else { return result }
        guard let second = number(2), second < 60 else { return nil }
        result += Int64(second) * 1_000_000_000
        guard take(0x2E) else { return result }
        var unit: Int64 = 100_000_000
        var digits = 0
        while let digit = number(1) {
            guard digits < 9 else { return nil }
            result += Int64(digit) * unit
            unit /= 10
            digits += 1
        }
        return digits == 0 ? nil : result
    }

    /// Nanoseconds east of UTC.
    mutating func zoneOffset() -> Int64? {
        if take(0x5A) || take(0x7A) { return 0 }
        let negative = index < bytes.count && bytes[index] == 0x2D
        guard take(0x2B) || take(0x2D), let hour = number(2), hour <= 14 else { return nil }
        _ = take(0x3A)
        guard let minute = number(2), minute < 60 else { return nil }
        let offset = (Int64(hour) * 60 + Int64(minute)) * Timespan.minute.nanoseconds
        return negative ? -offset : offset
    }
}
