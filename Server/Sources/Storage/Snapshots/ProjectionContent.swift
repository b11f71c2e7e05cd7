internal import Events
internal import Units

/// What the tables of runs hold of one run, as text that reads the same wherever and whenever it is made.
///
/// Rows are in the order of their keys, values in the order of ``tables``. A column that a migration adds
/// must be added there too, which changes every fingerprint: such a migration empties `snapshot_runs` and
/// sets the `snapshot_hash` of checkpoints to null, so that pruning begins anew with what it finds.
struct ProjectionContent: Hashable, Sendable {
    /// A table that is made from events.
    struct Table: Sendable {
        let name: String
        /// The column that names the run.
        let run: String
        /// What its rows are put in order by.
        let order: String
        let columns: [String]
        /// Whether it has rows that belong to no run.
        let isForAll: Bool

        init(_ name: String, run: String = "run_id", order: String, isForAll: Bool = false, _ columns: String)
        {
            (self.name, self.run, self.order, self.isForAll) = (name, run, order, isForAll)
            self.columns = columns.split(separator: " ").map(String.init)
        }
    }

    /// The tables, and everything in them.
    static let tables = [
        Table(
            "runs", run: "id", order: "id",
            """
            id name mode strategy status share_class initial_equity window_start window_end config \
            created_by correlation_id created_at started_at ended_at stop_requested_at queued_at attempts \
            percent run_time equity drawdown orders fills reason error_code problems
            """),
        Table(
            "results", order: "run_id",
            """
            run_id final_equity total_return sharpe max_drawdown trades fills log_hash elapsed_seconds \
            summary recorded_at
            """),
        Table(
            "orders", order: "client_order_id", isForAll: true,
            """
            client_order_id run_id instrument side type status quantity filled_quantity average_price \
            limit_price stop_price venue_order_id reason correlation_id created_at updated_at
            """),
        Table(
            "fills", order: "id", isForAll: true,
            """
            id run_id client_order_id instrument side quantity price fee fee_asset cause filled_at
            """),
        Table("positions", order: "instrument", "run_id instrument quantity mark updated_at"),
        Table("run_points", order: "run_time", "run_id run_time equity"),
    ]

    /// Rows by table.
    private let rows: [[[SQLValue]]]

    private init(rows: [[[SQLValue]]]) { self.rows = rows }

    var isEmpty: Bool { rows.allSatisfy(\.isEmpty) }

    // MARK: The database

    /// Reads what is there of a run; nil is for the rows of no run.
    init(of run: String?, _ session: any SQLSession) throws {
        rows = try Self.tables.map { table in
            if run == nil && !table.isForAll { return [] }
            let condition = run == nil ? "IS NULL" : "= ?"
            return try session.all(
                """
                SELECT \(table.columns.joined(separator: ", ")) FROM \(table.name) \
                WHERE \(table.run) \(condition) ORDER BY \(table.order)
                """, run.map { [.text($0)] } ?? []
            ) { row in table.columns.indices.map { row[$0] } }
        }
    }

    /// Removes what is there of a run.
    static func remove(of run: String?, _ session: any SQLSession) throws {
        for table in tables where run != nil || table.isForAll {
            try session.execute(
                "DELETE FROM \(table.name) WHERE \(table.run) \(run == nil ? "IS NULL" : "= ?")",
                run.map { [.text($0)] } ?? [])
        }
    }

    /// Writes the rows.
    func insert(_ session: any SQLSession) throws {
        for (table, rows) in zip(Self.tables, rows) {
            let marks = table.columns.map { _ in "?" }.joined(separator: ", ")
            let names = table.columns.joined(separator: ", ")
            for row in rows {
                try session.execute("INSERT INTO \(table.name) (\(names)) VALUES (\(marks))", row)
            }
        }
    }

    // MARK: Text

    /// The content as one line of JSON: a list of rows for each table.
    var text: String {
        JSONText.list(rows.map { .list($0.map(Self.json)) }).compact
    }

    /// Reads the content from its text.
    ///
    /// - Throws: ``StorageError`` `corrupt`.
    init(text: String) throws {
        let value: JSONText
        do throws(JSONError) { value = try JSONText(parsing: text) } catch { throw Self.unreadable }
        guard let tables = value.items, tables.count == Self.tables.count else { throw Self.unreadable }
        rows = try zip(Self.tables, tables).map { table, rows in
            guard let rows = rows.items else { throw Self.unreadable }
            return try rows.map { row in
                guard let values = row.items, values.count == table.columns.count else {
                    throw Self.unreadable
                }
                return try values.map(Self.value)
            }
        }
    }

    private static var unreadable: StorageError {
        StorageError(
            .corrupt, "the snapshot of a run in the table snapshot_runs cannot be read",
            remedy: "run tradewind events verify, and restore a backup")
    }

    private static func json(_ row: [SQLValue]) -> JSONText { .list(row.map(json)) }

    /// A letter for the kind, and the value; of a number its bits, so that none is lost.
    private static func json(_ value: SQLValue) -> JSONText {
        switch value {
        case .null: .null
        case .integer(let value): .string("i\(value)")
        case .real(let value): .string("r\(String(value.bitPattern, radix: 16))")
        case .text(let value): .string("t\(value)")
        case .blob(let value): .string("b\(value.map { String($0, radix: 16) }.joined(separator: "."))")
        }
    }

    private static func value(_ json: JSONText) throws -> SQLValue {
        if json == .null { return .null }
        guard let text = json.text, let kind = text.unicodeScalars.first else { throw unreadable }
        let rest = String(text.unicodeScalars.dropFirst())
        switch kind {
        case "i": if let value = Int64(rest) { return .integer(value) }
        case "r": if let bits = UInt64(rest, radix: 16) { return .real(Double(bitPattern: bits)) }
        case "t": return .text(rest)
        case "b":
            let bytes = rest.split(separator: ".").map { UInt8($0, radix: 16) }
            if !bytes.contains(nil) { return .blob(bytes.compactMap(\.self)) }
        default: break
        }
        throw unreadable
    }

    // MARK: Fingerprint

    /// What the content is known by.
    var fingerprint: ProjectionFingerprint {
        ProjectionFingerprint(
            tables: zip(Self.tables, rows).filter { !$1.isEmpty }.map { table, rows in
                var stream = SHA256Stream()
                for row in rows { stream.update(Self.json(row).compact + "\n") }
                return .init(name: table.name, rows: rows.count, hash: stream.snapshot().description)
            })
    }
}

/// What the rows of a run are known by: of each table that holds some, how many there are and their SHA-256.
struct ProjectionFingerprint: Hashable, Sendable {
    struct Table: Hashable, Sendable {
        let name: String
        let rows: Int
        let hash: String
    }

    let tables: [Table]

    init(tables: [Table]) { self.tables = tables }

    /// As `runs:1:HASH orders:12:HASH`.
    var text: String { tables.map { "\($0.name):\($0.rows):\($0.hash)" }.joined(separator: " ") }

    /// Reads it from its text; nil for another one.
    init?(text: String) {
        var tables: [Table] = []
        for part in text.split(separator: " ") {
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
            guard words.count == 3, let rows = Int(words[1]) else { return nil }
            tables.append(Table(name: String(words[0]), rows: rows, hash: String(words[2])))
        }
        self.tables = tables
    }

    /// The first table that differs from what it should be, in words; nil when none does.
    func difference(from wanted: ProjectionFingerprint) -> String? {
        for table in ProjectionContent.tables {
            let (mine, other) = (tables.first { $0.name == table.name }, wanted.find(table.name))
            if mine == other { continue }
            let (count, right) = (mine?.rows ?? 0, other?.rows ?? 0)
            return count == right
                ? "a row of its \(count) in the table \(table.name) was changed"
                : "the table \(table.name) holds \(count) rows of it instead of \(right)"
        }
        return nil
    }

    private func find(_ name: String) -> Table? { tables.first { $0.name == name } }
}
