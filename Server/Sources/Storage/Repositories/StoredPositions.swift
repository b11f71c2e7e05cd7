public import Units

/// A position of a run as it is stored.
public struct StoredPosition: Hashable, Sendable {
    /// Whose position.
    public let runID: String
    /// Which instrument.
    public let instrument: String
    /// Signed.
    public let quantity: ExactDecimal
    /// Mark of the base asset in the share class.
    public let mark: ExactDecimal?
    /// Engine time of it.
    public let updatedAt: Instant

    /// A position.
    public init(
        runID: String, instrument: String, quantity: ExactDecimal, mark: ExactDecimal?, updatedAt: Instant
    ) {
        (self.runID, self.instrument, self.quantity) = (runID, instrument, quantity)
        (self.mark, self.updatedAt) = (mark, updatedAt)
    }
}

/// Positions of runs.
public struct PositionRepository {
    let session: any SQLSession

    /// Puts the positions of a run in place of the ones that are there.
    public func replace(of runID: String, with positions: [StoredPosition]) throws {
        try session.execute("DELETE FROM positions WHERE run_id = ?", [.text(runID)])
        for position in positions {
            try session.execute(
                """
                INSERT INTO positions (run_id, instrument, quantity, mark, updated_at) \
                VALUES (?, ?, ?, ?, ?) ON CONFLICT (run_id, instrument) DO UPDATE SET \
                quantity = excluded.quantity, mark = excluded.mark, updated_at = excluded.updated_at
                """,
                [
                    .text(runID), .text(position.instrument), .decimal(position.quantity),
                    .optional(position.mark?.description), .instant(position.updatedAt),
                ])
        }
    }

    /// Positions of a run, or of all runs, by instrument.
    public func list(of runID: String?, offset: Int = 0, limit: Int = 500) throws -> [StoredPosition] {
        let condition = runID == nil ? "" : " WHERE run_id = ?"
        return try session.all(
            """
            SELECT run_id, instrument, quantity, mark, updated_at FROM positions\(condition) \
            ORDER BY run_id, instrument LIMIT ? OFFSET ?
            """, (runID.map { [.text($0)] } ?? []) + [.integer(Int64(limit)), .integer(Int64(offset))]
        ) { row in
            StoredPosition(
                runID: try row.text(0), instrument: try row.text(1), quantity: try row.decimal(2),
                mark: try row.optionalDecimal(3), updatedAt: try row.instant(4))
        }
    }
}

extension StoreTransaction {
    /// Positions of runs.
    public var positions: PositionRepository { PositionRepository(session: session) }
}
