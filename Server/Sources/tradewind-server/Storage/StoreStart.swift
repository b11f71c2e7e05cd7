internal import Events
internal import Foundation
internal import Operations
internal import Settings
internal import Storage

/// Opens the store of the settings, for a service or a command.
enum StoreStart {
    /// Opens it for a service: on a developer's machine and in continuous integration pending steps of the
    /// schema are made, elsewhere the schema must fit already.
    ///
    /// - Parameters:
    ///   - workingDirectory: where a relative path starts; nil for that of the process.
    ///   - committed: hears of every transaction, for metrics.
    ///   - told: hears of each step that was made.
    /// - Throws: `StorageError`; a schema that is newer than this program, or that reads differently, is
    ///   refused everywhere.
    static func open(
        _ settings: ServerSettings, workingDirectory: String? = nil,
        committed: @escaping @Sendable (CommitReport) -> Void = { _ in },
        told: @Sendable (String) -> Void = { _ in }
    ) async throws -> any MigratableStore {
        let store = try await connect(settings, workingDirectory: workingDirectory, committed: committed)
        do {
            let runner = MigrationRunner(store)
            if settings.environment.allowsUnguardedMigrations {
                let report = try await runner.up()
                for step in report.steps { told("the schema was changed by \(step.title)") }
                if let backup = report.backup { told("a copy from before is \(backup)") }
            }
            try await runner.check()
            try await checkEnd(of: store)
            return store
        } catch {
            try await store.close()
            throw error
        }
    }

    /// Verifies the latest events, so that nothing is added to a log that is broken.
    private static func checkEnd(of store: any MigratableStore) async throws {
        do {
            let last = try await store.events.last()
            _ = try await store.events.verify(from: EventOffset(last.value - latestEvents))
        } catch let broken as EventChainBreak {
            throw StorageError(
                .corrupt, "the event log of \(store.location) is broken: \(broken)", file: store.location,
                remedy: """
                    keep the file and its -wal and -shm files, and put a backup from the folder backups \
                    beside it in its place; tradewind events verify looks at the whole log
                    """)
        }
    }

    /// Events that are verified at each start.
    private static let latestEvents: Int64 = 1_000

    /// Opens it as it is.
    ///
    /// - Parameter creating: whether a database is made where there is none.
    static func connect(
        _ settings: ServerSettings, workingDirectory: String? = nil, creating: Bool = true,
        committed: @escaping @Sendable (CommitReport) -> Void = { _ in }
    ) async throws -> any MigratableStore {
        try await Stores.open(
            database: settings.database, events: settings.events,
            workingDirectory: workingDirectory ?? FileManager.default.currentDirectoryPath,
            creating: creating, committed: committed, now: SystemClocks.now)
    }
}
