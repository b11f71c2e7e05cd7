/// Every form in which known values may stand in a text, arranged for one pass over it.
///
/// A text is read four bytes at a time; a table of 65,536 bits says whether any form begins so, and nearly
/// always says no. Only then are the forms that may begin so compared. The cost is a few operations per byte
/// of text, whatever the number of values. What is kept here of a value beside its place are 16 bits of a
/// hash of the beginning of each form.
struct SecretPatterns: Sendable {
    private struct Pattern: Sendable {
        let storage: SecretStorage
        let range: Range<Int>
        let kind: KnownValue.Kind
        var count: Int { range.count }
        /// Whether what is hidden reaches beyond the pattern, to both ends of what is encoded.
        var isEncoded: Bool { kind == .base64 || kind == .hexadecimal }

        /// Whether the text has it from an index on; there must be that much text.
        func stands(at start: Int, in text: UnsafeRawBufferPointer) -> Bool {
            for offset in 0..<range.count
            where storage.buffer[range.lowerBound + offset] != text[start + offset] { return false }
            return true
        }
    }

    private static let windowLength = 4
    private static let padding = UInt8(ascii: "=")
    private var patterns: [Pattern] = []
    private var bySlot: [Int: [Int]] = [:]
    private var seen: [UInt64] = Array(repeating: 0, count: 1024)

    var isEmpty: Bool { patterns.isEmpty }

    init(values: [KnownValue]) {
        for value in values { add(value) }
    }

    /// Looks for a value too.
    mutating func add(_ value: KnownValue) {
        for form in value.forms where form.range.count >= Self.windowLength {
            let window = value.storage.buffer[form.range].prefix(Self.windowLength)
                .reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let slot = Self.slot(of: window)
            bySlot[slot, default: []].append(patterns.count)
            patterns.append(Pattern(storage: value.storage, range: form.range, kind: form.kind))
            seen[slot >> 6] |= 1 << UInt64(slot & 63)
        }
    }

    /// The ranges of the text that show a value, in no order; they may overlap.
    func matches(in text: [UInt8]) -> [Range<Int>] {
        guard text.count >= Self.windowLength else { return [] }
        var ranges: [Range<Int>] = []
        var window: UInt32 = 0
        // Up to here everything encoded is hidden already: a text that repeats a value costs no more than
        // another.
        var hiddenTo = 0
        for end in 0..<text.count {
            window = window << 8 | UInt32(text[end])
            guard end >= Self.windowLength - 1 else { continue }
            let slot = Self.slot(of: window)
            guard seen[slot >> 6] & (1 << UInt64(slot & 63)) != 0, let candidates = bySlot[slot]
            else { continue }
            let start = end - (Self.windowLength - 1)
            for candidate in candidates {
                let pattern = patterns[candidate]
                if pattern.isEncoded, start + pattern.count <= hiddenTo { continue }
                guard let range = range(of: pattern, at: start, in: text) else { continue }
                if pattern.isEncoded { hiddenTo = range.upperBound }
                ranges.append(range)
            }
        }
        return ranges
    }

    private func range(of pattern: Pattern, at start: Int, in text: [UInt8]) -> Range<Int>? {
        let end = start + pattern.count
        guard end <= text.count, text.withUnsafeBytes({ pattern.stands(at: start, in: $0) }) else {
            return nil
        }
        switch pattern.kind {
        case .free: return start..<end
        case .word: return isWord(start..<end, in: text) ? start..<end : nil
        case .base64: return widened(start..<end, in: text, by: Self.isBase64)
        case .hexadecimal: return widened(start..<end, in: text, by: Self.isHexadecimal)
        }
    }

    private func isWord(_ range: Range<Int>, in text: [UInt8]) -> Bool {
        let isBefore = range.lowerBound > 0 && Self.isWordByte(text[range.lowerBound - 1])
        let isAfter = range.upperBound < text.count && Self.isWordByte(text[range.upperBound])
        return !isBefore && !isAfter
    }

    private func widened(_ range: Range<Int>, in text: [UInt8], by belongs: (UInt8) -> Bool) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, belongs(text[start - 1]) { start -= 1 }
        while end < text.count, belongs(text[end]) { end += 1 }
        while end < text.count, text[end] == Self.padding { end += 1 }
        return start..<end
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == 0x5F || byte >= 0x80
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || [0x2B, 0x2F, 0x2D, 0x5F].contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func slot(of window: UInt32) -> Int {
        Int(UInt64(window) * 0x9E37_79B1 >> 16 & 0xFFFF)
    }
}
