/// Text from outside as a person may safely see it.
package enum PlainText {
    /// The text without characters that do something: control characters, which steer a terminal, and those
    /// that change the direction of what follows. Each becomes U+FFFD.
    package static func clean(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isActive(scalar.value) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    /// The same line by line: line ends stay.
    package static func cleanLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { clean(String($0)) }
            .joined(separator: "\n")
    }

    private static func isActive(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
