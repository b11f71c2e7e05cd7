/// The two spellings of a setting's name.
public enum SettingKey {
    /// What every environment variable of a setting begins with.
    public static let prefix = "TRADEWIND_"

    /// The environment variable of a key: points become double underscores, hyphens single ones, letters
    /// capitals.
    public static func environmentVariable(for key: String) -> String {
        var name = prefix
        for character in key.unicodeScalars {
            switch character {
            case ".": name += "__"
            case "-": name += "_"
            default: name += String(character).uppercased()
            }
        }
        return name
    }

    /// The key that a variable would have, if it is one of a setting; nil without the prefix.
    static func key(ofVariable name: String) -> String? {
        guard name.hasPrefix(prefix) else { return nil }
        let rest = Array(name.utf8.dropFirst(prefix.utf8.count))
        var key: [UInt8] = []
        var index = 0
        while index < rest.count {
            if rest[index] == 0x5F {
                let isDouble = index + 1 < rest.count && rest[index + 1] == 0x5F
                key.append(isDouble ? 0x2E : 0x2D)
                index += isDouble ? 2 : 1
                continue
            }
            let byte = rest[index]
            key.append(byte >= 0x41 && byte <= 0x5A ? byte + 32 : byte)
            index += 1
        }
        return String(decoding: key, as: UTF8.self)
    }

    /// All of a key but its last part; empty for a key of one part.
    static func section(of key: String) -> String {
        guard let point = key.lastIndex(of: ".") else { return "" }
        return String(key[..<point])
    }
}
