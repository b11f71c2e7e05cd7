/// Everything that settings are read from, handed in: nothing here looks at the process or the disk by
/// itself.
public struct SettingsSources: Sendable {
    /// The values of `--set`, each `key=value`, in their order.
    public var arguments: [String]
    /// The environment variables of the process.
    public var environment: [String: String]
    /// The files.
    public var files: any SettingsFiles

    /// Sources.
    public init(arguments: [String] = [], environment: [String: String], files: any SettingsFiles) {
        (self.arguments, self.environment, self.files) = (arguments, environment, files)
    }
}

/// Files as settings need them. Relative paths start from the working directory.
public protocol SettingsFiles: Sendable {
    /// The content of a file.
    func read(_ path: String) -> SettingsFileContent
    /// What is known of a file without reading it; nil when there is none.
    func facts(_ path: String) -> SettingsFileFacts?
}

/// What reading a file gave.
public enum SettingsFileContent: Hashable, Sendable {
    /// There is no file of that name.
    case absent
    /// It cannot be read; the reason is a clause.
    case unreadable(reason: String)
    /// Its bytes.
    case bytes([UInt8])
}

/// What is known of a file without reading it.
public struct SettingsFileFacts: Hashable, Sendable {
    /// Whether it is a regular file, after links.
    public let isRegularFile: Bool
    /// The permission bits, as in `0o600`.
    public let mode: UInt32
    /// Whether this process may read it.
    public let isReadable: Bool

    /// Facts.
    public init(isRegularFile: Bool, mode: UInt32, isReadable: Bool) {
        (self.isRegularFile, self.mode, self.isReadable) = (isRegularFile, mode, isReadable)
    }

    /// Whether others than owner and group may read or write it.
    public var isOpenToAll: Bool { mode & 0o007 != 0 }
    /// Whether others than the owner may read or write it.
    public var isOpenToOthers: Bool { mode & 0o077 != 0 }
    /// The mode as `chmod` writes it: `0644`.
    public var modeText: String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
