/// What of a value is looked for: the whole, and the lines of one with several, as those of a private key,
/// which a log may print one by one.
enum SecretParts {
    /// A line shorter than this is no secret by itself: `-----END` and the like are longer, see below.
    static let minimumLine = 24

    /// Hands each part to `body`; nothing is copied.
    static func forEach(in value: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        let whole = trimmed(value.prefix(Redactor.maximumLength))
        guard whole.count >= Redactor.minimumLength else { return }
        body(UnsafeRawBufferPointer(rebasing: whole))
        guard whole.contains(0x0A) else { return }
        for line in whole.split(separator: 0x0A).map(trimmed)
        where line.count >= minimumLine && !line.starts(with: "-----".utf8) {
            body(UnsafeRawBufferPointer(rebasing: line))
        }
    }

    /// Without blanks and line ends around it, which are often lost on the way.
    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return bytes[bytes.startIndex..<bytes.startIndex] }
        return bytes[first...last]
    }
}
