public import Units

/// A line of a log as it is stored.
public struct StoredLogLine: Hashable, Sendable {
    /// Its number in storage, rising; 0 before it is stored.
    public var id: Int64 = 0
    /// When it was written, as it says itself.
    public var loggedAt: Instant
    /// When it was read.
    public var ingestedAt: Instant
    /// How severe it is.
    public var severity = LogSeverity.info
    /// The service that wrote it; `browser` for what a browser sent.
    public var service = ""
    /// The part of the service that wrote it.
    public var logger = ""
    /// What happened, as a word.
    public var event: String?
    /// What happened, at most 1024 characters.
    public var message: String
    /// The work that it belongs to.
    public var correlationID: String?
    /// The request that it belongs to.
    public var requestID: String?
    /// The run that it belongs to.
    public var runID: String?
    /// The strategy that it is about.
    public var strategyID: String?
    /// The trace that it belongs to.
    public var traceID: String?
    /// Everything else that it says: a JSON object.
    public var payload: String?
    /// The file that it was read from; see ``LogFileState/identity``.
    public var file: Int64
    /// Where in that file it starts, in bytes.
    public var position: Int64
    /// SHA-256 of its bytes.
    public var hash: Digest

    /// A line that says no more than a message.
    public init(
        loggedAt: Instant, ingestedAt: Instant, message: String, file: Int64, position: Int64, hash: Digest
    ) {
        (self.loggedAt, self.ingestedAt, self.message) = (loggedAt, ingestedAt, message)
        (self.file, self.position, self.hash) = (file, position, hash)
    }
}

/// How far a file of a log was read.
public struct LogFileState: Hashable, Sendable {
    /// The device that it is on.
    public var device: Int64
    /// Its number on that device.
    public var inode: Int64
    /// SHA-256 of its first line: a number of a device is given to another file some day.
    public var head: Digest
    /// What its lines are known by; a copy of the file has the same.
    public var identity: Int64
    /// Everything before this byte was read.
    public var position: Int64
    /// Whether this byte is within a line that is too long, the rest of which is to be left out.
    public var isSkipping: Bool

    /// How far a file was read.
    public init(
        device: Int64, inode: Int64, head: Digest, identity: Int64, position: Int64, isSkipping: Bool
    ) {
        (self.device, self.inode, self.head) = (device, inode, head)
        (self.identity, self.position, self.isSkipping) = (identity, position, isSkipping)
    }
}

/// Lines of logs.
public struct LogRepository {
    let session: any SQLSession

    static let columns = """
        id, logged_at, ingested_at, severity, service, logger, event, message, correlation_id, request_id, \
        run_id, strategy_id, trace_id, payload, file, position, line_hash
        """

    /// Adds lines. One that was read before, from the same place of the same file, is left out.
    ///
    /// - Returns: how many were new.
    @discardableResult
    public func add(_ lines: [StoredLogLine]) throws -> Int {
        var added = 0
        for line in lines {
            added += try session.execute(
                """
                INSERT INTO logs (logged_at, ingested_at, severity, service, logger, event, message, \
                correlation_id, request_id, run_id, strategy_id, trace_id, payload, file, position, \
                line_hash) \
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
                ON CONFLICT (file, position, line_hash) DO NOTHING
                """,
                [
                    .instant(line.loggedAt), .instant(line.ingestedAt),
                    .integer(Int64(line.severity.rawValue)), .text(line.service), .text(line.logger),
                    .optional(line.event), .text(line.message), .optional(line.correlationID),
                    .optional(line.requestID), .optional(line.runID), .optional(line.strategyID),
                    .optional(line.traceID), .optional(line.payload), .integer(line.file),
                    .integer(line.position), .blob(line.hash.bytes),
                ])
        }
        return added
    }

    /// How far the files of a log were read.
    ///
    /// - Parameter log: the path of its current file.
    public func files(of log: String) throws -> [LogFileState] {
        try session.all(
            """
            SELECT device, inode, head, identity, position, is_skipping FROM log_files WHERE log = ? \
            ORDER BY device, inode
            """, [.text(log)]
        ) { row in
            LogFileState(
                device: try row.integer(0), inode: try row.integer(1), head: try Self.digest(row, 2),
                identity: try row.integer(3), position: try row.integer(4), isSkipping: try row.flag(5))
        }
    }

    /// Keeps how far the files of a log were read, in place of what was kept before.
    public func setFiles(of log: String, _ files: [LogFileState]) throws {
        try session.execute("DELETE FROM log_files WHERE log = ?", [.text(log)])
        for file in files {
            try session.execute(
                """
                INSERT INTO log_files (log, device, inode, head, identity, position, is_skipping) \
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(log), .integer(file.device), .integer(file.inode), .blob(file.head.bytes),
                    .integer(file.identity), .integer(file.position), .flag(file.isSkipping),
                ])
        }
    }

    /// Forgets the oldest lines that were logged before a moment.
    ///
    /// - Parameter limit: how many at most.
    /// - Returns: how many there were.
    public func purge(before moment: Instant, limit: Int) throws -> Int {
        try session.execute(
            """
            DELETE FROM logs WHERE id IN \
            (SELECT id FROM logs WHERE logged_at < ? ORDER BY logged_at, id LIMIT ?)
            """, [.instant(moment), .integer(Int64(limit))])
    }

    /// Forgets the lines that came first, as far as there are more than a number of lines.
    ///
    /// - Parameter limit: how many at most.
    /// - Returns: how many there were.
    public func purge(beyond maximum: Int64, limit: Int) throws -> Int {
        guard let last = try session.integer("SELECT max(id) FROM logs") else { return 0 }
        return try session.execute(
            "DELETE FROM logs WHERE id IN (SELECT id FROM logs WHERE id <= ? ORDER BY id LIMIT ?)",
            [.integer(last - maximum), .integer(Int64(limit))])
    }

    static func digest(_ row: SQLRow, _ column: Int) throws -> Digest {
        let bytes = try row.blob(column)
        guard bytes.count == 32 else {
            throw StorageError(
                .corrupt, "a row of the logs holds a hash that is none",
                remedy: "delete the rows of the tables logs and log_files: the log files are read again")
        }
        return Digest(bytes: bytes)
    }

    static func read(_ row: SQLRow) throws -> StoredLogLine {
        var line = StoredLogLine(
            loggedAt: try row.instant(1), ingestedAt: try row.instant(2), message: try row.text(7),
            file: try row.integer(14), position: try row.integer(15), hash: try digest(row, 16))
        line.id = try row.integer(0)
        line.severity = LogSeverity(rawValue: Int(try row.integer(3))) ?? .info
        (line.service, line.logger, line.event) = (
            try row.text(4), try row.text(5), try row.optionalText(6)
        )
        (line.correlationID, line.requestID) = (try row.optionalText(8), try row.optionalText(9))
        (line.runID, line.strategyID) = (try row.optionalText(10), try row.optionalText(11))
        (line.traceID, line.payload) = (try row.optionalText(12), try row.optionalText(13))
        return line
    }
}

extension StoreTransaction {
    /// Lines of logs.
    public var logs: LogRepository { LogRepository(session: session) }
}
