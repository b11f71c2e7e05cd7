public import Events
internal import Units

/// The event log of a store, over any engine.
struct StoredEventLog: EventLog {
    /// The store without its subscribers: what a log needs of it.
    let store: any TransactionalStore

    @discardableResult
    func append(_ events: [EventEnvelope]) async throws -> [EventOffset] {
        if events.isEmpty { return [] }
        return try await store.write { try $0.append(events) }
    }

    func read(after offset: EventOffset, limit: Int, where filter: EventFilter) async throws -> [LoggedEvent]
    {
        if limit <= 0 { return [] }
        return try await store.read { try EventReading.events(after: offset, limit, filter, $0.session) }
    }

    func last() async throws -> EventOffset {
        try await store.read { try EventStatements.head($0.session).offset }
    }

    func offset(of consumer: String) async throws -> EventOffset {
        try await store.read { transaction in
            try transaction.session.first(
                "SELECT log_offset FROM consumer_offsets WHERE consumer = ?", [.text(consumer)]
            ) { EventOffset(try $0.integer(0)) } ?? .start
        }
    }

    func commit(_ consumer: String, _ offset: EventOffset) async throws {
        try ConsumerLag.check(name: consumer)
        try await store.write { transaction in
            try transaction.commit(consumer, offset)
        }
    }

    func lag() async throws -> [ConsumerLag] {
        try await store.read { transaction in
            let last = try EventStatements.head(transaction.session).offset
            return try transaction.session.all(
                "SELECT consumer, log_offset, updated_at FROM consumer_offsets ORDER BY consumer"
            ) { row in
                let offset = EventOffset(try row.integer(1))
                return ConsumerLag(
                    consumer: try row.text(0), offset: offset, events: last.count(after: offset),
                    updatedAt: try row.instant(2))
            }
        }
    }

    func verify(from offset: EventOffset?) async throws -> EventVerification {
        try await store.read { try EventReading.verify(from: offset, $0.session) }
    }

    func prune(before moment: Instant) async throws -> PruneReport {
        var removed = 0
        while true {
            let report = try await store.write { try EventRetention.step(before: moment, $0) }
            removed += report.removed
            if report.removed == 0 {
                return PruneReport(
                    removed: removed, checkpoint: report.checkpoint, heldBackBy: report.heldBackBy)
            }
        }
    }
}

extension StoreTransaction {
    /// Commits in this transaction that a consumer is done with everything up to an offset: with the rows
    /// that it wrote, or not at all.
    ///
    /// - Throws: `EventProblem` with code `offset` beyond the last event.
    public func commit(_ consumer: String, _ offset: EventOffset) throws {
        try ConsumerLag.check(name: consumer)
        let last = max(try EventStatements.head(session).offset, outbox.end ?? .start)
        try ConsumerLag.check(offset: offset, of: consumer, last: last)
        try session.execute(
            """
            INSERT INTO consumer_offsets (consumer, log_offset, updated_at) VALUES (?, ?, ?) \
            ON CONFLICT (consumer) DO UPDATE SET log_offset = excluded.log_offset, \
            updated_at = excluded.updated_at
            """, [.text(consumer), .integer(offset.value), .instant(now)])
    }

    /// Forgets a consumer, so that it holds nothing back any more.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func forget(consumer: String) throws -> Bool {
        try session.execute("DELETE FROM consumer_offsets WHERE consumer = ?", [.text(consumer)]) > 0
    }
}
