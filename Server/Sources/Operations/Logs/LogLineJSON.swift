public import Events
public import Storage
internal import Units

/// A stored line of a log as JSON: in answers of the API, and in the archive.
public enum LogLineJSON {
    /// What everybody sees of it.
    public static func members(of line: StoredLogLine) -> [JSONMember] {
        [
            JSONMember("id", .integer(Int(line.id))), JSONMember("logged_at", .time(line.loggedAt)),
            JSONMember("ingested_at", .time(line.ingestedAt)),
            JSONMember("level", .string(line.severity.name)),
            JSONMember("service", .string(line.service)), JSONMember("logger", .string(line.logger)),
            JSONMember("event", .optional(line.event)), JSONMember("message", .string(line.message)),
            JSONMember("correlation_id", .optional(line.correlationID)),
            JSONMember("request_id", .optional(line.requestID)), JSONMember("run_id", .optional(line.runID)),
            JSONMember("strategy_id", .optional(line.strategyID)),
            JSONMember("trace_id", .optional(line.traceID)),
            JSONMember("line_hash", .string(line.hash.description)),
            JSONMember("payload", payload(line.payload)),
        ]
    }

    /// The row of the archive: the same, and where the line stood, so that the archive holds all that storage
    /// does.
    public static func archived(_ line: StoredLogLine) -> JSONText {
        .object(
            members(of: line) + [
                JSONMember("file", .integer(Int(line.file))),
                JSONMember("position", .integer(Int(line.position))),
            ])
    }

    private static func payload(_ text: String?) -> JSONText {
        guard let text else { return .null }
        do throws(JSONError) { return try JSONText(parsing: text) } catch { return .string(text) }
    }
}
