internal import Events
internal import Operations
internal import Storage

/// What lines of logs look like in answers; the document of the API is made from these.
enum LogSchemas {
    typealias Member = RouteSchema.Member

    static let levels = LogSeverity.allCases.map(\.name)
    static let any = RouteSchema.json(.object([]))

    static func optional(_ name: String, _ schema: RouteSchema, _ summary: String = "") -> Member {
        Member(name, .nullable(schema), summary)
    }

    static let line = RouteSchema.named(
        "LogEntry",
        .object([
            Member("id", .integer(1...Int64.max)), Member("logged_at", .time), Member("ingested_at", .time),
            Member("level", .string(allowed: levels)), Member("service", .string()),
            Member("logger", .string()), optional("event", .string()), Member("message", .string()),
            optional("correlation_id", .string()), optional("request_id", .string()),
            optional("run_id", .string()), optional("strategy_id", .string()),
            optional("trace_id", .string()), Member("line_hash", .string(), "SHA-256 of the line"),
            Member("payload", any, "everything else that the line says; null when that is nothing"),
        ]))

    static let page = RouteSchema.object([
        Member("logs", .array(line)), Member("page", .integer(1...Int64.max)),
        Member("page_size", .integer(1...Int64.max)),
        optional(
            "total", .integer(0...Int64.max),
            "null when every line would have to be looked at; see total_is_exact"),
        Member("total_is_exact", .boolean, "false when there are more than total"),
        optional("pages", .integer(0...Int64.max)),
        optional("next_cursor", .string(), "goes on from here; null at the end"),
        Member(
            "is_complete", .boolean,
            "false when the search ended before its page was full: go on from next_cursor"
        ),
    ])

    static let summary = RouteSchema.named(
        "LogSummary",
        .object([
            Member("total", .integer(0...Int64.max)),
            Member("level_counts", .object(levels.map { Member($0, .integer(0...Int64.max)) })),
            Member("top_loggers", top("logger"), "of the latest \(LogRepository.summarised) lines"),
            Member("top_events", top("event"), "of the latest \(LogRepository.summarised) lines"),
            optional("latest_entry", line), optional("latest_error", line, "error or critical"),
            optional("latest_warning", line), Member("ingestion_enabled", .boolean),
            optional(
                "ingestion_lag_seconds", .number,
                "time since everything was stored that was in the log files"),
        ]))

    private static func top(_ key: String) -> RouteSchema {
        .array(.object([Member(key, .string()), Member("count", .integer(1...Int64.max))]))
    }

    /// What the list and the export can be narrowed down by.
    static let filters: [RouteParameter] = [
        RouteParameter(
            "level", in: .query, "Only these levels, with commas; WARN, WARNING and the like are known"),
        RouteParameter("minimum_level", in: .query, "Only this level and what is more severe"),
        RouteParameter("event", in: .query, "Only lines of this event"),
        RouteParameter("logger", in: .query, "Only lines whose logger contains this"),
        RouteParameter("service", in: .query, "Only lines of this service; browser for those of browsers"),
        RouteParameter("run_id", in: .query, "Only lines of this run"),
        RouteParameter("strategy_id", in: .query, "Only lines about this strategy"),
        RouteParameter("correlation_id", in: .query, "Only lines of this work"),
        RouteParameter("request_id", in: .query, "Only lines of this request"),
        RouteParameter("trace_id", in: .query, "Only lines of this trace"),
        RouteParameter("search", in: .query, "Only lines whose message or payload contains this"),
        RouteParameter("start", in: .query, "Logged at this moment or later", .time),
        RouteParameter("end", in: .query, "Logged before this moment", .time),
    ]
}
