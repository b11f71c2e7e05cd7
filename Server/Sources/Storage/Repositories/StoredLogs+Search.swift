public import Units

extension LogRepository {
    /// Lines that a summary's loggers and events are counted in: the latest of them.
    public static let summarised = 100_000

    /// Lines of a selection, the newest first, that an index finds.
    ///
    /// - Parameters:
    ///   - cursor: lines before this place; nil from the newest.
    ///   - offset: lines to leave out at the start.
    ///   - limit: the most lines.
    ///   - lookedAt: the most lines that are looked at where a selection needs that; fewer than `limit` may
    ///     be found then, and ``LogWindow/next`` says where to go on.
    public func search(
        _ selection: LogSelection, before cursor: LogCursor? = nil, offset: Int = 0, limit: Int,
        lookedAt: Int = 20_000
    ) throws -> LogWindow {
        var (conditions, arguments) = selection.indexed()
        if let cursor {
            conditions.append("(logged_at, id) < (?, ?)")
            arguments += [.instant(cursor.loggedAt), .integer(cursor.id)]
        }
        var boundary: LogCursor?
        if selection.needsLook {
            boundary = try place(conditions, arguments, number: lookedAt)
            if let boundary {
                conditions.append("(logged_at, id) >= (?, ?)")
                arguments += [.instant(boundary.loggedAt), .integer(boundary.id)]
            }
            let looked = selection.looked()
            conditions += looked.conditions
            arguments += looked.arguments
        }
        var found = try session.all(
            """
            SELECT \(Self.columns) FROM logs\(Self.filter(conditions)) \
            ORDER BY logged_at DESC, id DESC LIMIT ? OFFSET ?
            """, arguments + [.integer(Int64(limit) + 1), .integer(Int64(offset))], Self.read)
        guard found.count > limit else { return LogWindow(lines: found, next: boundary) }
        found.removeLast()
        return LogWindow(lines: found, next: found.last.map { LogCursor(loggedAt: $0.loggedAt, id: $0.id) })
    }

    /// The place of the line with a number in the list, from 1; nil when there are fewer.
    private func place(_ conditions: [String], _ arguments: [SQLValue], number: Int) throws -> LogCursor? {
        try session.first(
            """
            SELECT logged_at, id FROM logs\(Self.filter(conditions)) \
            ORDER BY logged_at DESC, id DESC LIMIT 1 OFFSET ?
            """, arguments + [.integer(Int64(max(1, number)) - 1)]
        ) { LogCursor(loggedAt: try $0.instant(0), id: try $0.integer(1)) }
    }

    /// How many lines a selection has, counted up to a limit; nil when every line would have to be looked at.
    public func count(_ selection: LogSelection, upTo limit: Int) throws -> Int? {
        if selection.needsLook { return nil }
        let (conditions, arguments) = selection.indexed()
        return Int(
            try session.integer(
                "SELECT count(*) FROM (SELECT 1 FROM logs\(Self.filter(conditions)) LIMIT ?) AS found",
                arguments + [.integer(Int64(limit))]) ?? 0)
    }

    /// What the lines within a time say all together.
    public func summary(from start: Instant?, to end: Instant?) throws -> LogSummary {
        var selection = LogSelection()
        (selection.start, selection.end) = (start, end)
        var summary = LogSummary()
        for severity in LogSeverity.allCases {
            selection.severities = [severity]
            let (conditions, arguments) = selection.indexed()
            let count = try session.integer(
                "SELECT count(*) FROM logs\(Self.filter(conditions))", arguments)
            if let count, count > 0 { summary.counts[severity] = Int(count) }
        }
        selection.severities = []
        summary.latest = try search(selection, limit: 1).lines.first
        selection.severities = [.warning]
        summary.latestWarning = try search(selection, limit: 1).lines.first
        selection.severities = [.error, .critical]
        summary.latestError = try search(selection, limit: 1).lines.first
        selection.severities = []
        summary.loggerCounts = try top("logger", selection)
        summary.eventCounts = try top("event", selection)
        return summary
    }

    private func top(_ column: String, _ selection: LogSelection) throws -> [LogSummary.Count] {
        let (conditions, arguments) = selection.indexed()
        return try session.all(
            """
            SELECT \(column), count(*) AS number FROM \
            (SELECT \(column) FROM logs\(Self.filter(conditions)) ORDER BY logged_at DESC, id DESC LIMIT ?) \
            AS latest WHERE \(column) IS NOT NULL \
            GROUP BY \(column) ORDER BY number DESC, \(column) LIMIT 5
            """, arguments + [.integer(Int64(Self.summarised))]
        ) { LogSummary.Count(name: try $0.text(0), count: Int(try $0.integer(1))) }
    }

    private static func filter(_ conditions: [String]) -> String {
        conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    }
}
