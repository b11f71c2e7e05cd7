/// Where files of settings are. These come from the command line or the environment alone.
public struct FilesSettings: Sendable {
    /// The settings file.
    public let settings: String
    /// The folder with one file for each environment.
    public let environments: String

    /// The settings file when nothing names one.
    static let defaultSettings = "tradewind.yaml"
    /// The folder of environment files when nothing names one.
    static let defaultEnvironments = "Deploy/Environments"

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "files", "Where files of settings are; given by --set or the environment only.")
        settings = reader.value(
            "settings", .path, Self.defaultSettings,
            "The settings file. It may be absent unless it is named here.")
        environments = reader.value(
            "environments", .path, Self.defaultEnvironments,
            "The folder with a file for each environment, as production.yaml, read after the settings file.")
    }
}

/// Where state is kept.
public struct StateSettings: Sendable {
    /// The folder of everything that services write and remember.
    public let directory: String

    init(_ reader: SettingsReader) {
        let reader = reader.section("state", "Where state is kept.")
        directory = reader.value(
            "directory", .path, ".tradewind",
            """
            The folder for everything that services write: pid and state files of the supervisor, logs, the \
            embedded database, results. Relative to the working directory.
            """)
    }
}
