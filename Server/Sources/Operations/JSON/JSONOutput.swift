/// A JSON value made to be written: its keys keep their order, and writing cannot fail.
public indirect enum JSONOutput: Sendable {
    /// Keys in the order given; the caller sees to it that none is there twice.
    case object([(String, JSONOutput)])
    /// Values in order.
    case array([JSONOutput])
    /// Text.
    case string(String)
    /// A whole number.
    case integer(Int64)
    /// A number; what is not finite is written as null.
    case number(Double)
    /// Yes or no.
    case bool(Bool)
    /// Nothing.
    case null

    /// Text, or null for nil.
    public static func optional(_ text: String?) -> JSONOutput { text.map { .string($0) } ?? .null }

    /// The value on one line.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The value on one line, in UTF-8.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    /// Appends the value on one line, in UTF-8.
    func write(to bytes: inout [UInt8]) {
        switch self {
        case .object(let members):
            bytes.append(0x7B)
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                Self.quote(member.0, to: &bytes)
                bytes.append(0x3A)
                member.1.write(to: &bytes)
            }
            bytes.append(0x7D)
        case .array(let values):
            bytes.append(0x5B)
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                value.write(to: &bytes)
            }
            bytes.append(0x5D)
        case .string(let text): Self.quote(text, to: &bytes)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .number(let value): bytes.append(contentsOf: Self.decimal(value).utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .null: bytes.append(contentsOf: "null".utf8)
        }
    }

    private static func decimal(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        return value.description
    }

    /// Escapes what RFC 8259 section 7 asks for, and what could end a line or steer a terminal: the controls
    /// from 0x7F to 0x9F and the two Unicode line ends.
    private static func quote(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(0x22)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: bytes.append(contentsOf: [0x5C, 0x22])
            case 0x5C: bytes.append(contentsOf: [0x5C, 0x5C])
            case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
            case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
            case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029:
                let digits = String(scalar.value, radix: 16)
                bytes.append(
                    contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            default: bytes.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [0x3F])
            }
        }
        bytes.append(0x22)
    }
}
