public import Events
internal import Foundation
internal import GRDB
internal import Synchronization
internal import Units

/// A store in one file of SQLite, in WAL mode with every commit flushed to the disk.
public final class SQLiteStore: Store {
    /// The database file.
    public let path: String
    /// Tells about committed events.
    public let hub: EventHub

    private let pool: DatabasePool
    private let options: StoreOptions
    private let queue: WriteQueue
    private let poll: Task<Void, Never>

    /// Opens a database, or makes a new one; its schema is not touched.
    ///
    /// - Throws: ``StorageError``: `corrupt` for a file that is damaged or no database of ours; `absent`
    ///   where there is none and none is to be made.
    public static func open(_ path: String, options: StoreOptions) async throws -> SQLiteStore {
        try SQLiteFile.prepare(path, creating: options.createsDatabase)
        let pool: DatabasePool
        let end: EventOffset
        do {
            pool = try DatabasePool(path: path, configuration: configuration(options))
            // GRDB sets NORMAL for WAL after it has opened a connection.
            try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            end = try await pool.read { connection in
                try SQLiteFile.checkIdentity(connection, path: path)
                return try connection.tableExists("event_head")
                    ? EventOffset(
                        try Int64.fetchOne(connection, sql: "SELECT log_offset FROM event_head") ?? 0)
                    : .start
            }
        } catch { throw StorageError(sqlite: error, path: path) }
        return SQLiteStore(path, pool, options, end: end)
    }

    private init(_ path: String, _ pool: DatabasePool, _ options: StoreOptions, end: EventOffset) {
        (self.path, self.pool, self.options) = (path, pool, options)
        queue = WriteQueue(capacity: max(1, options.writerCapacity), batch: max(1, options.writerBatch))
        let hub = EventHub(end: end)
        self.hub = hub
        poll = Task {
            while true {
                do {
                    try await Task.sleep(for: options.pollInterval)
                    if hub.waitingSubscribers == 0 { continue }
                    try await hub.catchUp(to: try await SQLiteStore.end(pool))
                } catch is CancellationError {
                    return
                } catch {
                    // The next look may succeed; whoever reads or writes is told of the same failure.
                    continue
                }
            }
        }
        hub.reader.withLock {
            $0 = StoredEventLog(store: SQLiteReader(pool: pool, path: path, options: options))
        }
    }

    private static func configuration(_ options: StoreOptions) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(options.busyTimeout.seconds)
        configuration.maximumReaderCount = max(1, options.readers)
        configuration.foreignKeysEnabled = true
        configuration.label = "tradewind.storage"
        return configuration
    }

    private static func end(_ pool: DatabasePool) async throws -> EventOffset {
        try await pool.read { connection in
            guard try connection.tableExists("event_head") else { return .start }
            return EventOffset(try Int64.fetchOne(connection, sql: "SELECT log_offset FROM event_head") ?? 0)
        }
    }

    public var events: any EventLog { StoredEventLog(store: self) }

    /// Writers that wait for their turn now.
    public var waitingWriters: Int { queue.count }

    // MARK: Transactions

    @discardableResult
    public func write<T: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let job = WriteQueue.Job(
                perform: { transaction in
                    let value = try body(transaction)
                    return { continuation.resume(returning: value) }
                }, fail: { continuation.resume(throwing: $0) })
            switch queue.add(job) {
            case .accepted(let starts): if starts { drain() }
            case .full:
                continuation.resume(
                    throwing: StorageError(
                        .overloaded, "\(queue.capacity) writers wait for the database \(path)", file: path,
                        remedy: "try again later; the disk is slower than what is written to it"))
            case .closed: continuation.resume(throwing: StorageError(closed: path))
            }
        }
    }

    /// Serves the next jobs on the connection that writes, and goes on as long as there are some.
    private func drain() {
        let group = GroupCommit(
            path: path, timeout: options.statementTimeout, registry: options.registry, parts: options.parts,
            now: options.now, observe: options.committed,
            committed: { [hub] events, start in hub.committed(events, after: start) })
        pool.asyncWriteWithoutTransaction { connection in
            let jobs = self.queue.take()
            if jobs.isEmpty { return }
            group.serve(jobs, connection)
            self.drain()
        }
    }

    public func read<T: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> T
    ) async throws -> T {
        try await SQLiteReader(pool: pool, path: path, options: options).read(body)
    }

    /// The time now.
    func clock() -> Instant { options.now() }

    public func writeAlone<T: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> T
    ) async throws -> T {
        do {
            return try await pool.barrierWriteWithoutTransaction { [path, options] connection in
                var result: Result<T, any Error>?
                try connection.inTransaction(.immediate) {
                    let session = SQLiteSession(connection, path: path, timeout: nil)
                    let outbox = EventOutbox(
                        now: options.now(), registry: options.registry, parts: options.parts)
                    do {
                        let value = try body(StoreTransaction(session: session, outbox: outbox))
                        try outbox.finish(session)
                        result = .success(value)
                        return .commit
                    } catch {
                        result = .failure(error)
                        return .rollback
                    }
                }
                guard let result else { throw StorageError(closed: path) }
                return try result.get()
            }
        } catch let error as DatabaseError {
            throw StorageError(sqlite: error, path: path)
        }
    }

    // MARK: Whole files

    /// Copies everything into a new file, while others read and write, and verifies the copy.
    public func backup(to target: String) async throws {
        try await SQLiteBackup(source: pool, path: path).write(to: target)
    }

    public func checkIntegrity() async throws {
        do {
            try await pool.read { [path] connection in
                try SQLiteFile.checkIntegrity(connection, path: path)
            }
        } catch { throw StorageError(sqlite: error, path: path) }
    }

    public func close() async throws {
        guard queue.close() else { return }
        poll.cancel()
        // What waits is served first, as the connection that writes takes one after the other.
        while queue.count > 0 {
            await pool.writeWithoutTransactionIgnoringClosed()
        }
        hub.close()
        hub.reader.withLock { $0 = nil }
        do {
            // One file is left then: readers, which are closed last, cannot take in the log beside it.
            try await pool.writeWithoutTransaction { connection in
                try connection.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            try pool.close()
        } catch { throw StorageError(sqlite: error, path: path) }
    }
}

extension DatabasePool {
    /// Returns when what was handed to the connection before has been done.
    fileprivate func writeWithoutTransactionIgnoringClosed() async {
        await withCheckedContinuation { continuation in
            asyncWriteWithoutTransaction { _ in continuation.resume() }
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension StorageError {
    init(closed path: String) {
        self.init(.closed, "the database \(path) was closed", file: path, remedy: "open the store again")
    }
}
