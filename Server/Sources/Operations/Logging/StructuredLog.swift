public import Logging

/// A handler for swift-log that writes JSON lines to a ``LogOutput``.
public struct StructuredLog: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let output: LogOutput

    /// A handler.
    ///
    /// - Parameters:
    ///   - label: the name of the logger, as in `tradewind.http`.
    ///   - level: what is less severe is not logged.
    public init(label: String, output: LogOutput, level: Logger.Level) {
        (self.label, self.output, logLevel) = (label, output, level)
        metadataProvider = LogContext.metadataProvider
    }

    /// A logger that writes to an output.
    public static func logger(_ label: String, output: LogOutput, level: Logger.Level) -> Logger {
        Logger(label: label) { StructuredLog(label: $0, output: output, level: level) }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        // What is said nearest to the line wins.
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        output.take(event, metadata: merged, label: label)
    }
}
