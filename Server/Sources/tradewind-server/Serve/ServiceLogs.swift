internal import Glibc
internal import Logging
internal import Operations
internal import Settings
internal import TradewindCommands

/// The logs of a service, as its settings want them: a file that moves aside when it is full, and standard
/// error.
enum ServiceLogs {
    /// Opens them.
    ///
    /// - Parameters:
    ///   - service: the name of the service, in each line and in the name of the file.
    ///   - redact: hides secrets.
    static func open(
        service: String, settings: ServerSettings, metrics: MetricsRegistry,
        redact: @escaping @Sendable (String) -> String
    ) throws -> LogOutput {
        let file = path(service: service, settings: settings)
        if let slash = file.lastIndex(of: "/"), slash != file.startIndex {
            try PosixFileStore().makeDirectory(String(file[..<slash]))
        }
        let rotating = RotatingLogFile(
            path: file, maximumBytes: settings.logging.rotationBytes,
            files: settings.logging.rotationCount + 1)
        let queues = [
            LogQueue(
                sink: "file", destination: rotating, now: SystemClocks.now, uptime: SystemClocks.uptime),
            LogQueue(
                sink: "stderr", destination: DescriptorLog(descriptor: STDERR_FILENO, name: "standard error"),
                isForPeople: settings.logging.format == .text, now: SystemClocks.now,
                uptime: SystemClocks.uptime),
        ]
        return LogOutput(
            service: service, queues: queues, redact: redact, now: SystemClocks.now, metrics: metrics)
    }

    /// The log file of a service. Not `SERVICE.log`: there the supervisor keeps what the service prints.
    static func path(service: String, settings: ServerSettings) -> String {
        settings.logging.file ?? settings.state.directory + "/logs/\(service).jsonl"
    }
}

extension Logger.Level {
    /// The level of a setting; both have the same names.
    init(_ level: LogLevel) { self = Logger.Level(rawValue: level.rawValue) ?? .info }
}
