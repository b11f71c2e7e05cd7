public import Units

/// An order as it is stored.
public struct StoredOrder: Hashable, Sendable {
    /// Our id, unique.
    public var id: String
    /// Whose order; nil for one of no run.
    public var runID: String?
    /// Which instrument.
    public var instrument: String
    /// `buy` or `sell`.
    public var side: String
    /// `market`, `limit` ...
    public var type: String
    /// `pending`, `submitting`, `submitted`, `accepted`, `partial`, `filled`, `cancelled`, `rejected` or
    /// `expired`.
    public var status: String
    /// What was asked for.
    public var quantity: ExactDecimal
    /// What was filled.
    public var filled: ExactDecimal
    /// Mean price of the fills.
    public var averagePrice: ExactDecimal?
    /// Price of a limit.
    public var limitPrice: ExactDecimal?
    /// Price of a stop.
    public var stopPrice: ExactDecimal?
    /// The venue's id.
    public var venueOrderID: String?
    /// Why it was refused or cancelled.
    public var reason: String?
    /// The work that it belongs to.
    public var correlationID: String
    /// When it was placed, engine time in a backtest.
    public var createdAt: Instant
    /// When it changed last.
    public var updatedAt: Instant

    /// An order.
    public init(
        id: String, runID: String?, instrument: String, side: String, type: String, status: String,
        quantity: ExactDecimal, filled: ExactDecimal, correlationID: String, createdAt: Instant,
        updatedAt: Instant
    ) {
        (self.id, self.runID, self.instrument, self.side) = (id, runID, instrument, side)
        (self.type, self.status, self.quantity, self.filled) = (type, status, quantity, filled)
        (self.correlationID, self.createdAt, self.updatedAt) = (correlationID, createdAt, updatedAt)
    }

    /// All states.
    public static let statuses = [
        "pending", "submitting", "submitted", "accepted", "partial", "filled", "cancelled", "rejected",
        "expired",
    ]
}

/// Which orders a list holds.
public struct OrderSelection: Hashable, Sendable {
    /// Only orders of this run.
    public var runID: String?
    /// Only these states; empty for all.
    public var statuses: [String] = []
    /// Orders to leave out at the start.
    public var offset = 0
    /// The most orders.
    public var limit = 50

    /// The first orders of all.
    public init() {}
}

/// Orders.
public struct OrderRepository {
    let session: any SQLSession

    private static let columns = """
        client_order_id, run_id, instrument, side, type, status, quantity, filled_quantity, average_price, \
        limit_price, stop_price, venue_order_id, reason, correlation_id, created_at, updated_at
        """

    /// Writes an order, in place of an older row of its id.
    public func save(_ order: StoredOrder) throws {
        let names = Self.columns.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        let sets = names.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try session.execute(
            """
            INSERT INTO orders (\(Self.columns)) VALUES (\(marks)) \
            ON CONFLICT (client_order_id) DO UPDATE SET \(sets)
            """,
            [
                .text(order.id), .optional(order.runID), .text(order.instrument), .text(order.side),
                .text(order.type), .text(order.status), .decimal(order.quantity), .decimal(order.filled),
                .optional(order.averagePrice?.description), .optional(order.limitPrice?.description),
                .optional(order.stopPrice?.description),
                .optional(order.venueOrderID), .optional(order.reason), .text(order.correlationID),
                .instant(order.createdAt), .instant(order.updatedAt),
            ])
    }

    /// The order of an id; nil when there is none.
    public func find(_ id: String) throws -> StoredOrder? {
        try session.first(
            "SELECT \(Self.columns) FROM orders WHERE client_order_id = ?", [.text(id)], Self.read)
    }

    /// Orders, the newest first.
    public func list(_ selection: OrderSelection) throws -> [StoredOrder] {
        let (condition, arguments) = Self.condition(selection)
        return try session.all(
            """
            SELECT \(Self.columns) FROM orders\(condition) \
            ORDER BY created_at DESC, client_order_id DESC LIMIT ? OFFSET ?
            """, arguments + [.integer(Int64(selection.limit)), .integer(Int64(selection.offset))], Self.read)
    }

    /// How many orders there are, whatever the page.
    public func count(_ selection: OrderSelection) throws -> Int {
        let (condition, arguments) = Self.condition(selection)
        return Int(try session.integer("SELECT count(*) FROM orders\(condition)", arguments) ?? 0)
    }

    private static func condition(_ selection: OrderSelection) -> (String, [SQLValue]) {
        var (conditions, arguments): ([String], [SQLValue]) = ([], [])
        if let run = selection.runID {
            conditions.append("run_id = ?")
            arguments.append(.text(run))
        }
        if !selection.statuses.isEmpty {
            let marks = selection.statuses.map { _ in "?" }.joined(separator: ", ")
            conditions.append("status IN (\(marks))")
            arguments += selection.statuses.map { .text($0) }
        }
        return (conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND "), arguments)
    }

    private static func read(_ row: SQLRow) throws -> StoredOrder {
        var order = StoredOrder(
            id: try row.text(0), runID: try row.optionalText(1), instrument: try row.text(2),
            side: try row.text(3), type: try row.text(4), status: try row.text(5),
            quantity: try row.decimal(6), filled: try row.decimal(7), correlationID: try row.text(13),
            createdAt: try row.instant(14), updatedAt: try row.instant(15))
        (order.averagePrice, order.limitPrice) = (try row.optionalDecimal(8), try row.optionalDecimal(9))
        (order.stopPrice, order.venueOrderID) = (try row.optionalDecimal(10), try row.optionalText(11))
        order.reason = try row.optionalText(12)
        return order
    }
}

extension StoreTransaction {
    /// Orders.
    public var orders: OrderRepository { OrderRepository(session: session) }
}
