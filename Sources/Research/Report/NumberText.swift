internal import Units

/// Numbers as people read them: rounded, with thousands separators. Never read back by a program.
enum NumberText {
    /// What stands for a figure that is not defined.
    static let absent = "–"

    /// A number with a fixed count of decimals, ties away from zero.
    static func fixed(_ value: Double, _ decimals: Int, signed: Bool = false) -> String {
        guard value.isFinite else { return absent }
        var unit = 1.0
        for _ in 0..<decimals { unit *= 10 }
        let scaled = (abs(value) * unit).rounded()
        guard scaled < 9e15 else { return scientific(value) }
        let whole = Int64(scaled)
        let sign = whole == 0 ? "" : value < 0 ? "-" : signed ? "+" : ""
        let text = String(whole / Int64(unit))
        guard decimals > 0 else { return sign + grouped(text) }
        let fraction = String(whole % Int64(unit))
        return sign + grouped(text) + "."
            + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    private static func scientific(_ value: Double) -> String {
        let exponent = exponent(of: value)
        var mantissa = abs(value)
        for _ in 0..<exponent { mantissa /= 10 }
        return (value < 0 ? "-" : "") + fixed(mantissa, 2) + "e\(exponent)"
    }

    private static func exponent(of value: Double) -> Int {
        var (rest, exponent) = (abs(value), 0)
        while rest >= 10 { (rest, exponent) = (rest / 10, exponent + 1) }
        return exponent
    }

    /// The number with a real minus sign, for pages.
    static func typeset(_ number: String) -> String {
        number.hasPrefix("-") ? "−" + number.dropFirst() : number
    }

    /// A count with its noun: `1 fill`, `2 fills`.
    static func count(_ value: Int, _ one: String, _ many: String? = nil) -> String {
        count(value) + " " + (value == 1 ? one : many ?? one + "s")
    }

    /// A number as a program reads it.
    static func plain(_ value: Double) -> String { value.isFinite ? value.description : "0" }

    /// A fraction as percent: 0.1234 is `12.34 %`. A small one has two decimals more, not to read as none.
    static func percent(_ value: Double?, _ decimals: Int = 2, signed: Bool = false) -> String {
        guard let value, value.isFinite else { return absent }
        if abs(value) >= 1e6 { return fixed(value, 0, signed: signed) + " ×" }
        let isSmall = decimals >= 2 && value != 0 && abs(value) < 0.0005
        return fixed(value * 100, isSmall ? decimals + 2 : decimals, signed: signed) + " %"
    }

    /// A ratio with two decimals.
    static func ratio(_ value: Double?) -> String { value.map { fixed($0, 2) } ?? absent }

    /// A whole number with separators.
    static func count(_ value: Int) -> String {
        (value < 0 ? "-" : "") + grouped(String(value.magnitude))
    }

    /// Money rounded to as many decimals as its size needs: 2 from 1 up, more below.
    static func money(_ value: ExactDecimal, signed: Bool = false) -> String {
        let size = abs(value.approximateDouble)
        let decimals = size == 0 || size >= 1 ? 2 : size >= 0.01 ? 4 : 8
        return fixed(value.approximateDouble, decimals, signed: signed)
    }

    /// An exact decimal with separators and nothing rounded.
    static func exact(_ value: ExactDecimal) -> String { groupedDecimal(value.description) }

    private static func groupedDecimal(_ text: String) -> String {
        let negative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".")
        let fraction = parts.count > 1 ? "." + parts[1] : ""
        return (negative ? "-" : "") + grouped(parts.first.map(String.init) ?? "0") + fraction
    }

    /// Digits in groups of three.
    static func grouped(_ digits: String) -> String {
        let bytes = Array(digits.utf8)
        guard bytes.count > 3 else { return digits }
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if index > 0 && (bytes.count - index) % 3 == 0 { result.append(0x2C) }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A span in its two largest units: `69 d 10 h`, `45 min`, `1.5 s`.
    static func duration(_ span: Timespan) -> String {
        let seconds = span.nanoseconds / 1_000_000_000
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
        if days > 0 { return count(Int(days)) + " d" + (hours > 0 && days < 100 ? " \(hours) h" : "") }
        if hours > 0 { return "\(hours) h" + (minutes > 0 ? " \(minutes) min" : "") }
        if minutes > 0 { return "\(minutes) min" + (seconds % 60 > 0 ? " \(seconds % 60) s" : "") }
        return fixed(Double(span.nanoseconds) / 1e9, seconds > 0 ? 1 : 3) + " s"
    }

    /// A moment to the minute, or to the second where it has one: `2024-05-12 00:00`.
    static func moment(_ time: Instant?) -> String {
        guard let time else { return absent }
        var text = String(time.description.prefix(19)).split(separator: "T").joined(separator: " ")
        if text.hasSuffix(":00") && text.utf8.count == 19 { text.removeLast(3) }
        return text
    }
}
