internal import Events
internal import Operations
internal import Storage
internal import Units

/// Stored lines of logs as JSON.
enum LogJSON {
    static func line(_ line: StoredLogLine) -> JSONText { .object(LogLineJSON.members(of: line)) }

    static func summary(_ summary: LogSummary, lag: Duration?, isRead: Bool) -> JSONText {
        let counts = LogSeverity.allCases.map {
            JSONMember($0.name, .integer(summary.counts[$0] ?? 0))
        }
        return .object([
            JSONMember("total", .integer(summary.total)), JSONMember("level_counts", .object(counts)),
            JSONMember("top_loggers", top(summary.loggers, "logger")),
            JSONMember("top_events", top(summary.events, "event")),
            JSONMember("latest_entry", summary.latest.map { line($0) } ?? .null),
            JSONMember("latest_error", summary.latestError.map { line($0) } ?? .null),
            JSONMember("latest_warning", summary.latestWarning.map { line($0) } ?? .null),
            JSONMember("ingestion_enabled", .flag(isRead)),
            JSONMember("ingestion_lag_seconds", lag.map { .number($0.inSeconds) } ?? .null),
        ])
    }

    private static func top(_ counts: [(name: String, count: Int)], _ key: String) -> JSONText {
        .list(
            counts.map {
                .object([JSONMember(key, .string($0.name)), JSONMember("count", .integer($0.count))])
            })
    }
}
