internal import Events
internal import Operations
internal import Storage

/// What a database file holds, as far as a backup or a restore must know; reading it verifies it.
struct BackupContent: Sendable {
    /// The steps of the schema, by title.
    let schema: [String]
    /// The last event and the hash of the chain.
    let end: EventCheckpoint
    /// Records of the event log.
    let events: Int
    /// Runs.
    let runs: Int

    /// Opens a database file that nobody uses, checks its pages and follows its hash chain to the end.
    static func read(_ path: String) async throws(DeploymentError) -> BackupContent {
        var options = StoreOptions(now: SystemClocks.now)
        options.createsDatabase = false
        options.statementTimeout = .seconds(600)
        do {
            let store = try await SQLiteStore.open(path, options: options)
            do {
                let content = try await read(store)
                try await store.close()
                return content
            } catch {
                try await store.close()
                throw error
            }
        } catch let error as StorageError {
            throw DeploymentError(error)
        } catch {
            throw DeploymentError(
                .backup, "the database is not whole: \(error)", path: path,
                remedy: "use another backup: tradewind backup list")
        }
    }

    private static func read(_ store: any MigratableStore) async throws -> BackupContent {
        try await store.checkIntegrity()
        let found = try await MigrationRunner(store).status()
        let hasLog = try await store.read { try $0.session.hasTable("event_head") }
        let verification = hasLog ? try await store.events.verify(from: nil) : nil
        let runs = try await store.read { transaction in
            try transaction.session.hasTable("runs")
                ? transaction.session.integer("SELECT count(*) FROM runs", []) ?? 0 : 0
        }
        return BackupContent(
            schema: found.filter { $0.state != .pending }.map(\.title), end: verification?.end ?? .genesis,
            events: verification?.records ?? 0, runs: Int(runs))
    }
}
