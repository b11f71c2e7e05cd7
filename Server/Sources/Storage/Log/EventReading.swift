internal import Events
internal import Units

/// Reads and verifies the rows of the event log.
enum EventReading {
    /// Rows read by one statement of a verification, each of which has its own time limit.
    private static let page = 1_000

    static func events(
        after offset: EventOffset, _ limit: Int, _ filter: EventFilter, _ session: any SQLSession
    ) throws -> [LoggedEvent] {
        var conditions = "log_offset > ? AND form <> 1"
        var arguments: [SQLValue] = [.integer(offset.value)]
        if let types = filter.types {
            if types.isEmpty { return [] }
            let marks = repeatElement("?", count: types.count).joined(separator: ", ")
            conditions += " AND type IN (\(marks))"
            arguments += types.sorted().map { .text($0.text) }
        }
        if let run = filter.runID {
            conditions +=
                filter.includesEventsWithoutRun ? " AND (run_id = ? OR run_id IS NULL)" : " AND run_id = ?"
            arguments.append(.text(run))
        }
        if let correlation = filter.correlationID {
            conditions += " AND correlation_id = ?"
            arguments.append(.text(correlation))
        }
        arguments.append(.integer(Int64(limit)))
        let rows = try session.all(
            """
            SELECT log_offset, form, envelope, hash FROM outbox WHERE \(conditions) \
            ORDER BY log_offset LIMIT ?
            """, arguments
        ) { row in
            (
                offset: EventOffset(try row.integer(0)), form: try form(row.integer(1)),
                text: try row.text(2), hash: try EventStatements.digest(row.blob(3))
            )
        }
        return try rows.map { row in
            let envelope = try EventEnvelope(canonicalText: row.text)
            return LoggedEvent(
                offset: row.offset, envelope: try whole(envelope, row.form, at: row.offset, session),
                hash: row.hash)
        }
    }

    private static func form(_ value: Int64) throws -> PayloadParts.Form {
        guard let form = PayloadParts.Form(rawValue: value) else {
            throw EventProblem(.malformed, "a record of the log has the unknown form \(value)")
        }
        return form
    }

    /// The event as it was given.
    private static func whole(
        _ envelope: EventEnvelope, _ form: PayloadParts.Form, at offset: EventOffset,
        _ session: any SQLSession
    ) throws -> EventEnvelope {
        switch form {
        case .whole, .piece: return envelope
        case .reference:
            let name = try PayloadParts.reference(of: envelope).description
            let content = try session.first(
                "SELECT content FROM event_blobs WHERE sha256 = ?", [.text(name)]
            ) { try $0.blob(0) }
            return try PayloadParts.resolve(envelope, content: content ?? [])
        case .pieces:
            let count = Int64(max(0, min(envelope.payload["total"]?.wholeNumber ?? 0, 1_000_000)))
            let pieces = try session.all(
                "SELECT envelope FROM outbox WHERE log_offset >= ? AND log_offset < ? ORDER BY log_offset",
                [.integer(offset.value - count), .integer(offset.value)]
            ) { try EventEnvelope(canonicalText: $0.text(0)) }
            return try PayloadParts.assemble(envelope, pieces: pieces)
        }
    }

    // MARK: Verification

    static func verify(from offset: EventOffset?, _ session: any SQLSession) throws -> EventVerification {
        var place = try checkpoint(session)
        if let offset, offset > place.offset { place = try self.place(at: offset, session) }
        var verifier = EventVerifier(after: place)
        var last = place.offset
        while true {
            let records = try session.all(
                """
                SELECT log_offset, id, form, type, run_id, correlation_id, envelope, hash, content_sha256 \
                FROM outbox WHERE log_offset > ? ORDER BY log_offset LIMIT ?
                """, [.integer(last.value), .integer(Int64(page))]
            ) { try (record($0), $0.optionalText(8)) }
            for (record, content) in records {
                try verifier.check(record)
                try check(record, content: content, session)
            }
            guard let end = records.last?.0.offset else { break }
            last = end
        }
        var found = try verifier.finish(at: try EventStatements.head(session))
        if offset == nil { found.snapshot = try ProjectionSnapshot.verify(session) }
        return found
    }

    private static func record(_ row: SQLRow) throws -> StoredRecord {
        let offset = EventOffset(try row.integer(0))
        guard let id = EventID(try row.text(1)) else {
            throw EventChainBreak(offset: offset, reason: "its id is none")
        }
        guard let form = PayloadParts.Form(rawValue: try row.integer(2)) else {
            throw EventChainBreak(offset: offset, reason: "its form is unknown")
        }
        let hash = try row.blob(7)
        guard hash.count == 32 else { throw EventChainBreak(offset: offset, reason: "its hash is none") }
        return StoredRecord(
            offset: offset, id: id, form: form, type: EventType(try row.text(3)),
            runID: try row.optionalText(4), correlationID: try row.text(5), text: try row.text(6),
            hash: Digest(bytes: hash))
    }

    /// A payload that is kept apart must be there, and be what the event says.
    private static func check(
        _ record: StoredRecord, content: String?, _ session: any SQLSession
    ) throws {
        guard record.form == .reference else {
            guard content == nil else {
                throw EventChainBreak(offset: record.offset, reason: "it refers to content it does not name")
            }
            return
        }
        do {
            let envelope = try EventEnvelope(canonicalText: record.text)
            guard try PayloadParts.reference(of: envelope).description == content else {
                throw EventProblem(.incomplete, "the payload it is found by is not its own")
            }
            _ = try whole(envelope, .reference, at: record.offset, session)
        } catch let problem as EventProblem {
            throw EventChainBreak(offset: record.offset, reason: problem.message)
        }
    }

    /// From where the log is kept.
    static func checkpoint(_ session: any SQLSession) throws -> EventCheckpoint {
        try session.first(
            "SELECT log_offset, hash FROM checkpoints ORDER BY log_offset DESC LIMIT 1"
        ) { try EventStatements.checkpoint($0) } ?? .genesis
    }

    private static func place(at offset: EventOffset, _ session: any SQLSession) throws -> EventCheckpoint {
        let found = try session.first(
            "SELECT log_offset, hash FROM outbox WHERE log_offset = ?", [.integer(offset.value)]
        ) { try EventStatements.checkpoint($0) }
        if let found { return found }
        let last = try EventStatements.head(session).offset
        guard offset <= last else { throw EventProblem(.offset, "the log ends at \(last)") }
        throw EventChainBreak(offset: offset, reason: "it is missing")
    }
}
