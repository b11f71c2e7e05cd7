public import Units

/// A file of an archive of logs: lines of one UTC day.
public struct StoredLogArchive: Hashable, Sendable {
    /// The day, counted from 1970-01-01.
    public var day: Int
    /// Which file of that day, from 1: lines that come after a day was archived go into another one.
    public var part: Int
    /// The number of the last line that was there when it was made: every line of the day up to it is in this
    /// file or in one of the parts before.
    public var lastLine: Int64
    /// The name of the file.
    public var name: String
    /// Where it is, for people.
    public var destination: String
    /// Lines in it.
    public var lines: Int
    /// Its size, packed.
    public var bytes: Int64
    /// SHA-256 of its bytes, packed.
    public var hash: Digest
    /// When it was made.
    public var archivedAt: Instant

    /// A file of an archive.
    public init(
        day: Int, part: Int, lastLine: Int64, name: String, destination: String, lines: Int, bytes: Int64,
        hash: Digest, archivedAt: Instant
    ) {
        (self.day, self.part, self.lastLine, self.name) = (day, part, lastLine, name)
        (self.destination, self.lines, self.bytes) = (destination, lines, bytes)
        (self.hash, self.archivedAt) = (hash, archivedAt)
    }
}

/// What is known of the archive of the logs.
public struct LogArchiveRepository {
    let session: any SQLSession

    /// Records a file.
    ///
    /// - Throws: ``StorageError`` with code `constraint` when that part of the day is recorded already.
    public func insert(_ archive: StoredLogArchive) throws {
        try session.execute(
            """
            INSERT INTO log_archives \
            (day, part, last_line, name, destination, lines, bytes, file_hash, archived_at) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(Int64(archive.day)), .integer(Int64(archive.part)), .integer(archive.lastLine),
                .text(archive.name), .text(archive.destination), .integer(Int64(archive.lines)),
                .integer(archive.bytes), .blob(archive.hash.bytes), .instant(archive.archivedAt),
            ])
    }

    /// The files of a day, or of all days; in the order of days and parts.
    public func list(day: Int? = nil) throws -> [StoredLogArchive] {
        try session.all(
            """
            SELECT day, part, last_line, name, destination, lines, bytes, file_hash, archived_at \
            FROM log_archives\(day == nil ? "" : " WHERE day = ?") ORDER BY day, part
            """, day.map { [.integer(Int64($0))] } ?? []
        ) { row in
            StoredLogArchive(
                day: Int(try row.integer(0)), part: Int(try row.integer(1)), lastLine: try row.integer(2),
                name: try row.text(3), destination: try row.text(4), lines: Int(try row.integer(5)),
                bytes: try row.integer(6), hash: try LogRepository.digest(row, 7),
                archivedAt: try row.instant(8))
        }
    }

    /// The number of the last archived line of each day.
    public func lastLines() throws -> [Int: Int64] {
        let rows = try session.all("SELECT day, max(last_line) FROM log_archives GROUP BY day") { row in
            (Int(try row.integer(0)), try row.integer(1))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}

extension StoreTransaction {
    /// The archive of the logs.
    public var logArchives: LogArchiveRepository { LogArchiveRepository(session: session) }
}
