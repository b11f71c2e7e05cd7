internal import Events
internal import Settings
internal import Storage
internal import TradewindCommands

/// What commands over the store have in common.
enum StoreCommand {
    /// Opens the store as it is, hands it over, and closes it.
    ///
    /// - Parameter creating: whether a database is made where there is none.
    /// - Throws: `CommandFailure`.
    static func withStore(
        _ loaded: LoadedSettings, _ context: ServerContext, creating: Bool = false,
        _ body: (any MigratableStore) async throws -> Void
    ) async throws {
        do {
            let store = try await StoreStart.connect(
                loaded.settings, workingDirectory: context.workingDirectory, creating: creating)
            do {
                try await body(store)
            } catch {
                try await store.close()
                if let broken = error as? EventChainBreak {
                    throw CommandFailure(broken, in: store.location)
                }
                throw error
            }
            try await store.close()
        } catch let error as StorageError {
            throw CommandFailure(error)
        } catch let error as EventProblem {
            throw CommandFailure(
                .badData, code: "event", message: error.message,
                remedy: "tradewind events verify checks the log")
        }
    }

    /// Opens a store that has an event log, hands it over, and closes it. Other steps of the schema may be
    /// pending: whoever looks for a fault must be able to read the log.
    static func withLog(
        _ loaded: LoadedSettings, _ context: ServerContext,
        _ body: (any MigratableStore) async throws -> Void
    ) async throws {
        try await withStore(loaded, context) { store in
            guard try await store.read({ try $0.session.hasTable("event_head") }) else {
                throw StorageError(
                    .migrationsPending, "the database \(store.location) has no event log yet",
                    file: store.location, remedy: "run tradewind migrate up")
            }
            try await body(store)
        }
    }
}
