internal import Events
internal import Units

/// What the removed events made of the tables of runs, kept so that verification and replay can start at the
/// checkpoint that pruning leaves.
///
/// For each run with removed events `snapshot_runs` holds the fingerprint of its rows as they were at the
/// checkpoint. The rows themselves are kept beside it only where events of the run follow, as only those
/// change: of a run that is over the tables hold them. The `snapshot_hash` of the checkpoint is the SHA-256
/// of all fingerprints.
///
/// Pruning makes the rows of each run from the events that it is about to remove, in a transaction within its
/// own that is undone, and compares: an event is never removed while a table says something else.
enum ProjectionSnapshot {
    /// A row of `snapshot_runs`.
    private struct Entry {
        /// Empty for what belongs to no run.
        let run: String
        /// ``unknown``, or a fingerprint.
        let tables: String
        let content: String?

        /// As it is asked for in the tables.
        var runID: String? { run.isEmpty ? nil : run }
    }

    /// In place of a fingerprint, where a version before this one removed events of a run that goes on.
    private static let unknown = "unknown"
    private static let columns = "run_id, tables, content"
    private static let page = 500

    // MARK: Pruning

    /// Takes in the events up to an offset, which are removed after that.
    ///
    /// - Returns: the snapshot hash at that offset.
    /// - Throws: ``StorageError`` `corrupt` where the tables say something else than the events.
    static func advance(to bound: EventOffset, _ transaction: StoreTransaction) throws -> Digest {
        let session = transaction.session
        try adopt(session)
        let start = try EventReading.checkpoint(session).offset
        var events: [String: [EventEnvelope]] = [:]
        try each(after: start, session) { event in
            if event.offset > bound { return false }
            events[event.envelope.runID ?? "", default: []].append(event.envelope)
            return true
        }
        for (run, events) in events.sorted(by: { $0.key < $1.key }) {
            try advance(run, events, to: bound, transaction)
        }
        for entry in try entries("tables = ?", [.text(unknown)], session)
        where try !hasEvents(of: entry.runID, after: bound, session) {
            try save(entry.run, try ProjectionContent(of: entry.runID, session), isKept: false, session)
        }
        return hash(try entries("1 = 1", [], session))
    }

    private static func advance(
        _ run: String, _ events: [EventEnvelope], to bound: EventOffset, _ transaction: StoreTransaction
    ) throws {
        let session = transaction.session
        let entry = try entries("run_id = ?", [.text(run)], session).first
        if entry?.tables == unknown { return }
        let runID = run.isEmpty ? nil : run
        let made = try undone(session) {
            try ProjectionContent.remove(of: runID, session)
            if let entry { try content(of: entry).insert(session) }
            for event in events { try RunProjection.write(event, transaction) }
            return try ProjectionContent(of: runID, session)
        }
        let goesOn = try hasEvents(of: runID, after: bound, session)
        if !goesOn {
            let found = try ProjectionContent(of: runID, session).fingerprint
            if let difference = found.difference(from: made.fingerprint) {
                throw StorageError(
                    .corrupt,
                    "\(name(run)) is not what its events say: \(difference); none of them is removed",
                    remedy: "make the tables again from the events: tradewind events replay --rebuild")
            }
        }
        try save(run, made, isKept: goesOn, session)
    }

    /// The rows of an entry whose run goes on.
    private static func content(of entry: Entry) throws -> ProjectionContent {
        guard let text = entry.content else {
            throw StorageError(
                .corrupt, "the snapshot of \(name(entry.run)) is missing, though events of it follow",
                remedy: "run tradewind events verify, and restore a backup")
        }
        return try ProjectionContent(text: text)
    }

    /// What a body makes of the database; nothing of it stays.
    private static func undone<T>(_ session: any SQLSession, _ body: () throws -> T) throws -> T {
        try session.execute("SAVEPOINT snapshot")
        let value = try body()
        try session.execute("ROLLBACK TO SAVEPOINT snapshot")
        try session.execute("RELEASE SAVEPOINT snapshot")
        return value
    }

    /// Keeps the rows of a run as they are, before an event changes them that comes after the checkpoint.
    static func preserve(_ run: String?, _ session: any SQLSession) throws {
        let entry = try entries("run_id = ? AND content IS NULL", [.text(run ?? "")], session).first
        guard let entry, entry.tables != unknown else { return }
        try session.execute(
            "UPDATE snapshot_runs SET content = ? WHERE run_id = ?",
            [.text(try ProjectionContent(of: run, session).text), .text(entry.run)])
    }

    /// Where a version before this one has removed events, their runs are taken as they are once nothing more
    /// is said of them.
    private static func adopt(_ session: any SQLSession) throws {
        let isOlder = try session.first(
            "SELECT snapshot_hash FROM checkpoints ORDER BY log_offset DESC LIMIT 1"
        ) { $0[0] == .null }
        guard isOlder == true else { return }
        try session.execute(
            """
            INSERT INTO snapshot_runs (run_id, tables) SELECT id, ? FROM runs WHERE NOT EXISTS \
            (SELECT 1 FROM outbox WHERE outbox.run_id = runs.id AND type = ?) \
            ON CONFLICT (run_id) DO NOTHING
            """, [.text(unknown), .text(EventType.runCreated.text)])
        try session.execute(
            """
            INSERT INTO snapshot_runs (run_id, tables) SELECT '', ? WHERE EXISTS \
            (SELECT 1 FROM orders WHERE run_id IS NULL) ON CONFLICT (run_id) DO NOTHING
            """, [.text(unknown)])
    }

    // MARK: Verification

    /// Checks that what the removed events made is still there, unaltered.
    ///
    /// - Returns: the snapshot hash of the checkpoint; nil where there is none.
    /// - Throws: `EventChainBreak` at the checkpoint, which names the run and the table.
    static func verify(_ session: any SQLSession) throws -> Digest? {
        // A copy from before a step of the schema is verified as well.
        guard try session.hasTable("snapshot_runs") else { return nil }
        let found = try session.first(
            "SELECT log_offset, snapshot_hash FROM checkpoints ORDER BY log_offset DESC LIMIT 1"
        ) { row in
            (
                offset: EventOffset(try row.integer(0)),
                hash: row[1] == .null ? nil : try EventStatements.digest(row.blob(1))
            )
        }
        guard let found, let wanted = found.hash else { return nil }
        let entries = try entries("1 = 1", [], session)
        guard hash(entries) == wanted else {
            throw EventChainBreak(
                offset: found.offset,
                reason: "the table snapshot_runs is not what the snapshot hash of the checkpoint says")
        }
        for entry in entries where entry.tables != unknown {
            let content = try content(of: entry, session)
            let difference =
                ProjectionFingerprint(text: entry.tables).map { content.fingerprint.difference(from: $0) }
                ?? "its fingerprint cannot be read"
            guard let difference else { continue }
            let place = entry.content == nil ? "" : "in its snapshot "
            throw EventChainBreak(
                offset: found.offset,
                reason: """
                    \(name(entry.run)), whose events up to here were removed by retention, is damaged: \
                    \(place)\(difference)
                    """)
        }
        return wanted
    }

    private static func content(of entry: Entry, _ session: any SQLSession) throws -> ProjectionContent {
        guard let text = entry.content else { return try ProjectionContent(of: entry.runID, session) }
        return try ProjectionContent(text: text)
    }

    // MARK: Replay

    /// Puts the tables where they were at the checkpoint, and makes them again from the events after it.
    ///
    /// - Returns: events applied, and the runs whose rows were something else before.
    /// - Throws: `EventChainBreak` when what the removed events made is damaged: nothing is changed then.
    static func rebuild(_ transaction: StoreTransaction) throws -> RebuildReport {
        let session = transaction.session
        _ = try verify(session)
        try adopt(session)
        let entries = try entries("1 = 1", [], session)
        let settled = Set(entries.filter { $0.content == nil }.map(\.run))
        let known = try session.all("SELECT id FROM runs") { try $0.text(0) }
        let before = try fingerprints(
            of: Set(known + entries.map(\.run) + [""]).subtracting(settled), session)
        for run in before.keys.sorted() { try ProjectionContent.remove(of: run.isEmpty ? nil : run, session) }
        try removeStrays(session)
        for entry in entries where entry.content != nil { try content(of: entry).insert(session) }
        var applied = 0
        try each(after: try EventReading.checkpoint(session).offset, session) { event in
            if settled.contains(event.envelope.runID ?? "") { return true }
            try RunProjection.write(event.envelope, transaction)
            applied += 1
            return true
        }
        let now = try session.all("SELECT id FROM runs") { try $0.text(0) }
        let after = try fingerprints(of: Set(now + before.keys).subtracting(settled), session)
        let nothing = ProjectionFingerprint(tables: [])
        let changed = Set(before.keys).union(after.keys).filter {
            (before[$0] ?? nothing) != (after[$0] ?? nothing)
        }
        return RebuildReport(events: applied, changed: changed.sorted())
    }

    private static func fingerprints(
        of runs: Set<String>, _ session: any SQLSession
    ) throws -> [String: ProjectionFingerprint] {
        var found: [String: ProjectionFingerprint] = [:]
        for run in runs.sorted() {
            found[run] = try ProjectionContent(of: run.isEmpty ? nil : run, session).fingerprint
        }
        return found
    }

    /// Removes rows of runs that no table knows as such.
    private static func removeStrays(_ session: any SQLSession) throws {
        for table in ProjectionContent.tables where table.name != "runs" {
            try session.execute(
                """
                DELETE FROM \(table.name) WHERE run_id IS NOT NULL \
                AND run_id NOT IN (SELECT run_id FROM snapshot_runs WHERE content IS NULL)
                """)
        }
    }

    // MARK: Rows

    private static func name(_ run: String) -> String {
        run.isEmpty ? "what belongs to no run" : "run \(run)"
    }

    private static func entries(
        _ condition: String, _ arguments: [SQLValue], _ session: any SQLSession
    ) throws -> [Entry] {
        try session.all(
            "SELECT \(columns) FROM snapshot_runs WHERE \(condition)", arguments
        ) { row in
            Entry(run: try row.text(0), tables: try row.text(1), content: try row.optionalText(2))
        }
    }

    /// Of all fingerprints, in the order of the runs' ids, which no engine's collation changes.
    private static func hash(_ entries: [Entry]) -> Digest {
        var stream = SHA256Stream()
        for entry in entries.sorted(by: { $0.run.utf8.lexicographicallyPrecedes($1.run.utf8) }) {
            stream.update("\(entry.run)\n\(entry.tables)\n")
        }
        return stream.snapshot()
    }

    /// Writes an entry; a run of which nothing is left has none.
    private static func save(
        _ run: String, _ content: ProjectionContent, isKept: Bool, _ session: any SQLSession
    ) throws {
        if content.isEmpty {
            try session.execute("DELETE FROM snapshot_runs WHERE run_id = ?", [.text(run)])
            return
        }
        try session.execute(
            """
            INSERT INTO snapshot_runs (\(columns)) VALUES (?, ?, ?) ON CONFLICT (run_id) DO UPDATE SET \
            tables = excluded.tables, content = excluded.content
            """,
            [.text(run), .text(content.fingerprint.text), .optional(isKept ? content.text : nil)])
    }

    private static func hasEvents(
        of run: String?, after offset: EventOffset, _ session: any SQLSession
    ) throws -> Bool {
        let types = RunProjection.types.sorted()
        let marks = types.map { _ in "?" }.joined(separator: ", ")
        return try session.first(
            """
            SELECT 1 FROM outbox WHERE run_id \(run == nil ? "IS NULL" : "= ?") AND log_offset > ? \
            AND type IN (\(marks)) LIMIT 1
            """,
            (run.map { [.text($0)] } ?? []) + [.integer(offset.value)] + types.map { .text($0.text) }
        ) { _ in true } ?? false
    }

    /// Hands over the events after an offset that tables are made from, until the body has enough.
    private static func each(
        after start: EventOffset, _ session: any SQLSession, _ body: (LoggedEvent) throws -> Bool
    ) throws {
        var place = start
        let filter = EventFilter(types: RunProjection.types)
        while true {
            let events = try EventReading.events(after: place, page, filter, session)
            for event in events where try !body(event) { return }
            guard let last = events.last?.offset else { return }
            place = last
        }
    }
}

/// What came of making the tables of runs again.
public struct RebuildReport: Hashable, Sendable {
    /// Events that were applied.
    public let events: Int
    /// Runs whose rows were something else before, by id; empty for what belongs to no run.
    public let changed: [String]

    /// A report.
    public init(events: Int, changed: [String]) { (self.events, self.changed) = (events, changed) }
}
