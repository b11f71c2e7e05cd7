public import Units

/// A JSON value that prints the same text every time: keys keep their order, numbers are canonical.
public indirect enum JSONText: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case flag(Bool)
    /// A whole number.
    case integer(Int)
    /// The shortest text that reads back as the same number; `null` when it is infinite or not a number.
    case number(Double)
    /// An exact decimal as a JSON number.
    case decimal(ExactDecimal)
    /// A text.
    case string(String)
    /// A list.
    case list([JSONText])
    /// Keys and values in order.
    case object([JSONMember])

    /// A number, or `null`.
    public static func optional(_ value: Double?) -> JSONText { value.map { .number($0) } ?? .null }

    /// A whole number, or `null`.
    public static func optional(_ value: Int?) -> JSONText { value.map { .integer($0) } ?? .null }

    /// A text, or `null`.
    public static func optional(_ value: String?) -> JSONText { value.map { .string($0) } ?? .null }

    /// Money, a price or a quantity: its exact decimal as a string.
    public static func money(_ value: ExactDecimal) -> JSONText { .string(value.description) }

    /// A moment as ISO 8601 text, or `null`.
    public static func time(_ value: Instant?) -> JSONText { value.map { .string($0.description) } ?? .null }

    /// The value of a key of an object; nil for another key or another kind of value.
    public subscript(key: String) -> JSONText? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The text on one line.
    public var compact: String { render(indent: nil) }

    /// The text on one line, in UTF-8.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: nil)
        return bytes
    }

    /// The text with two spaces of indentation and a final line end, for files and people.
    public var pretty: String { render(indent: 0) + "\n" }

    private func render(indent: Int?) -> String {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: indent)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8], indent: Int?) {
        switch self {
        case .null: bytes += "null".utf8
        case .flag(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let value): bytes += JSONText.canonical(value).utf8
        case .decimal(let value): bytes += value.description.utf8
        case .string(let text): JSONText.quote(text, to: &bytes)
        case .list(let items):
            JSONText.enclose("[", "]", count: items.count, to: &bytes, indent: indent) {
                index, bytes, inner in
                items[index].write(to: &bytes, indent: inner)
            }
        case .object(let members):
            JSONText.enclose("{", "}", count: members.count, to: &bytes, indent: indent) {
                index, bytes, inner in
                JSONText.quote(members[index].key, to: &bytes)
                bytes += (inner == nil ? ":" : ": ").utf8
                members[index].value.write(to: &bytes, indent: inner)
            }
        }
    }

    private static func enclose(
        _ open: String, _ close: String, count: Int, to bytes: inout [UInt8], indent: Int?,
        item: (Int, inout [UInt8], Int?) -> Void
    ) {
        bytes += open.utf8
        let inner = indent.map { $0 + 2 }
        for index in 0..<count {
            if index > 0 { bytes += ",".utf8 }
            if let inner { bytes += ("\n" + String(repeating: " ", count: inner)).utf8 }
            item(index, &bytes, inner)
        }
        if count > 0, let indent { bytes += ("\n" + String(repeating: " ", count: indent)).utf8 }
        bytes += close.utf8
    }

    private static func canonical(_ value: Double) -> String {
        if !value.isFinite { return "null" }
        return value == 0 ? "0.0" : value.description
    }

    /// RFC 8259 section 7; also escapes what would end a script element in HTML, and what could end a line or
    /// steer a terminal: the controls from 0x7F to 0x9F and the two Unicode line ends.
    private static func quote(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(0x22)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: bytes += "\\\"".utf8
            case 0x5C: bytes += "\\\\".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20, 0x3C, 0x7F...0x9F, 0x2028, 0x2029:
                let digits = String(scalar.value, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            case 0..<0x80: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default: bytes += scalar.utf8
            }
        }
        bytes.append(0x22)
    }
}

/// A key of a JSON object with its value.
public struct JSONMember: Hashable, Sendable {
    /// The key.
    public let key: String
    /// The value.
    public let value: JSONText

    /// A member.
    public init(_ key: String, _ value: JSONText) { (self.key, self.value) = (key, value) }
}
