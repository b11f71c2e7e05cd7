internal import Events
internal import GRDB

/// Reads a database; what subscribers hold on to, so that they do not keep the store.
struct SQLiteReader: TransactionalStore {
    let pool: DatabasePool
    let path: String
    let options: StoreOptions

    func read<T: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> T
    ) async throws -> T {
        do {
            return try await pool.read { connection in
                let session = SQLiteSession(connection, path: path, timeout: options.statementTimeout)
                defer { session.end() }
                let outbox = EventOutbox(
                    now: options.now(), registry: options.registry, parts: options.parts)
                return try body(StoreTransaction(session: session, outbox: outbox))
            }
        } catch let error as DatabaseError {
            throw StorageError(sqlite: error, path: path)
        }
    }

    @discardableResult
    func write<T: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> T
    ) async throws -> T {
        throw StorageError(
            .unavailable, "the database \(path) is only read here", file: path,
            remedy: "write through the store")
    }
}
