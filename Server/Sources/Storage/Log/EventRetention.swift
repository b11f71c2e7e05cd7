internal import Events
internal import Units

/// Forgets old events.
enum EventRetention {
    /// Records removed in one transaction, so that writers do not wait long.
    private static let step: Int64 = 5_000
    /// Only the last one is needed; the others tell what retention did.
    private static let checkpointsKept: Int64 = 100

    /// One step; repeated until it removes nothing.
    static func step(before moment: Instant, _ transaction: StoreTransaction) throws -> PruneReport {
        let session = transaction.session
        let checkpoint = try EventReading.checkpoint(session)
        let firstKept = try session.integer(
            "SELECT log_offset FROM outbox WHERE recorded_at >= ? ORDER BY log_offset LIMIT 1",
            [.instant(moment)])
        let old = try firstKept.map { $0 - 1 } ?? EventStatements.head(session).offset.value
        let slowest = try session.first(
            "SELECT log_offset, consumer FROM consumer_offsets ORDER BY log_offset, consumer LIMIT 1"
        ) { (offset: try $0.integer(0), name: try $0.text(1)) }
        let allowed = min(old, slowest?.offset ?? old)
        let heldBackBy = allowed < old ? slowest?.name : nil
        let bound = try session.first(
            // Never between the pieces of an event.
            """
            SELECT log_offset, hash FROM outbox WHERE log_offset <= ? AND form <> 1 \
            ORDER BY log_offset DESC LIMIT 1
            """, [.integer(min(allowed, checkpoint.offset.value + step))]
        ) { try EventStatements.checkpoint($0) }
        guard let bound else {
            return PruneReport(removed: 0, checkpoint: checkpoint, heldBackBy: heldBackBy)
        }
        let snapshot = try ProjectionSnapshot.advance(to: bound.offset, transaction)
        let removed = try session.execute(
            "DELETE FROM outbox WHERE log_offset <= ?", [.integer(bound.offset.value)])
        try session.execute(
            """
            DELETE FROM event_blobs WHERE NOT EXISTS \
            (SELECT 1 FROM outbox WHERE outbox.content_sha256 = event_blobs.sha256)
            """)
        try session.execute(
            """
            INSERT INTO checkpoints (log_offset, hash, snapshot_hash, recorded_at) VALUES (?, ?, ?, ?) \
            ON CONFLICT (log_offset) DO NOTHING
            """,
            [
                .integer(bound.offset.value), .blob(bound.hash.bytes), .blob(snapshot.bytes),
                .instant(transaction.now),
            ])
        try session.execute(
            """
            DELETE FROM checkpoints WHERE log_offset NOT IN \
            (SELECT log_offset FROM checkpoints ORDER BY log_offset DESC LIMIT ?)
            """, [.integer(checkpointsKept)])
        return PruneReport(removed: removed, checkpoint: bound, heldBackBy: heldBackBy)
    }
}
