public import Events
internal import Units

/// Makes and undoes steps of the schema, each in one transaction.
public struct MigrationRunner: Sendable {
    private let store: any MigratableStore
    private let migrations: [Migration]

    /// A runner.
    ///
    /// - Precondition: numbers are in order and each is there once.
    public init(_ store: any MigratableStore, migrations: [Migration] = Migration.all) {
        precondition(
            zip(migrations, migrations.dropFirst()).allSatisfy { $0.number < $1.number },
            "steps of the schema are numbered in order")
        (self.store, self.migrations) = (store, migrations)
    }

    /// Why a step may be undone.
    public enum Permission: Hashable, Sendable {
        /// On a developer's machine, or in continuous integration.
        case unguarded
        /// Elsewhere, with a reason, which is kept.
        case breakGlass(reason: String)
    }

    private struct Applied: Sendable {
        let number: Int
        let name: String
        let checksum: String
        let at: Instant
    }

    // MARK: Looking

    /// Every step that this program or the database knows, in order.
    public func status() async throws -> [MigrationStatus] {
        let applied = try await store.read { try MigrationRunner.applied($0.session) }
        return status(applied)
    }

    /// Every step of this program, for a database that is not there yet.
    public static func statusOfNothing(_ migrations: [Migration] = Migration.all) -> [MigrationStatus] {
        migrations.map {
            MigrationStatus(number: $0.number, title: $0.title, state: .pending, appliedAt: nil)
        }
    }

    private func status(_ applied: [Applied]) -> [MigrationStatus] {
        let known = migrations.map { migration in
            let made = applied.first { $0.number == migration.number }
            let state: MigrationStatus.State =
                if let made {
                    made.checksum == migration.checksum.description ? .applied : .changed
                } else { .pending }
            return MigrationStatus(
                number: migration.number, title: migration.title, state: state, appliedAt: made?.at)
        }
        let foreign = applied.filter { made in !migrations.contains { $0.number == made.number } }.map {
            MigrationStatus(
                number: $0.number,
                title: Migration(number: $0.number, name: $0.name, up: "", down: "").title,
                state: .unknown, appliedAt: $0.at)
        }
        return (known + foreign).sorted { $0.number < $1.number }
    }

    /// Checks that the schema is exactly the one that this program needs.
    ///
    /// - Throws: ``StorageError``: `schemaNewer`, `migrationChanged` or `migrationsPending`.
    public func check() async throws {
        let found = try await status()
        try refuse(found)
        let pending = found.filter { $0.state == .pending }.map(\.title)
        guard pending.isEmpty else {
            throw StorageError(
                .migrationsPending,
                "the database \(store.location) needs \(pending.joined(separator: ", "))",
                file: store.location, remedy: "run tradewind migrate up")
        }
    }

    private func refuse(_ status: [MigrationStatus]) throws {
        let unknown = status.filter { $0.state == .unknown }.map(\.title)
        guard unknown.isEmpty else {
            throw StorageError(
                .schemaNewer,
                "the database \(store.location) is newer than this program: it has "
                    + unknown.joined(separator: ", "),
                file: store.location,
                remedy: "start the program that made it, or a newer one; nothing was changed")
        }
        let changed = status.filter { $0.state == .changed }.map(\.title)
        guard changed.isEmpty else {
            throw StorageError(
                .migrationChanged,
                "\(changed.joined(separator: ", ")) reads differently than when the database "
                    + "\(store.location) was changed by it",
                file: store.location,
                remedy: "take back the change to that file, and make another step for what is new")
        }
    }

    // MARK: Changing

    /// Makes the steps that are pending, after a copy of the database.
    ///
    /// - Parameter limit: how many at most; nil for all.
    /// - Throws: ``StorageError``; what was made before a failing step stays made.
    public func up(limit: Int? = nil) async throws -> MigrationReport {
        let found = try await status()
        try refuse(found)
        let pending = migrations.filter { step in
            found.contains { $0.number == step.number && $0.state == .pending }
        }
        let steps = pending.prefix(limit ?? Int.max)
        guard let first = steps.first else { return MigrationReport(steps: [], backup: nil) }
        let isNew = !found.contains { $0.state == .applied }
        let backup = isNew ? nil : try await store.backupBeforeMigration(first.title)
        var made: [MigrationStep] = []
        for step in steps where try await make(step, backup: backup) {
            made.append(MigrationStep(title: step.title, isUndone: false))
        }
        return MigrationReport(steps: made, backup: backup)
    }

    /// - Returns: false when another process has made it meanwhile.
    private func make(_ step: Migration, backup: String?) async throws -> Bool {
        try await changing(step, backup: backup) { transaction in
            let session = transaction.session
            try MigrationRunner.makeTables(session)
            if try MigrationRunner.applied(session).contains(where: { $0.number == step.number }) {
                return false
            }
            try session.script(step.up)
            try session.execute(
                "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)",
                [
                    .integer(Int64(step.number)), .text(step.name), .text(step.checksum.description),
                    .instant(transaction.now),
                ])
            try MigrationRunner.keep(step, "up", by: nil, reason: nil, transaction)
            return true
        }
    }

    /// Undoes the last steps, after a copy of the database.
    ///
    /// - Parameters:
    ///   - steps: how many.
    ///   - permission: why this is allowed; a reason is kept in `schema_history` and in the event log.
    ///   - actor: who asks.
    ///   - id: the id of the event that tells of it.
    /// - Throws: ``StorageError``: `migrationRefused` without a reason where one is needed.
    public func down(
        steps: Int, permission: Permission, actor: String, id: @Sendable () -> EventID
    ) async throws -> MigrationReport {
        if case .breakGlass(let reason) = permission, reason.allSatisfy(\.isWhitespace) {
            throw StorageError(
                .migrationRefused, "a step back needs a reason", file: store.location,
                remedy: "give it: --break-glass \"why\"")
        }
        let found = try await status()
        try refuse(found)
        let applied = migrations.filter { step in
            found.contains { $0.number == step.number && $0.state == .applied }
        }
        let undone = applied.suffix(max(0, steps)).reversed()
        guard let last = undone.first else { return MigrationReport(steps: [], backup: nil) }
        let backup = try await store.backupBeforeMigration("down-\(last.title)")
        var made: [MigrationStep] = []
        for step in undone {
            try await undo(step, permission, actor: actor, id: id(), backup: backup)
            made.append(MigrationStep(title: step.title, isUndone: true))
        }
        return MigrationReport(steps: made, backup: backup)
    }

    private func undo(
        _ step: Migration, _ permission: Permission, actor: String, id: EventID, backup: String?
    ) async throws {
        let reason: String? = if case .breakGlass(let text) = permission { text } else { nil }
        _ = try await changing(step, backup: backup) { transaction in
            let session = transaction.session
            // Told of before it is done: the step may be the one that holds the log.
            if step.number != Migration.eventLog.number {
                try transaction.append(
                    EventEnvelope(
                        id: id, type: .auditRecorded, correlationID: id.description, time: transaction.now,
                        producer: "storage.migrations",
                        payload: .object([
                            JSONMember("action", .string("migration.undone")),
                            JSONMember("actor", .string(actor)), JSONMember("subject", .string(step.title)),
                            JSONMember("subject_kind", .string("migration")),
                            JSONMember("reason", reason.map { .string($0) } ?? .null),
                        ])))
            }
            try session.script(step.down)
            try session.execute(
                "DELETE FROM schema_migrations WHERE number = ?", [.integer(Int64(step.number))])
            try MigrationRunner.keep(step, "down", by: actor, reason: reason, transaction)
            return true
        }
    }

    private func changing(
        _ step: Migration, backup: String?, _ body: @escaping @Sendable (StoreTransaction) throws -> Bool
    ) async throws -> Bool {
        do {
            return try await store.writeAlone(body)
        } catch let error as StorageError where error.code == .statement || error.code == .constraint {
            let copy = backup.map { "; a copy from before is \($0)" } ?? ""
            throw StorageError(
                .migrationFailed, "\(step.title) failed: \(error.message)\(copy)", file: store.location,
                remedy: "nothing of this step is kept; correct it, and run tradewind migrate up again")
        }
    }

    // MARK: Tables

    private static func makeTables(_ session: any SQLSession) throws {
        try session.script(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                checksum TEXT NOT NULL,
                applied_at INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE IF NOT EXISTS schema_history (
                entry INTEGER PRIMARY KEY,
                number INTEGER NOT NULL,
                name TEXT NOT NULL,
                direction TEXT NOT NULL,
                actor TEXT,
                reason TEXT,
                recorded_at INTEGER NOT NULL
            ) STRICT;
            """)
    }

    private static func applied(_ session: any SQLSession) throws -> [Applied] {
        guard try session.hasTable("schema_migrations") else { return [] }
        return try session.all(
            "SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number"
        ) { row in
            Applied(
                number: Int(try row.integer(0)), name: try row.text(1), checksum: try row.text(2),
                at: try row.instant(3))
        }
    }

    private static func keep(
        _ step: Migration, _ direction: String, by actor: String?, reason: String?,
        _ transaction: StoreTransaction
    ) throws {
        try transaction.session.execute(
            """
            INSERT INTO schema_history (number, name, direction, actor, reason, recorded_at) \
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(Int64(step.number)), .text(step.name), .text(direction), .optional(actor),
                .optional(reason), .instant(transaction.now),
            ])
    }
}
