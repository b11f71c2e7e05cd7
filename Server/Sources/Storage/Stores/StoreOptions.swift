public import Events
public import Units

/// How a store works; the defaults suit a desk.
public struct StoreOptions: Sendable {
    /// What events are checked against.
    public var registry = EventRegistry.standard
    /// From which size payloads are cut or kept apart.
    public var parts = PayloadParts()
    /// Whether a database is made where there is none.
    public var createsDatabase = true
    /// How long one statement may take.
    public var statementTimeout = Duration.seconds(2)
    /// How long a writer waits for another process.
    public var busyTimeout = Duration.seconds(5)
    /// Connections that read at the same time.
    public var readers = 4
    /// Writers that wait at most; more are refused with `storage.overloaded`.
    public var writerCapacity = 16_384
    /// Writers that share one transaction at most.
    public var writerBatch = 1_024
    /// How often subscribers look for what other processes wrote.
    public var pollInterval = Duration.milliseconds(100)
    /// Hears of every transaction that was committed, for metrics; it must be quick.
    public var committed: @Sendable (CommitReport) -> Void = { _ in }
    /// The clock.
    public var now: @Sendable () -> Instant

    /// Defaults, with a clock.
    public init(now: @escaping @Sendable () -> Instant) { self.now = now }
}

/// One transaction on disk, which several writers may share.
public struct CommitReport: Sendable {
    /// Writers that shared it.
    public let writers: Int
    /// Events that it appended to the log.
    public let events: Int
    /// Those of them that say that an order was refused.
    public let refusedOrders: Int
    /// From its begin until it was flushed to the disk.
    public let duration: Duration
    /// How long each writer waited, from handing its work in until it was durable.
    public let latencies: [Duration]
}
