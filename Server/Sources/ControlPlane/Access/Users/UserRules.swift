public import Settings

/// What names and passwords of users may be.
public enum UserRules {
    /// Fewest and most characters of a password.
    public static let passwordLength = 12...256

    /// The name as it is stored; nil for what is none: 1 to 64 letters, digits, `.`, `-`, `_`, `@`, of which
    /// the first is a letter or digit. Upper and lower case are the same.
    public static func name(_ text: String) -> String? {
        let name = text.lowercased()
        guard (1...64).contains(name.utf8.count), let first = name.utf8.first, isLetterOrDigit(first),
            name.utf8.allSatisfy({ isLetterOrDigit($0) || [0x2D, 0x2E, 0x40, 0x5F].contains($0) })
        else { return nil }
        return name
    }

    /// What is wrong with a new password; nil when nothing is.
    public static func fault(in password: Secret, of name: String) -> String? {
        password.withText { text -> String? in
            guard passwordLength.contains(text.count), text.utf8.count <= 1_024 else {
                return
                    "a password has \(passwordLength.lowerBound) to \(passwordLength.upperBound) characters"
            }
            guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
                return "a password has no control characters"
            }
            guard Set(text).count >= 5 else { return "a password has at least five different characters" }
            guard !text.lowercased().contains(name) || name.count < 4 else {
                return "a password does not contain the user's name"
            }
            return nil
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
