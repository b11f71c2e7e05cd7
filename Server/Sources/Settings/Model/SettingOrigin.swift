/// Where the value of a setting came from.
public enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    /// The `--set` of this number, from 1.
    case commandLine(position: Int)
    /// An environment variable of the process.
    case environment(variable: String)
    /// A line of a file: `.env`, the settings file or the file of the environment. Lines count from 1.
    case file(path: String, line: Int)
    /// The built-in value.
    case builtIn

    /// `tradewind.yaml:12`, `environment variable TRADEWIND_API__PORT`, `--set number 2`, `built-in value`.
    public var description: String {
        switch self {
        case .commandLine(let position): "--set number \(position)"
        case .environment(let variable): "environment variable \(Disclosure.name(variable))"
        case .file(let path, let line): "\(path):\(line)"
        case .builtIn: "built-in value"
        }
    }

    /// The file, for an origin that is one.
    public var file: String? {
        if case .file(let path, _) = self { return path }
        return nil
    }

    /// The line of the file, from 1.
    public var line: Int? {
        if case .file(_, let line) = self { return line }
        return nil
    }
}

/// A value as it was written, before anybody knows what it means.
public struct WrittenValue: Hashable, Sendable {
    /// What was written.
    public enum Content: Hashable, Sendable {
        /// A text.
        case text(String)
        /// A list of texts.
        case list([String])
        /// Texts by name, in their order.
        case map([NamedText])
    }

    /// One entry of a map.
    public struct NamedText: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The text.
        public let text: String
    }

    /// What was written.
    public let content: Content
    /// Where.
    public let origin: SettingOrigin

    /// The value as one text, whatever its form; for display and the search for placeholders.
    var flattened: String {
        switch content {
        case .text(let text): text
        case .list(let items): items.joined(separator: ",")
        case .map(let entries): entries.map { "\($0.name)=\($0.text)" }.joined(separator: ",")
        }
    }
}

/// How the value of a setting came about.
public struct SettingProvenance: Hashable, Sendable {
    /// Where the value that counts came from.
    public let origin: SettingOrigin
    /// The value for people: secrets hidden; nil when the setting has no value.
    public let shown: String?
    /// The other places that gave one, nearest first, with what they gave.
    public let overridden: [Overridden]

    /// A value that did not count.
    public struct Overridden: Hashable, Sendable {
        /// Where it stands.
        public let origin: SettingOrigin
        /// The value for people: secrets hidden.
        public let shown: String
    }
}
