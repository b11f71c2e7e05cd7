/// Decides what of a value may be shown. In doubt nothing is.
enum Disclosure {
    /// What stands for a value that is not shown.
    static let hidden = "(hidden)"

    /// A value for people, in quotes; secrets and what looks like one hidden, passwords of URLs left out.
    static func shown(_ value: WrittenValue, as shape: SettingShape) -> String {
        switch (shape, value.content) {
        case (.secret, _): hidden
        case (.databaseURL, .text(let text)):
            DatabaseURL.read(text).map { quoted($0.description) } ?? hidden
        case (.url, .text(let text)): ServiceURL(text).map { quoted($0.description) } ?? hidden
        case (.url, _), (.databaseURL, _): hidden
        case (_, .text(let text)): quoted(guarded(text))
        case (.list(let item), .list(let items)):
            "[" + items.prefix(20).map { shown($0, value.origin, as: item) }.joined(separator: ", ")
                + (items.count > 20 ? ", ...]" : "]")
        case (_, .list(let items)): "a list of \(items.count)"
        case (.map, .map(let entries)):
            "{"
                + entries.prefix(20).map { "\(guarded($0.name)): \(quoted(guarded($0.text)))" }
                .joined(separator: ", ") + (entries.count > 20 ? ", ...}" : "}")
        case (_, .map): "a map"
        }
    }

    private static func shown(_ item: String, _ origin: SettingOrigin, as shape: SettingShape) -> String {
        shown(WrittenValue(content: .text(item), origin: origin), as: shape)
    }

    /// A name for people: as it is when it looks like one, else hidden.
    static func name(_ name: String) -> String {
        let isName =
            !name.isEmpty && name.utf8.count <= 64
            && name.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x39)
                    || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F
            }
        return isName && !looksSecret(name) ? name : "(a name that is not shown)"
    }

    /// The text without control characters and not too long, or ``hidden`` when it looks like a secret or an
    /// assignment: a line that ran into the one before it may be that of a secret, whatever its name.
    static func guarded(_ text: String) -> String {
        if looksSecret(text) || text.utf8.contains(0x3D) { return hidden }
        var result = ""
        for scalar in text.unicodeScalars.prefix(120) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > 120 ? result + "..." : result
    }

    private static func quoted(_ text: String) -> String { text == hidden ? text : "\"\(text)\"" }

    /// Whether a text holds something that may be a key or a token that slipped into the wrong place: 20 or
    /// more letters and digits in a row, with both, or a PEM header.
    static func looksSecret(_ text: String) -> Bool {
        if text.contains("-----BEGIN") { return true }
        var (run, digits, letters) = (0, 0, 0)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x41...0x5A, 0x61...0x7A: letters += 1
            case 0x2B, 0x3D, 0x5F: break
            default:
                (run, digits, letters) = (0, 0, 0)
                continue
            }
            run += 1
            if run >= 20 && digits > 0 && letters > 0 { return true }
        }
        return false
    }
}

/// Removes the values of known secrets, and what looks like one, from texts.
struct SecretMask {
    private let values: [[UInt8]]

    /// A mask of values; those of fewer than 6 bytes are too short to be looked for.
    init(_ values: some Sequence<String>) {
        self.values = Set(values.filter { $0.utf8.count >= 6 }).map { Array($0.utf8) }.sorted {
            $0.count > $1.count
        }
    }

    /// The text without the values, and without words that look like a secret.
    func apply(_ text: String) -> String {
        var bytes = Array(text.utf8)
        let hidden = Array(Disclosure.hidden.utf8)
        for value in values {
            var from = 0
            while let place = Self.place(of: value, in: bytes, from: from) {
                bytes.replaceSubrange(place..<(place + value.count), with: hidden)
                from = place + hidden.count
            }
        }
        let known = String(decoding: bytes, as: UTF8.self)
        guard Disclosure.looksSecret(known) else { return known }
        return known.split(separator: " ", omittingEmptySubsequences: false)
            .map { Disclosure.looksSecret(String($0)) ? Disclosure.hidden : String($0) }.joined(
                separator: " ")
    }

    private static func place(of value: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = value.first, bytes.count >= value.count else { return nil }
        var index = start
        while index <= bytes.count - value.count {
            if bytes[index] == first && bytes[index..<(index + value.count)].elementsEqual(value) {
                return index
            }
            index += 1
        }
        return nil
    }
}
