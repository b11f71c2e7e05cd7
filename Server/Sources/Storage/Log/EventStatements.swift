internal import Events
internal import Units

/// The SQL of the event log, over any engine.
enum EventStatements {
    static func offset(of id: EventID, _ session: any SQLSession) throws -> EventOffset? {
        try session.first(
            "SELECT log_offset FROM outbox WHERE id = ?", [.text(id.description)]
        ) { EventOffset(try $0.integer(0)) }
    }

    static func head(_ session: any SQLSession) throws -> EventCheckpoint {
        try session.first(
            "SELECT log_offset, hash FROM event_head WHERE id = 1"
        ) { try checkpoint($0) } ?? .genesis
    }

    static func setHead(_ head: EventCheckpoint, _ session: any SQLSession) throws {
        try session.execute(
            """
            INSERT INTO event_head (id, log_offset, hash) VALUES (1, ?, ?) \
            ON CONFLICT (id) DO UPDATE SET log_offset = excluded.log_offset, hash = excluded.hash
            """, [.integer(head.offset.value), .blob(head.hash.bytes)])
    }

    static func insert(
        _ record: StoredRecord, content: Digest?, _ now: Instant, _ session: any SQLSession
    ) throws {
        try session.execute(
            """
            INSERT INTO outbox \
            (log_offset, id, form, type, run_id, correlation_id, recorded_at, content_sha256, envelope, \
            hash) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(record.offset.value), .text(record.id.description), .integer(record.form.rawValue),
                .text(record.type.text), .optional(record.runID), .text(record.correlationID), .instant(now),
                .optional(content?.description), .text(record.text), .blob(record.hash.bytes),
            ])
    }

    static func insert(_ content: PayloadParts.Content, _ now: Instant, _ session: any SQLSession) throws {
        try session.execute(
            "INSERT INTO event_blobs (sha256, content, recorded_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [.text(content.hash.description), .blob(content.bytes), .instant(now)])
    }

    static func checkpoint(_ row: SQLRow) throws -> EventCheckpoint {
        EventCheckpoint(offset: EventOffset(try row.integer(0)), hash: try digest(try row.blob(1)))
    }

    static func digest(_ bytes: [UInt8]) throws -> Digest {
        guard bytes.count == 32 else {
            throw StorageError(
                .corrupt, "a hash of the event log has \(bytes.count) bytes instead of 32",
                remedy: "run tradewind events verify, and restore a backup")
        }
        return Digest(bytes: bytes)
    }
}
