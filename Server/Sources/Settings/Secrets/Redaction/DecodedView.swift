/// A text as its reader would decode it, with the place in the original that each byte came from.
struct DecodedView {
    let bytes: [UInt8]
    /// Where the original of each byte begins, and at the end where the last one ends; `nil` for the original
    /// itself.
    private let origins: [Int]?

    /// The range of the original that stands for a range of the view.
    func source(of range: Range<Int>) -> Range<Int> {
        guard let origins else { return range }
        return origins[range.lowerBound]..<origins[range.upperBound]
    }

    /// The original and what it decodes to: JSON escapes and percent signs, each up to twice, on top of each
    /// other.
    static func all(of bytes: [UInt8]) -> [DecodedView] {
        var view = DecodedView(bytes: bytes, origins: nil)
        var views = [view]
        for decode in [decodingJSON, decodingJSON, decodingPercent, decodingPercent, decodingJSON] {
            if let next = decode(view) {
                views.append(next)
                view = next
            }
        }
        // A form writes a blank as a plus sign, and a plus sign with a percent sign.
        if bytes.contains(0x2B) {
            let form = views[0].plusAsBlank()
            views.append(decodingPercent(form) ?? form)
        }
        return views
    }

    /// The view with `\"`, `\n`, `\u002B` and the like decoded; `nil` when there is none.
    private static func decodingJSON(_ view: DecodedView) -> DecodedView? {
        view.decoding(marker: 0x5C) { bytes, index in
            guard index + 1 < bytes.count else { return nil }
            switch bytes[index + 1] {
            case 0x22, 0x5C, 0x2F: return (Int(bytes[index + 1]), 2)
            case UInt8(ascii: "b"): return (0x08, 2)
            case UInt8(ascii: "f"): return (0x0C, 2)
            case UInt8(ascii: "n"): return (0x0A, 2)
            case UInt8(ascii: "r"): return (0x0D, 2)
            case UInt8(ascii: "t"): return (0x09, 2)
            case UInt8(ascii: "u"): return unicode(bytes, index)
            default: return nil
            }
        }
    }

    /// The scalar of `\uXXXX`, or of two of them that form a surrogate pair.
    private static func unicode(_ bytes: [UInt8], _ index: Int) -> (scalar: Int, length: Int)? {
        guard let high = hexadecimal(bytes, index + 2, digits: 4) else { return nil }
        guard (0xD800..<0xDC00).contains(high) else { return (high, 6) }
        guard index + 7 < bytes.count, bytes[index + 6] == 0x5C, bytes[index + 7] == UInt8(ascii: "u"),
            let low = hexadecimal(bytes, index + 8, digits: 4), (0xDC00..<0xE000).contains(low)
        else { return nil }
        return (0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), 12)
    }

    /// The view with `%41` and the like decoded; `nil` when there is none.
    private static func decodingPercent(_ view: DecodedView) -> DecodedView? {
        view.decoding(marker: 0x25) { bytes, index in
            // Bytes from 0x80 on are parts of a character: negative, so that they are taken as they are.
            hexadecimal(bytes, index + 1, digits: 2).map { ($0 < 0x80 ? $0 : -$0, 3) }
        }
    }

    private static func hexadecimal(_ bytes: [UInt8], _ start: Int, digits: Int) -> Int? {
        guard start + digits <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[start..<start + digits] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            value = value * 16 + digit
        }
        return value
    }

    /// The view with what `decode` finds at a marker replaced: a scalar, or a raw byte when negative, and the
    /// length of what it was written as. `nil` when nothing is found.
    private func decoding(
        marker: UInt8, _ decode: ([UInt8], Int) -> (scalar: Int, length: Int)?
    ) -> DecodedView? {
        guard bytes.contains(marker) else { return nil }
        var decoded: [UInt8] = []
        var places: [Int] = []
        decoded.reserveCapacity(bytes.count)
        places.reserveCapacity(bytes.count + 1)
        var index = 0
        var isChanged = false
        while index < bytes.count {
            var length = 1
            if bytes[index] == marker, let found = decode(bytes, index) {
                isChanged = true
                length = found.length
                for byte in Self.encoded(found.scalar) {
                    decoded.append(byte)
                    places.append(origins?[index] ?? index)
                }
            } else {
                decoded.append(bytes[index])
                places.append(origins?[index] ?? index)
            }
            index += length
        }
        guard isChanged else { return nil }
        places.append(origins?[bytes.count] ?? bytes.count)
        return DecodedView(bytes: decoded, origins: places)
    }

    private static func encoded(_ scalar: Int) -> [UInt8] {
        if scalar < 0 { return [UInt8(truncatingIfNeeded: -scalar)] }
        guard let unicode = Unicode.Scalar(UInt32(scalar)) else { return [] }
        return Array(String(Character(unicode)).utf8)
    }

    private func plusAsBlank() -> DecodedView {
        DecodedView(bytes: bytes.map { $0 == 0x2B ? 0x20 : $0 }, origins: origins)
    }
}
