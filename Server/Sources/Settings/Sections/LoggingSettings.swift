/// How much is logged.
public enum LogLevel: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Each step.
    case trace
    /// What helps to find a fault.
    case debug
    /// What happens.
    case info
    /// What is out of the ordinary.
    case notice
    /// What may need somebody.
    case warning
    /// What failed.
    case error
    /// What ends the service.
    case critical

    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        let all = LogLevel.allCases
        return (all.firstIndex(of: left) ?? 0) < (all.firstIndex(of: right) ?? 0)
    }
}

/// The form of log lines on standard error.
public enum LogFormat: String, Hashable, Sendable, CaseIterable {
    /// One JSON object a line.
    case json
    /// Text for people.
    case text
}

/// What the logger writes.
public struct LoggingSettings: Sendable {
    /// The least important level that is written.
    public let level: LogLevel
    /// The form of lines on standard error; files always hold JSON.
    public let format: LogFormat
    /// The log file; nil: `logs/SERVICE.jsonl` in the state folder.
    public let file: String?
    /// Size at which the file is set aside, in bytes.
    public let rotationBytes: Int
    /// Files kept beside the current one.
    public let rotationCount: Int

    init(_ reader: SettingsReader) {
        let reader = reader.section("logging", "What the logger writes.")
        level = reader.value(
            "level", .choice(LogLevel.info), "info", required: .stagingAndProduction,
            "The least important level that is written.")
        format = reader.value(
            "format", .choice(LogFormat.json), "text", required: .stagingAndProduction,
            "The form of lines on standard error. Log files always hold one JSON object a line.")
        file = reader.optional(
            "file", .path,
            "The log file; when not given, logs/SERVICE.jsonl in the folder of state.directory.")
        rotationBytes = reader.value(
            "rotation-size", .size((64 << 10)...(1 << 30)), "10MiB",
            "Size at which the log file is set aside.")
        rotationCount = reader.value(
            "rotation-count", .integer(1...100), "5", "Log files kept beside the current one.")
    }
}

/// What is read back from the log files into storage.
public struct LogIngestionSettings: Sendable {
    /// Whether log files are read.
    public let isEnabled: Bool
    /// How often they are looked at.
    public let pollInterval: Duration
    /// Lines stored at once.
    public let batchSize: Int
    /// How long lines are kept; zero: for ever.
    public let retention: Duration
    /// Where finished days go.
    public let archive: LogArchiveSettings

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "logs", "What is read back from log files for the log viewer.", services: [.api])
        isEnabled = reader.value("ingest", .boolean, "true", "Whether log files are read into storage.")
        pollInterval = reader.value(
            "poll-interval", .duration(.milliseconds(250)...(.seconds(600))), "1s",
            "How often log files are looked at.")
        batchSize = reader.value("batch-size", .integer(1...1000), "128", "Lines stored at once.")
        retention = reader.value(
            "retention", .duration(.zero...(.seconds(3650 * 86_400))), "7d",
            "How long lines are kept in storage; 0s keeps them all.")
        archive = LogArchiveSettings(reader)
    }
}
