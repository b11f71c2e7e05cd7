/// What the value of a setting looks like: the one source of its check, its message and its schema.
public indirect enum SettingShape: Hashable, Sendable {
    /// Any text but an empty one.
    case text
    /// `true` or `false`.
    case boolean
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// A decimal number, kept as decimal text: never a binary fraction.
    case decimal(minimum: String, maximum: String)
    /// A length of time with its unit: `250ms`, `30s`, `5m`, `1h`, `7d`. The range is in milliseconds.
    case duration(milliseconds: ClosedRange<Int>)
    /// A number of bytes, with or without a unit: `4096`, `64KiB`, `10MiB`, `1GiB`.
    case size(bytes: ClosedRange<Int>)
    /// One of some words.
    case choice([String])
    /// A path of the file system; a relative one starts from the working directory.
    case path
    /// An address to listen on: an IP address or a host name, without a port.
    case host
    /// A URL with one of some schemes.
    case url(schemes: [String])
    /// The URL of a database, whose password never stands in a settings file.
    case databaseURL
    /// The origin of a web page: scheme, host, port, nothing more; or `*`.
    case webOrigin
    /// An instant in ISO 8601 with its zone, or a date.
    case instant
    /// The address of an account on an Ethereum chain: `0x` and 40 hexadecimal digits.
    case chainAddress
    /// The name of an environment variable.
    case variableName
    /// A list: of YAML, or texts with commas between them.
    case list(SettingShape)
    /// Texts by kebab-case names: a map of YAML, or `name=text` with commas between them.
    case map
    /// A secret: a value from the command's surroundings, never from a settings file.
    case secret(minimumBytes: Int)

    /// What is allowed, as a phrase: `a whole number from 1 to 65535`.
    public var allowed: String {
        switch self {
        case .text: "a text"
        case .boolean: "true or false"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .decimal(let minimum, let maximum): "a decimal number from \(minimum) to \(maximum)"
        case .duration(let range):
            "a time with its unit (ms, s, m, h, d) from \(SettingText.duration(range.lowerBound)) to "
                + SettingText.duration(range.upperBound)
        case .size(let range):
            "a size (bytes, or with KiB, MiB, GiB) from \(SettingText.size(range.lowerBound)) to "
                + SettingText.size(range.upperBound)
        case .choice(let words): words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
        case .path: "a path"
        case .host: "an IP address or a host name, without a port"
        case .url(let schemes): "a URL beginning with " + schemes.map { $0 + "://" }.joined(separator: " or ")
        case .databaseURL: "sqlite:///relative, sqlite:////absolute or postgres://user@host:port/name"
        case .webOrigin: "an origin as https://desk.example.org, without a path"
        case .instant: "an instant in ISO 8601 with its zone, as 2024-05-12T00:00:00Z, or a date"
        case .chainAddress: "0x and 40 hexadecimal digits"
        case .variableName: "the name of an environment variable"
        case .list(let item): "a list, each item " + item.allowed
        case .map: "a map of texts, or name=text with commas between"
        case .secret(let minimum):
            minimum > 1 ? "a secret of at least \(minimum) bytes" : "a secret that is not empty"
        }
    }

    /// Whether values are never shown.
    public var isSecret: Bool {
        if case .secret = self { return true }
        return false
    }

    /// One word for a table: `integer`, `duration`, `secret`.
    public var word: String {
        switch self {
        case .text: "text"
        case .boolean: "boolean"
        case .integer: "integer"
        case .decimal: "decimal"
        case .duration: "duration"
        case .size: "size"
        case .choice: "choice"
        case .path: "path"
        case .host: "host"
        case .url, .databaseURL: "URL"
        case .webOrigin: "origin"
        case .instant: "instant"
        case .chainAddress: "address"
        case .variableName: "variable"
        case .list(let item): "list of " + item.word
        case .map: "map"
        case .secret: "secret"
        }
    }
}

/// Texts of values with units.
enum SettingText {
    /// Milliseconds with the largest unit that divides them: `30s`.
    static func duration(_ milliseconds: Int) -> String {
        let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
        for (length, unit) in units where milliseconds != 0 && milliseconds % length == 0 {
            return "\(milliseconds / length)\(unit)"
        }
        return "\(milliseconds)ms"
    }

    /// Bytes with the largest unit that divides them: `10MiB`.
    static func size(_ bytes: Int) -> String {
        for (length, unit) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        where bytes != 0 && bytes % length == 0 {
            return "\(bytes / length)\(unit)"
        }
        return "\(bytes)"
    }
}
