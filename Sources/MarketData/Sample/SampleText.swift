internal import Units

/// Writes CSV rows as bytes.
struct SampleText {
    /// What was written.
    private(set) var bytes: [UInt8] = []
    /// Rows after the header.
    private(set) var rows = 0
    private var day = Int.min
    private var date: [UInt8] = []

    /// - Parameter header: names of the columns, divided by commas.
    init(header: String, capacity: Int) {
        bytes.reserveCapacity(capacity)
        bytes.append(contentsOf: header.utf8)
        bytes.append(0x0A)
    }

    /// ISO 8601 with Z, with milliseconds where there are any.
    mutating func time(_ nanoseconds: Int64) {
        let instant = Instant(nanoseconds: nanoseconds)
        if instant.day != day {
            day = instant.day
            date = Array((CivilDate(day: day).description + "T").utf8)
        }
        bytes.append(contentsOf: date)
        let milliseconds = (nanoseconds - Int64(day) * Timespan.day.nanoseconds) / 1_000_000
        let seconds = milliseconds / 1000
        pair(seconds / 3600)
        bytes.append(0x3A)
        pair(seconds / 60 % 60)
        bytes.append(0x3A)
        pair(seconds % 60)
        let rest = milliseconds % 1000
        if rest != 0 {
            bytes.append(0x2E)
            padded(rest, width: 3)
        }
        bytes.append(0x5A)
    }

    /// A comma and an integer at a scale.
    mutating func decimal(_ mantissa: Int64, scale: Int) {
        bytes.append(0x2C)
        if mantissa < 0 { bytes.append(0x2D) }
        let magnitude = Int64(clamping: mantissa.magnitude)
        let unit = SampleText.powers[scale]
        digits(magnitude / unit)
        if scale > 0 {
            bytes.append(0x2E)
            padded(magnitude % unit, width: scale)
        }
    }

    /// A comma and a text.
    mutating func cell(_ text: String) {
        bytes.append(0x2C)
        bytes.append(contentsOf: text.utf8)
    }

    /// Ends the row.
    mutating func endRow() {
        bytes.append(0x0A)
        rows += 1
    }

    /// The file.
    func file(_ path: String) -> SampleFile { SampleFile(path: path, bytes: bytes, rows: rows) }

    private mutating func pair(_ value: Int64) {
        bytes.append(0x30 + UInt8(truncatingIfNeeded: value / 10 % 10))
        bytes.append(0x30 + UInt8(truncatingIfNeeded: value % 10))
    }

    private mutating func digits(_ value: Int64) {
        var width = 1
        while width < 18 && value >= SampleText.powers[width] { width += 1 }
        padded(value, width: width)
    }

    private mutating func padded(_ value: Int64, width: Int) {
        var unit = SampleText.powers[width - 1]
        while unit > 0 {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: value / unit % 10))
            unit /= 10
        }
    }

    private static let powers: [Int64] = (0...18).map { exponent in
        (0..<exponent).reduce(Int64(1)) { power, _ in power * 10 }
    }
}
