public import Events
public import Units

/// What transactions need.
public protocol TransactionalStore: Sendable {
    /// Runs a body in a transaction and returns when what it wrote is durable; subscribers of events are told
    /// after that.
    ///
    /// Concurrent writers share one transaction on disk, each in a savepoint: a body that throws is undone
    /// alone. A body may run more than once, when its neighbour broke the shared transaction: it must do
    /// nothing outside the session.
    ///
    /// - Throws: what the body throws; ``StorageError``. After an error nothing of the body is kept.
    @discardableResult
    func write<T: Sendable>(_ body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T

    /// Runs a body on a consistent view of what is committed; it cannot write.
    ///
    /// - Throws: what the body throws; ``StorageError``.
    func read<T: Sendable>(_ body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T
}

/// Where everything is kept: a database with tables for what is now and the event log for what happened.
public protocol Store: TransactionalStore {
    /// The event log of this store.
    var events: any EventLog { get }

    /// Tells about committed events.
    var hub: EventHub { get }

    /// Copies everything into a new file, while others read and write, and verifies the copy.
    ///
    /// - Throws: ``StorageError``; an existing file is never overwritten.
    func backup(to path: String) async throws

    /// Finishes what waits and closes, once; later calls of others throw ``StorageError`` with code `closed`.
    func close() async throws
}

/// A transaction of a store: repositories (`transaction.runs`, ...) stand in extensions of it.
public struct StoreTransaction {
    /// The session; portable SQL.
    public let session: any SQLSession
    /// The outbox of this transaction.
    let outbox: EventOutbox

    init(session: any SQLSession, outbox: EventOutbox) {
        (self.session, self.outbox) = (session, outbox)
    }

    /// Appends events in this transaction: they are in the log if, and only if, it commits.
    ///
    /// An event whose id the log already holds is not appended again: its offset is the first one's.
    ///
    /// - Throws: `EventProblem` for an event that is not accepted.
    @discardableResult
    public func append(_ events: [EventEnvelope]) throws -> [EventOffset] {
        try outbox.append(events, session)
    }

    /// Appends one event in this transaction.
    @discardableResult
    public func append(_ event: EventEnvelope) throws -> EventOffset {
        try outbox.append([event], session).first ?? .start
    }

    /// The time of this transaction.
    public var now: Instant { outbox.now }
}
