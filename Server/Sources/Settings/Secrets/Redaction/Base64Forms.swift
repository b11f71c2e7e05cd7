/// How the bytes of a value look inside a longer text that was encoded as base64 (RFC 4648, sections 4 and
/// 5).
///
/// Three bytes become four characters. A value may begin at any of the three bytes, so there are three forms;
/// the characters at either end that also depend on what stands around the value are left out of each.
enum Base64Forms {
    static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let urlSafe = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Writes the characters that depend on the value alone when `before` bytes of a group precede it, and
    /// returns how many; with `isWhole` those of a value encoded all by itself.
    static func write(
        _ value: UnsafeRawBufferPointer, after before: Int, alphabet: [UInt8], isWhole: Bool,
        to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        let count = before + value.count
        func byte(_ index: Int) -> UInt16 {
            index < before || index >= count ? 0 : UInt16(value[index - before])
        }
        // A character holds six bits; the first one free of what precedes is `before * 8 / 6`, rounded up.
        let start = (before * 8 + 5) / 6
        let end = (count * 8 + (isWhole ? 5 : 0)) / 6
        for index in start..<end {
            let first = index * 6
            let aligned = (byte(first / 8) << 8 | byte(first / 8 + 1)) << UInt16(first % 8)
            room[index - start] = alphabet[Int(aligned >> 10)]
        }
        return end - start
    }
}
