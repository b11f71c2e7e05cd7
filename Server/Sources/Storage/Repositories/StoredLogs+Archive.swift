public import Units

/// Which lines of the logs one file of an archive takes.
public struct LogArchiveSelection: Hashable, Sendable {
    /// Logged at this moment or later.
    public var start: Instant
    /// Logged before this moment.
    public var end: Instant
    /// Only lines with a larger number.
    public var after: Int64
    /// Only lines with this number or a smaller one: those that come later do not mix in.
    public var last: Int64

    /// Lines within a time.
    public init(start: Instant, end: Instant, after: Int64, last: Int64) {
        (self.start, self.end, self.after, self.last) = (start, end, after, last)
    }
}

extension LogRepository {
    /// The UTC day of a line, counted from 1970-01-01; numbers below zero are rounded down as well.
    private static func day(_ column: String) -> String {
        let length = Timespan.day.nanoseconds
        return "CASE WHEN \(column) >= 0 THEN \(column) / \(length) ELSE (\(column) + 1) / \(length) - 1 END"
    }

    /// The number of the newest line; 0 when there is none.
    public func lastLine() throws -> Int64 { try session.integer("SELECT max(id) FROM logs") ?? 0 }

    /// The number of the oldest line that is left; nil when there is none.
    public func firstLine() throws -> Int64? { try session.integer("SELECT min(id) FROM logs") }

    /// The UTC days that lines with numbers of a range belong to, each with the largest of its numbers.
    ///
    /// Every line of the range is looked at: the caller keeps it short.
    public func days(after: Int64, through last: Int64) throws -> [Int: Int64] {
        let rows = try session.all(
            """
            SELECT \(Self.day("logged_at")) AS day, max(id) FROM logs WHERE id > ? AND id <= ? GROUP BY day
            """, [.integer(after), .integer(last)]
        ) { row in (Int(try row.integer(0)), try row.integer(1)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Lines in the order of time.
    ///
    /// - Parameters:
    ///   - place: lines after this one; nil from the first.
    ///   - limit: the most lines.
    public func lines(
        _ selection: LogArchiveSelection, after place: LogCursor?, limit: Int
    ) throws -> [StoredLogLine] {
        // The numbers are a sum of one, so that the index of times is used, which has their order.
        var conditions = "logged_at >= ? AND logged_at < ? AND +id > ? AND +id <= ?"
        var arguments: [SQLValue] = [
            .instant(selection.start), .instant(selection.end), .integer(selection.after),
            .integer(selection.last),
        ]
        if let place {
            conditions += " AND (logged_at, id) > (?, ?)"
            arguments += [.instant(place.loggedAt), .integer(place.id)]
        }
        return try session.all(
            """
            SELECT \(Self.columns) FROM logs WHERE \(conditions) \
            ORDER BY logged_at, id LIMIT ?
            """, arguments + [.integer(Int64(limit))], Self.read)
    }

    /// Forgets lines of a day that were logged before a moment and that are in the archive.
    ///
    /// - Parameters:
    ///   - last: the number of the last archived line of that day.
    ///   - limit: how many at most.
    /// - Returns: how many there were.
    public func purge(day: Int, before moment: Instant, archivedUpTo last: Int64, limit: Int) throws -> Int {
        try session.execute(
            """
            DELETE FROM logs WHERE id IN (SELECT id FROM logs \
            WHERE logged_at >= ? AND logged_at < ? AND +id <= ? ORDER BY logged_at, id LIMIT ?)
            """,
            [
                .instant(Instant(day: day)), .instant(min(moment, Instant(day: day + 1))), .integer(last),
                .integer(Int64(limit)),
            ])
    }

    /// How many of the lines that ``purge(beyond:limit:)`` would forget are not in the archive.
    public func countUnarchived(beyond maximum: Int64, limit: Int) throws -> Int {
        let last = try lastLine()
        if last <= maximum { return 0 }
        return Int(
            try session.integer(
                """
                SELECT count(*) FROM \
                (SELECT id, \(Self.day("logged_at")) AS day FROM logs WHERE id <= ? ORDER BY id LIMIT ?) \
                AS going WHERE going.id > coalesce(\
                (SELECT max(last_line) FROM log_archives WHERE log_archives.day = going.day), 0)
                """, [.integer(last - maximum), .integer(Int64(limit))]) ?? 0)
    }

    /// When the oldest line was logged; nil when there is none.
    public func oldest() throws -> Instant? {
        try session.first("SELECT logged_at FROM logs ORDER BY logged_at, id LIMIT 1", []) {
            try $0.instant(0)
        }
    }
}
