/// What of a value is looked for: the whole, and the lines of one with several, as those of a private key,
/// which a log may print one by one.
enum SecretParts {
    /// A line shorter than this is no secret by itself: `-----END` and the like are longer, see below.
    static let minimumLine = 24

    static func parts(of buffer: UnsafeRawBufferPointer) -> [[UInt8]] {
        let bytes = Array(buffer.prefix(Redactor.maximumLength))
        let whole = trimmed(bytes[...])
        guard whole.count >= Redactor.minimumLength else { return [] }
        guard whole.contains(0x0A) else { return [whole] }
        let lines = whole.split(separator: 0x0A).map(trimmed).filter { line in
            line.count >= minimumLine && !line.starts(with: "-----".utf8)
        }
        return [whole] + lines
    }

    /// Without blanks and line ends around it, which are often lost on the way.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return [] }
        return Array(bytes[first...last])
    }
}
