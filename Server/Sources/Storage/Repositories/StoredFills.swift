public import Units

/// A fill as it is stored.
public struct StoredFill: Hashable, Sendable {
    /// Its id, unique.
    public let id: String
    /// Whose fill; nil for one of no run.
    public let runID: String?
    /// The order's id.
    public let orderID: String
    /// Which instrument.
    public let instrument: String
    /// `buy` or `sell`.
    public let side: String
    /// Positive.
    public let quantity: ExactDecimal
    /// The price.
    public let price: ExactDecimal
    /// Positive when paid.
    public let fee: ExactDecimal?
    /// Asset of the fee.
    public let feeAsset: String?
    /// Why the order filled.
    public let cause: String?
    /// When, engine time in a backtest.
    public let time: Instant

    /// A fill.
    public init(
        id: String, runID: String?, orderID: String, instrument: String, side: String,
        quantity: ExactDecimal, price: ExactDecimal, fee: ExactDecimal?, feeAsset: String?, cause: String?,
        time: Instant
    ) {
        (self.id, self.runID, self.orderID, self.instrument) = (id, runID, orderID, instrument)
        (self.side, self.quantity, self.price) = (side, quantity, price)
        (self.fee, self.feeAsset, self.cause, self.time) = (fee, feeAsset, cause, time)
    }
}

/// Fills.
public struct FillRepository {
    let session: any SQLSession

    /// Adds a fill; one that is there already stays as it is.
    public func add(_ fill: StoredFill) throws {
        try session.execute(
            """
            INSERT INTO fills (id, run_id, client_order_id, instrument, side, quantity, price, fee, \
            fee_asset, cause, filled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """,
            [
                .text(fill.id), .optional(fill.runID), .text(fill.orderID), .text(fill.instrument),
                .text(fill.side), .decimal(fill.quantity), .decimal(fill.price),
                .optional(fill.fee?.description),
                .optional(fill.feeAsset), .optional(fill.cause), .instant(fill.time),
            ])
    }

    /// Whether a fill of this id is there.
    public func contains(_ id: String) throws -> Bool {
        try session.integer("SELECT count(*) FROM fills WHERE id = ?", [.text(id)]) ?? 0 > 0
    }

    /// How many fills of a run are stored.
    public func count(of runID: String) throws -> Int {
        Int(try session.integer("SELECT count(*) FROM fills WHERE run_id = ?", [.text(runID)]) ?? 0)
    }

    /// Stored fills of a run in time order.
    public func list(of runID: String, offset: Int, limit: Int) throws -> [StoredFill] {
        try session.all(
            """
            SELECT id, run_id, client_order_id, instrument, side, quantity, price, fee, fee_asset, cause, \
            filled_at FROM fills WHERE run_id = ? ORDER BY filled_at, id LIMIT ? OFFSET ?
            """, [.text(runID), .integer(Int64(limit)), .integer(Int64(offset))]
        ) { row in
            StoredFill(
                id: try row.text(0), runID: try row.optionalText(1), orderID: try row.text(2),
                instrument: try row.text(3), side: try row.text(4), quantity: try row.decimal(5),
                price: try row.decimal(6), fee: try row.optionalDecimal(7),
                feeAsset: try row.optionalText(8), cause: try row.optionalText(9), time: try row.instant(10))
        }
    }
}

extension StoreTransaction {
    /// Fills.
    public var fills: FillRepository { FillRepository(session: session) }
}
