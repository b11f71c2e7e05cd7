internal import Events
internal import Logging

/// Puts what the process of a run writes to standard error into the log of the service, with the ids of the
/// run: the lines of the process's own log with their level, event and facts, anything else as a warning.
struct RunLines: Sendable {
    private let logger: Logger

    /// Members of a line that are said anew here.
    private static let known: Set<String> = [
        "time", "level", "service", "logger", "message", "run_id", "correlation_id", "request_id", "trace_id",
        "span_id", "metadata", "truncated",
    ]

    init(_ context: RunContext, logger: Logger) {
        var logger = logger
        logger[metadataKey: "run_id"] = .string(context.runID)
        logger[metadataKey: "correlation_id"] = .string(context.correlationID)
        if let traceID = context.traceID { logger[metadataKey: "trace_id"] = .string(traceID) }
        self.logger = logger
    }

    /// Takes one line, without its end.
    func take(_ line: [UInt8]) {
        let text = String(decoding: line, as: UTF8.self)
        guard text.hasPrefix("{"), let members = Self.members(text) else {
            logger.warning("\(text)", metadata: ["event": "run_output"])
            return
        }
        let value = JSONText.object(members)
        var metadata: Logger.Metadata = [:]
        for member in (value["metadata"]?.members ?? []) + members where !Self.known.contains(member.key) {
            metadata[member.key] = Self.metadata(member.value)
        }
        let level = value["level"]?.text.flatMap { Logger.Level(rawValue: $0) } ?? .info
        logger.log(level: level, "\(value["message"]?.text ?? "")", metadata: metadata)
    }

    private static func members(_ text: String) -> [JSONMember]? {
        do throws(JSONError) { return try JSONText(parsing: text).members } catch { return nil }
    }

    /// Numbers stay what they are.
    private static func metadata(_ value: JSONText) -> Logger.MetadataValue {
        switch value {
        case .string(let text): .string(text)
        case .integer(let number): .stringConvertible(number)
        default: .string(value.compact)
        }
    }
}
