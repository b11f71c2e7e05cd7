public import Events
public import Units

/// Where a run is in its life.
public enum RunStatus: String, Hashable, Sendable, CaseIterable {
    /// It was created and waits, for its turn or to be started.
    case pending
    /// It executes.
    case running
    /// It was stopped before its end.
    case stopped
    /// It came to its end.
    case completed
    /// It ended by an error.
    case failed

    /// Whether nothing follows.
    public var isFinal: Bool { self == .stopped || self == .completed || self == .failed }
}

/// A run as it is stored.
public struct StoredRun: Hashable, Sendable {
    /// Its id.
    public var id: String
    /// Its name, for people.
    public var name: String
    /// `backtest`, `paper` or `live`.
    public var mode: String
    /// Registered name of its strategy; several with commas.
    public var strategy: String
    /// Where it is in its life.
    public var status = RunStatus.pending
    /// The asset in which equity is counted.
    public var shareClass: String?
    /// Equity before the first step.
    public var initialEquity: ExactDecimal?
    /// First moment of trading; nil is the first of the data.
    public var start: Instant?
    /// First moment no more traded; nil is after the last of the data.
    public var end: Instant?
    /// The run file as JSON.
    public var config: JSONText
    /// Who created it.
    public var createdBy: String
    /// The work that it belongs to.
    public var correlationID: String
    /// When it was created.
    public var createdAt: Instant
    /// When it began to execute.
    public var startedAt: Instant?
    /// When it ended.
    public var endedAt: Instant?
    /// When somebody asked it to stop.
    public var stopRequestedAt: Instant?
    /// When it was put into the queue; nil while it is not in it.
    public var queuedAt: Instant?
    /// How often it began to execute.
    public var attempts = 0
    /// How far it is, 0 to 100.
    public var percent = 0.0
    /// Its present time.
    public var time: Instant?
    /// Its present equity.
    public var equity: ExactDecimal?
    /// Fall of equity from its highest, as a fraction.
    public var drawdown: Double?
    /// Orders so far.
    public var orders = 0
    /// Fills so far.
    public var fills = 0
    /// Why it stopped or failed.
    public var reason: String?
    /// A stable word for the reason of a failure.
    public var errorCode: String?
    /// What was wrong, as a list.
    public var problems: JSONText?

    /// A run that was just created.
    public init(
        id: String, name: String, mode: String, strategy: String, config: JSONText, createdBy: String,
        correlationID: String, createdAt: Instant
    ) {
        (self.id, self.name, self.mode, self.strategy) = (id, name, mode, strategy)
        (self.config, self.createdBy, self.correlationID) = (config, createdBy, correlationID)
        self.createdAt = createdAt
    }
}

/// Which runs a list holds.
public struct RunSelection: Hashable, Sendable {
    /// Only these states; empty for all.
    public var statuses: [RunStatus] = []
    /// Only runs of this strategy.
    public var strategy: String?
    /// Runs to leave out at the start.
    public var offset = 0
    /// The most runs.
    public var limit = 20

    /// The first runs of all.
    public init() {}
}

/// Runs.
public struct RunRepository {
    let session: any SQLSession

    private static let columns = """
        id, name, mode, strategy, status, share_class, initial_equity, window_start, window_end, config, \
        created_by, correlation_id, created_at, started_at, ended_at, stop_requested_at, attempts, percent, \
        run_time, equity, drawdown, orders, fills, reason, error_code, problems, queued_at
        """

    /// Writes a run, in place of an older row of its id.
    public func save(_ run: StoredRun) throws {
        let names = Self.columns.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        let sets = names.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try session.execute(
            "INSERT INTO runs (\(Self.columns)) VALUES (\(marks)) ON CONFLICT (id) DO UPDATE SET \(sets)",
            [
                .text(run.id), .text(run.name), .text(run.mode), .text(run.strategy),
                .text(run.status.rawValue), .optional(run.shareClass),
                .optional(run.initialEquity?.description),
                .optional(run.start), .optional(run.end), .json(run.config), .text(run.createdBy),
                .text(run.correlationID), .instant(run.createdAt), .optional(run.startedAt),
                .optional(run.endedAt), .optional(run.stopRequestedAt), .integer(Int64(run.attempts)),
                .real(run.percent), .optional(run.time), .optional(run.equity?.description),
                .optional(run.drawdown),
                .integer(Int64(run.orders)), .integer(Int64(run.fills)), .optional(run.reason),
                .optional(run.errorCode), .optional(run.problems?.compact), .optional(run.queuedAt),
            ])
    }

    /// The run of an id; nil when there is none.
    public func find(_ id: String) throws -> StoredRun? {
        try session.first("SELECT \(Self.columns) FROM runs WHERE id = ?", [.text(id)], Self.read)
    }

    /// How many runs there are in each state; states without any are left out.
    public func counts() throws -> [RunStatus: Int] {
        let rows = try session.all("SELECT status, count(*) FROM runs GROUP BY status", []) {
            (RunStatus(rawValue: try $0.text(0)), Int(try $0.integer(1)))
        }
        return rows.reduce(into: [:]) { counts, row in
            if let status = row.0 { counts[status, default: 0] += row.1 }
        }
    }

    /// Runs, the newest first.
    public func list(_ selection: RunSelection) throws -> [StoredRun] {
        let (condition, arguments) = Self.condition(selection)
        return try session.all(
            "SELECT \(Self.columns) FROM runs\(condition) ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?",
            arguments + [.integer(Int64(selection.limit)), .integer(Int64(selection.offset))], Self.read)
    }

    /// How many runs there are, whatever the page.
    public func count(_ selection: RunSelection) throws -> Int {
        let (condition, arguments) = Self.condition(selection)
        return Int(try session.integer("SELECT count(*) FROM runs\(condition)", arguments) ?? 0)
    }

    /// Ids of the runs in a state, the oldest first.
    public func ids(_ status: RunStatus) throws -> [String] {
        try session.all(
            "SELECT id FROM runs WHERE status = ? ORDER BY created_at, id", [.text(status.rawValue)]
        ) { try $0.text(0) }
    }

    /// Ids of the runs that wait for their turn, in the order in which they take it.
    public func queued() throws -> [String] {
        try session.all(
            """
            SELECT id FROM runs WHERE status = 'pending' AND queued_at IS NOT NULL \
            ORDER BY queued_at, created_at, id
            """
        ) { try $0.text(0) }
    }

    /// Removes a run and everything that is stored of it but its events.
    public func delete(_ id: String) throws {
        for table in ["results", "orders", "fills", "positions", "run_points", "bars"] {
            try session.execute("DELETE FROM \(table) WHERE run_id = ?", [.text(id)])
        }
        try session.execute("DELETE FROM runs WHERE id = ?", [.text(id)])
    }

    private static func condition(_ selection: RunSelection) -> (String, [SQLValue]) {
        var (conditions, arguments): ([String], [SQLValue]) = ([], [])
        if !selection.statuses.isEmpty {
            let marks = selection.statuses.map { _ in "?" }.joined(separator: ", ")
            conditions.append("status IN (\(marks))")
            arguments += selection.statuses.map { .text($0.rawValue) }
        }
        if let strategy = selection.strategy {
            conditions.append("strategy = ?")
            arguments.append(.text(strategy))
        }
        return (conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND "), arguments)
    }

    private static func read(_ row: SQLRow) throws -> StoredRun {
        var run = StoredRun(
            id: try row.text(0), name: try row.text(1), mode: try row.text(2), strategy: try row.text(3),
            config: try json(row, 9), createdBy: try row.text(10), correlationID: try row.text(11),
            createdAt: try row.instant(12))
        guard let status = RunStatus(rawValue: try row.text(4)) else { throw unreadable("status") }
        run.status = status
        (run.shareClass, run.initialEquity) = (try row.optionalText(5), try row.optionalDecimal(6))
        (run.start, run.end) = (try row.optionalInstant(7), try row.optionalInstant(8))
        (run.startedAt, run.endedAt) = (try row.optionalInstant(13), try row.optionalInstant(14))
        (run.stopRequestedAt, run.attempts) = (try row.optionalInstant(15), Int(try row.integer(16)))
        (run.percent, run.time) = (try row.real(17), try row.optionalInstant(18))
        (run.equity, run.drawdown) = (try row.optionalDecimal(19), try row.optionalReal(20))
        (run.orders, run.fills) = (Int(try row.integer(21)), Int(try row.integer(22)))
        (run.reason, run.errorCode) = (try row.optionalText(23), try row.optionalText(24))
        run.problems = try row.optionalText(25) == nil ? nil : try json(row, 25)
        run.queuedAt = try row.optionalInstant(26)
        return run
    }

    static func json(_ row: SQLRow, _ column: Int) throws -> JSONText {
        do throws(JSONError) { return try JSONText(parsing: row.textOrEmpty(column)) } catch {
            throw unreadable("JSON")
        }
    }

    private static func unreadable(_ what: String) -> StorageError {
        StorageError(
            .corrupt, "a row of the table runs holds a \(what) that is none",
            remedy: "make the tables again: tradewind events replay --rebuild; or restore a backup")
    }
}

extension SQLRow {
    fileprivate func textOrEmpty(_ column: Int) -> String {
        if case .text(let text) = self[column] { text } else { "" }
    }
}

extension StoreTransaction {
    /// Runs.
    public var runs: RunRepository { RunRepository(session: session) }
}
