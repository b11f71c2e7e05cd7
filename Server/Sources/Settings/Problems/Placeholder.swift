/// Recognises the texts that templates hold where a value belongs.
enum Placeholder {
    /// Whether a value is such a text, or holds one in the place of a password.
    static func isOne(_ content: WrittenValue.Content, _ shape: SettingShape) -> Bool {
        switch (shape, content) {
        case (.boolean, _), (.integer, _), (.decimal, _), (.duration, _), (.size, _), (.choice, _): false
        case (.list, .text(let text)):
            text.split(separator: ",").contains { isOne(String($0), isSecret: false) }
        case (_, .text(let text)):
            isOne(text, isSecret: shape.isSecret)
                || password(in: text).map { isOne($0, isSecret: true) } ?? false
        case (_, .list(let items)): items.contains { isOne($0, isSecret: false) }
        case (_, .map(let entries)): entries.contains { isOne($0.text, isSecret: false) }
        }
    }

    /// Whether a text is one. What no secret may be, as `secret` or `test`, may well be the name of
    /// something.
    static func isOne(_ text: String, isSecret: Bool) -> Bool {
        let text = text.lowercased()
        let letters = String(
            text.unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) })
        if words.contains(letters) || letters.hasPrefix("changeme") { return true }
        if isSecret && (commonSecrets.contains(letters) || letters.contains("changeme")) { return true }
        if beginnings.contains(where: text.hasPrefix) { return true }
        for (open, close) in [("<", ">"), ("${", "}"), ("{{", "}}")]
        where text.hasPrefix(open) && text.hasSuffix(close) {
            return true
        }
        guard let mark = text.first, ["x", "*", ".", "?", "-", "_"].contains(mark) else { return false }
        return text.utf8.count >= 3 && text.allSatisfy { $0 == mark }
    }

    /// The password of a text that is a URL, as written; nil without one.
    static func password(in text: String) -> String? {
        guard let separator = text.firstRange(of: "://") else { return nil }
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return nil }
        let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[1].isEmpty ? String(parts[1]) : nil
    }

    /// Whole texts, without anything but letters and digits.
    private static let words: Set<String> = [
        "changeme", "changethis", "todo", "tbd", "fixme", "undefined", "placeholder", "replaceme", "dummy",
        "fillme",
        "fillmein", "notset", "yourvalue", "foobar",
    ]

    /// Whole texts that are no secret, without anything but letters and digits.
    private static let commonSecrets: Set<String> = [
        "change", "secret", "secretkey", "password", "passwd", "pass", "token", "apikey", "apisecret", "key",
        "none",
        "null", "replace", "example", "sample", "default", "test", "testing", "foo", "bar", "baz", "admin",
        "root",
        "qwerty", "letmein", "123456", "12345678", "1234567890", "mysecret", "mypassword", "unset", "empty",
        "supersecret", "verysecret", "postgres", "tradewind", "user", "guest",
    ]

    private static let beginnings = [
        "your-", "your_", "your ", "insert-", "insert_", "insert ", "put-your", "put_your", "replace-with",
        "replace_with", "replace with", "enter-your", "enter_your", "example-", "example_", "dummy-",
        "dummy_",
        "placeholder",
    ]
}
