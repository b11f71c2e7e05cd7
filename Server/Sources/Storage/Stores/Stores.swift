internal import Events
public import Settings
public import Units

/// Opens the store that the settings name.
public enum Stores {
    /// Opens it; its schema is not touched (see ``MigrationRunner``).
    ///
    /// - Parameters:
    ///   - workingDirectory: where a relative path starts, absolute.
    ///   - creating: whether a database is made where there is none.
    ///   - committed: hears of every transaction, for metrics.
    ///   - now: the clock.
    /// - Throws: ``StorageError``: `unsupported` for PostgreSQL, which this build does not speak.
    public static func open(
        database: DatabaseSettings, events: EventSettings, workingDirectory: String, creating: Bool = true,
        committed: @escaping @Sendable (CommitReport) -> Void = { _ in },
        now: @escaping @Sendable () -> Instant
    ) async throws -> any MigratableStore {
        let path = try path(of: database.url, workingDirectory: workingDirectory)
        var options = StoreOptions(now: now)
        options.parts = PayloadParts(inlineBytes: events.maxPayloadBytes)
        options.createsDatabase = creating
        options.committed = committed
        options.statementTimeout = database.statementTimeout
        options.readers = max(1, database.poolSize - 1)
        options.pollInterval = events.pollInterval
        return try await SQLiteStore.open(path, options: options)
    }

    /// The file that a URL names.
    ///
    /// - Throws: ``StorageError`` with code `unsupported` for PostgreSQL.
    public static func path(of url: DatabaseURL, workingDirectory: String) throws -> String {
        switch url.address {
        case .sqlite(let path):
            return path.hasPrefix("/") ? path : workingDirectory + "/" + path
        case .postgres:
            throw StorageError(
                .unsupported, "database.url names PostgreSQL, and this build stores in SQLite only",
                remedy: "set database.url to sqlite:///relative/path or sqlite:////absolute/path")
        }
    }
}
