public import Units

/// How wall-clock time of one zone maps to instants: a table of offsets from UTC and when each begins.
///
/// Made from the bytes of a compiled time-zone file (TZif, RFC 9636), from a fixed offset as `+05:30`, or
/// ``utc``. Opens no file: who needs a named zone hands in the bytes. Rules for years after the last listed
/// change are taken from the file's footer up to the year 2262, the end of ``Instant``.
public struct ZoneRules: Sendable, Hashable {
    /// The name: `America/New_York`, `UTC`, `UTC-5`.
    public let name: String
    /// Nanoseconds since 1970 UTC at which each offset after the first begins, ascending.
    private let starts: [Int64]
    /// Nanoseconds east of UTC: before the first change, and from each change on.
    private let offsets: [Int64]
    /// Wall-clock end of each offset but the last.
    private let localEnds: [Int64]

    /// Coordinated universal time.
    public static let utc = ZoneRules(name: "UTC", first: 0, changes: [])

    /// A zone of one offset: `Z`, `UTC`, `GMT`, `+05:30`, `-0500`, `UTC-5`, `GMT+01:00`; nil for other text.
    ///
    /// The sign is that of ISO 8601: `UTC-5` is five hours behind UTC (New York in winter), also written
    /// `-05:00`. The zones `Etc/GMT+5` of the time-zone database count the other way and are files.
    public init?(fixedOffset text: some StringProtocol) {
        guard let seconds = ZoneRules.fixedOffsetSeconds(Array(text.utf8)) else { return nil }
        self.init(name: String(text), first: seconds, changes: [])
    }

    /// The zone of a compiled time-zone file.
    ///
    /// - Parameters:
    ///   - name: the name, for messages and reports.
    ///   - tzfile: the bytes of the file, as `/usr/share/zoneinfo` holds it.
    /// - Throws: ``ZoneError`` when the bytes are no valid TZif data, or count leap seconds.
    public init(name: String, tzfile: [UInt8]) throws(ZoneError) {
        let parsed = try CompiledZone.parse(name: name, bytes: tzfile)
        self.init(name: name, first: parsed.firstOffset, changes: parsed.changes)
    }

    /// Whether a text can name a file of the time-zone database: letters, digits and `_ + -` in parts
    /// divided by slashes. Never a path out of its folder.
    public static func isDatabaseName(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return !text.isEmpty && text.utf8.count <= 64
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy {
                        ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x39)
                            || $0 == 0x5F || $0 == 0x2B || $0 == 0x2D
                    }
            }
    }

    /// - Parameters:
    ///   - first: seconds east of UTC before the first change.
    ///   - changes: seconds since 1970 UTC and the offset from then on, ascending.
    init(name: String, first: Int64, changes: [OffsetChange]) {
        self.name = name
        var offsets = [first * ZoneRules.second]
        var starts: [Int64] = []
        for change in changes {
            let (start, overflow) = change.time.multipliedReportingOverflow(by: ZoneRules.second)
            let offset = change.offset * ZoneRules.second
            if overflow {
                if change.time < 0 { offsets[0] = offset }
                continue
            }
            if offset == offsets[offsets.count - 1] { continue }
            starts.append(start)
            offsets.append(offset)
        }
        (self.starts, self.offsets) = (starts, offsets)
        localEnds = zip(starts, offsets).map { ZoneRules.saturatingSum($0, $1) }
    }

    /// The instant at which a clock of this zone shows a time.
    ///
    /// - Parameter nanoseconds: wall-clock time, as nanoseconds since 1970-01-01 00:00 on that clock.
    /// - Returns: the earlier of two where clocks were set back; where they were set forward and never
    ///   showed the time, the instant read with the offset before the change (02:30 of a missing hour is
    ///   03:30). Stops at the ends of ``Instant``.
    public func instant(ofLocal nanoseconds: Int64) -> Instant {
        let index = ZoneRules.upperBound(localEnds, nanoseconds)
        if index > 0 {
            let begins = ZoneRules.saturatingSum(starts[index - 1], offsets[index])
            if nanoseconds < begins {
                return Instant(nanoseconds: ZoneRules.saturatingSum(nanoseconds, -offsets[index - 1]))
            }
        }
        return Instant(nanoseconds: ZoneRules.saturatingSum(nanoseconds, -offsets[index]))
    }

    /// What a clock of this zone shows at an instant, as nanoseconds since 1970-01-01 00:00 on that clock.
    public func local(of instant: Instant) -> Int64 {
        let index = ZoneRules.upperBound(starts, instant.nanoseconds)
        return ZoneRules.saturatingSum(instant.nanoseconds, offsets[index])
    }

    /// Nanoseconds east of UTC at an instant.
    public func offset(at instant: Instant) -> Timespan {
        Timespan(nanoseconds: offsets[ZoneRules.upperBound(starts, instant.nanoseconds)])
    }

    /// Whether the offset never changes.
    public var isFixed: Bool { starts.isEmpty }

    private static let second: Int64 = 1_000_000_000

    /// The number of values not above `value` in an ascending list.
    private static func upperBound(_ values: [Int64], _ value: Int64) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func saturatingSum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? (b > 0 ? Int64.max : Int64.min) : sum
    }

    /// Seconds east of UTC of a fixed offset's text.
    private static func fixedOffsetSeconds(_ text: [UInt8]) -> Int64? {
        var rest = text[...]
        if rest.elementsEqual("Z".utf8) || rest.elementsEqual("z".utf8) { return 0 }
        let hasPrefix = rest.starts(with: "UTC".utf8) || rest.starts(with: "GMT".utf8)
        if hasPrefix { rest = rest.dropFirst(3) }
        guard let sign = rest.first else { return hasPrefix ? 0 : nil }
        guard sign == 0x2B || sign == 0x2D else { return nil }
        rest = rest.dropFirst()
        let hasColon = rest.count > 2 && rest[rest.startIndex + rest.count - 3] == 0x3A
        let digits = rest.filter { $0 >= 0x30 && $0 <= 0x39 }
        guard digits.count == rest.count - (hasColon ? 1 : 0), (1...4).contains(digits.count),
            !hasColon || digits.count >= 3
        else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        let (hours, minutes) = digits.count <= 2 ? (number, 0) : (number / 100, number % 100)
        guard hours <= 18, minutes < 60 else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return sign == 0x2D ? -seconds : seconds
    }
}

/// From one moment on, an offset from UTC.
struct OffsetChange: Hashable, Sendable {
    /// Seconds since 1970 UTC.
    let time: Int64
    /// Seconds east of UTC.
    let offset: Int64
}
