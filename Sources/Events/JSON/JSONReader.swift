internal import Units

/// Why a text is not JSON.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Line of the place, from 1.
    public let line: Int
    /// What was wrong there.
    public let reason: String

    public var description: String { "line \(line): \(reason)" }
}

extension JSONText {
    /// Reads a JSON text by RFC 8259.
    ///
    /// Whole numbers become ``integer(_:)`` where they fit, others ``number(_:)``. Of a key that stands twice
    /// the first counts when it is asked for.
    ///
    /// - Throws: for a text that is not JSON, is nested deeper than 64, or has anything after its value.
    public init(parsing text: String) throws(JSONError) {
        var reader = JSONReader(Array(text.utf8))
        self = try reader.whole()
    }

    /// The text of a string value; nil for another kind of value.
    public var text: String? { if case .string(let text) = self { text } else { nil } }

    /// The items of a list; nil for another kind of value.
    public var items: [JSONText]? { if case .list(let items) = self { items } else { nil } }

    /// The members of an object; nil for another kind of value.
    public var members: [JSONMember]? { if case .object(let members) = self { members } else { nil } }

    /// A whole number; nil for another kind of value.
    public var wholeNumber: Int? { if case .integer(let value) = self { value } else { nil } }

    /// A number, whole or not; nil for another kind of value.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .decimal(let value): value.approximateDouble
        default: nil
        }
    }
}

/// Reads one JSON text.
private struct JSONReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func whole() throws(JSONError) -> JSONText {
        let result = try value(depth: 0)
        skipSpace()
        if place < bytes.count { throw error("something follows the value") }
        return result
    }

    private func error(_ reason: String) -> JSONError {
        JSONError(line: 1 + bytes[..<min(place, bytes.count)].count { $0 == 0x0A }, reason: reason)
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONText {
        if depth > 64 { throw error("nested deeper than 64") }
        skipSpace()
        switch next {
        case 0x7B: return try object(depth)
        case 0x5B: return try list(depth)
        case 0x22: return .string(try string())
        case 0x74: return try word("true", .flag(true))
        case 0x66: return try word("false", .flag(false))
        case 0x6E: return try word("null", .null)
        case nil: throw error("the text ends too early")
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: JSONText) throws(JSONError) -> JSONText {
        guard bytes[place...].starts(with: text.utf8) else { throw error("not a JSON value") }
        place += text.utf8.count
        return value
    }

    private mutating func object(_ depth: Int) throws(JSONError) -> JSONText {
        place += 1
        var members: [JSONMember] = []
        skipSpace()
        if take(0x7D) { return .object([]) }
        repeat {
            skipSpace()
            guard next == 0x22 else { throw error("a key in quotes is missing") }
            let key = try string()
            skipSpace()
            guard take(0x3A) else { throw error("a colon is missing after \"\(key)\"") }
            members.append(JSONMember(key, try value(depth: depth + 1)))
            skipSpace()
        } while take(0x2C)
        guard take(0x7D) else { throw error(next == nil ? "the text ends too early" : "a comma is missing") }
        return .object(members)
    }

    private mutating func list(_ depth: Int) throws(JSONError) -> JSONText {
        place += 1
        var items: [JSONText] = []
        skipSpace()
        if take(0x5D) { return .list([]) }
        repeat {
            items.append(try value(depth: depth + 1))
            skipSpace()
        } while take(0x2C)
        guard take(0x5D) else { throw error(next == nil ? "the text ends too early" : "a comma is missing") }
        return .list(items)
    }

    private mutating func string() throws(JSONError) -> String {
        place += 1
        var content: [UInt8] = []
        while let byte = next {
            place += 1
            switch byte {
            case 0x22:
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw error("not UTF-8 text")
                }
                return text
            case 0x5C: try escape(into: &content)
            case 0..<0x20: throw error("a control character in a text")
            default: content.append(byte)
            }
        }
        throw error("the text ends within quotes")
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        let simple: [UInt8: UInt8] = [
            0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
        ]
        guard let byte = next else { throw error("the text ends within quotes") }
        place += 1
        if let plain = simple[byte] {
            content.append(plain)
            return
        }
        guard byte == 0x75 else { throw error("an unknown escape in a text") }
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code) {
            guard take(0x5C), take(0x75) else { throw error("half of a surrogate pair") }
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair") }
            code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
        content += String(scalar).utf8
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        let digits = bytes[place...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw error("four hexadecimal digits are missing") }
        place += 4
        return code
    }

    private mutating func number() throws(JSONError) -> JSONText {
        let start = place
        _ = take(0x2D)
        let whole = digits()
        var isWhole = true
        let leadingZero = whole > 1 && bytes[place - whole] == 0x30
        if take(0x2E) {
            isWhole = false
            if digits() == 0 { throw error("not a JSON value") }
        }
        if take(0x65) || take(0x45) {
            isWhole = false
            if !take(0x2B) { _ = take(0x2D) }
            if digits() == 0 { throw error("not a JSON value") }
        }
        guard whole > 0, !leadingZero else { throw error("not a JSON value") }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw error("\(text) is too large") }
        return .number(value)
    }

    private mutating func digits() -> Int {
        let start = place
        while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
        return place - start
    }
}
