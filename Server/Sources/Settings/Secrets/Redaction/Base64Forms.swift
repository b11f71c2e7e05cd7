/// How the bytes of a value look inside a longer text that was encoded as base64 (RFC 4648, sections 4 and
/// 5).
///
/// Three bytes become four characters. A value may begin at any of the three bytes, so there are three forms;
/// the characters at either end that also depend on what stands around the value are left out of each.
enum Base64Forms {
    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The forms in both alphabets. `isWhole` asks for the one of a value encoded all by itself.
    static func forms(of value: [UInt8], isWhole: Bool) -> [[UInt8]] {
        var forms: [[UInt8]] = []
        for alphabet in [standard, urlSafe] {
            for before in isWhole ? [0] : [0, 1, 2] {
                let form = characters(of: value, before: before, alphabet: alphabet, isWhole: isWhole)
                if !forms.contains(form) { forms.append(form) }
            }
        }
        return forms
    }

    /// The characters that depend on the value alone when `before` bytes of a group precede it.
    private static func characters(
        of value: [UInt8], before: Int, alphabet: [UInt8], isWhole: Bool
    ) -> [UInt8] {
        let bytes = Array(repeating: UInt8(0), count: before) + value
        var characters: [UInt8] = []
        let bits = bytes.count * 8
        // A character holds six bits; the first one free of what precedes is `before * 8 / 6`, rounded up.
        for index in (before * 8 + 5) / 6..<(bits + (isWhole ? 5 : 0)) / 6 {
            let first = index * 6
            let high = UInt16(bytes[first / 8]) << 8
            let low = first / 8 + 1 < bytes.count ? UInt16(bytes[first / 8 + 1]) : 0
            let aligned = (high | low) << UInt16(first % 8)
            characters.append(alphabet[Int(aligned >> 10)])
        }
        return characters
    }
}
