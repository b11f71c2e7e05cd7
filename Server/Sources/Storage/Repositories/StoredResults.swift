public import Events
public import Units

/// The outcome of a run as it is stored; its files are in the folder of results.
public struct StoredResult: Hashable, Sendable {
    /// Whose result.
    public let runID: String
    /// The object of `summary.json`.
    public let summary: JSONText
    /// When it was stored.
    public let recordedAt: Instant

    /// A result.
    public init(runID: String, summary: JSONText, recordedAt: Instant) {
        (self.runID, self.summary, self.recordedAt) = (runID, summary, recordedAt)
    }
}

/// Equity of a run at one moment.
public struct StoredPoint: Hashable, Sendable {
    /// Engine time.
    public let time: Instant
    /// In the share class.
    public let equity: ExactDecimal

    /// A point.
    public init(time: Instant, equity: ExactDecimal) { (self.time, self.equity) = (time, equity) }
}

/// Results of runs, and the equity of runs that go on.
public struct ResultRepository {
    let session: any SQLSession

    /// The most points that are kept of a run.
    public static let pointLimit = 2_000

    /// Writes a result, in place of an older one.
    public func save(_ result: StoredResult) throws {
        let statistics = result.summary["statistics"]
        func number(_ key: String) -> SQLValue {
            .optional(result.summary[key]?.double ?? statistics?[key]?.double)
        }
        func count(_ key: String) -> SQLValue { .optional(result.summary[key]?.wholeNumber.map(Int64.init)) }
        try session.execute("DELETE FROM results WHERE run_id = ?", [.text(result.runID)])
        try session.execute(
            """
            INSERT INTO results (run_id, final_equity, total_return, sharpe, max_drawdown, trades, fills, \
            log_hash, elapsed_seconds, summary, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(result.runID), .optional(result.summary["final_equity"]?.text), number("total_return"),
                number("sharpe"), number("max_drawdown"), count("trades"), count("fills"),
                .optional(result.summary["log_hash"]?.text), number("elapsed_seconds"),
                .json(result.summary), .instant(result.recordedAt),
            ])
    }

    /// The result of a run; nil when there is none.
    public func find(_ runID: String) throws -> StoredResult? {
        try session.first(
            "SELECT run_id, summary, recorded_at FROM results WHERE run_id = ?", [.text(runID)]
        ) { row in
            StoredResult(
                runID: try row.text(0), summary: try RunRepository.json(row, 1),
                recordedAt: try row.instant(2))
        }
    }

    /// Adds points of a run's equity. When there are more than ``pointLimit``, every other one goes.
    public func add(_ points: [StoredPoint], of runID: String) throws {
        for point in points {
            try session.execute(
                """
                INSERT INTO run_points (run_id, run_time, equity) VALUES (?, ?, ?) \
                ON CONFLICT (run_id, run_time) DO UPDATE SET equity = excluded.equity
                """, [.text(runID), .instant(point.time), .decimal(point.equity)])
        }
        let count = try session.integer("SELECT count(*) FROM run_points WHERE run_id = ?", [.text(runID)])
        if (count ?? 0) <= Int64(Self.pointLimit) { return }
        let all = try self.points(of: runID)
        for (place, point) in all.dropLast().enumerated() where place % 2 == 1 {
            try session.execute(
                "DELETE FROM run_points WHERE run_id = ? AND run_time = ?",
                [.text(runID), .instant(point.time)])
        }
    }

    /// Forgets the points of a run: one that starts again begins with none.
    public func deletePoints(of runID: String) throws {
        try session.execute("DELETE FROM run_points WHERE run_id = ?", [.text(runID)])
    }

    /// The points of a run in time order.
    public func points(of runID: String) throws -> [StoredPoint] {
        try session.all(
            "SELECT run_time, equity FROM run_points WHERE run_id = ? ORDER BY run_time", [.text(runID)]
        ) { StoredPoint(time: try $0.instant(0), equity: try $0.decimal(1)) }
    }
}

extension StoreTransaction {
    /// Results of runs.
    public var results: ResultRepository { ResultRepository(session: session) }
}
