/// The database.
public struct DatabaseSettings: Sendable {
    /// Where it is.
    public let url: DatabaseURL
    /// The password, name `password`, when it does not stand in the URL.
    public let credential: CredentialSettings
    /// The certificate authority that the server's certificate must come from.
    public let caFile: String?
    /// Our certificate.
    public let certificateFile: String?
    /// The private key of our certificate.
    public let keyFile: String?
    /// Most connections.
    public let poolSize: Int
    /// How long a statement may take.
    public let statementTimeout: Duration

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "database", "Where orders, runs, events and results are stored.",
            services: [.api, .worker, .scheduler, .trading])
        url = reader.value(
            "url", .database, "sqlite:///.tradewind/tradewind.db", required: .outsideLocal,
            """
            The database. The variable DATABASE_URL is accepted as well; two different values are an error. \
            In staging and production PostgreSQL only with sslmode=verify-full.
            """)
        credential = reader.credential(
            owner: "database",
            [
                SecretSetting(
                    name: "password", summary: "The password of the database role, when not in the URL.")
            ],
            needed: [])
        caFile = reader.optional(
            "ca-file", .path,
            "The certificate authority of the database server (PEM). Needed with verify-full.")
        certificateFile = reader.optional(
            "certificate-file", .path, "Our certificate for the database (PEM).")
        keyFile = reader.optional(
            "key-file", .path, "The private key of our certificate (PEM); readable by its owner alone.")
        poolSize = reader.value("pool-size", .integer(1...200), "5", "Most connections of one process.")
        statementTimeout = reader.value(
            "statement-timeout", .duration(.milliseconds(10)...(.seconds(600))), "2s",
            "How long a statement may take before it is given up.")
    }
}

/// Redis, when something uses it.
public struct RedisSettings: Sendable {
    /// Where it is; nil when nothing uses it.
    public let url: ServiceURL?

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "redis", "Redis, for queues that several hosts share.", services: [.api, .worker, .scheduler])
        url = reader.optional(
            "url", .url("redis", "rediss"), "Where Redis is. Must be given when queue.backend is redis.")
    }
}

/// What keeps the queue of jobs.
public enum QueueBackend: String, Hashable, Sendable, CaseIterable {
    /// The memory of this process.
    case memory
    /// The database.
    case database
    /// Redis Streams.
    case redis
}

/// The queue of jobs.
public struct QueueSettings: Sendable {
    /// What keeps it.
    public let backend: QueueBackend
    /// How often a failing job is tried.
    public let attempts: Int

    init(_ reader: SettingsReader) {
        let reader = reader.section("queue", "The queue of jobs.", services: [.api, .worker, .scheduler])
        backend = reader.value(
            "backend", .choice(QueueBackend.memory), "memory", required: .stagingAndProduction,
            "What keeps the queue: memory (one process), database, redis.")
        attempts = reader.value(
            "attempts", .integer(1...100), "5", "How often a failing job is tried before it is set aside.")
    }
}

/// The worker.
public struct WorkerSettings: Sendable {
    /// Jobs at the same time; nil: one for each core.
    public let concurrency: Int?
    /// The port of its health and metrics.
    public let port: Int

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "worker", "The process that takes jobs.", services: [.worker, .supervisor])
        concurrency = reader.optional(
            "concurrency", .integer(1...1024), "Jobs at the same time; one for each core when not given.")
        port = reader.value("port", .port, "8010", "The port of its health and metrics.")
    }
}

/// The scheduler.
public struct SchedulerSettings: Sendable {
    /// How late a trigger may fire.
    public let tolerance: Duration
    /// The port of its health and metrics.
    public let port: Int

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "scheduler", "The process that starts jobs at their times.", services: [.scheduler, .supervisor])
        tolerance = reader.value(
            "tolerance", .duration(.seconds(1)...(.seconds(3600))), "60s",
            "How late a trigger may fire; one missed for longer fires once.")
        port = reader.value("port", .port, "8011", "The port of its health and metrics.")
    }
}

/// The event log.
public struct EventSettings: Sendable {
    /// Events read at once.
    public let batchSize: Int
    /// How often consumers look for events, where no notification reaches them.
    public let pollInterval: Duration
    /// How long events are kept.
    public let retention: Duration
    /// Largest payload kept in place, in bytes.
    public let maxPayloadBytes: Int
    /// Lag of a consumer at which producers slow down.
    public let lagWarning: Int
    /// Lag of a consumer at which new orders are refused.
    public let lagStop: Int

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "events", "The event log.", services: [.api, .worker, .scheduler, .trading])
        batchSize = reader.value(
            "batch-size", .integer(1...10_000), "100", "Events that a consumer reads at once.")
        pollInterval = reader.value(
            "poll-interval", .duration(.milliseconds(10)...(.seconds(60))), "100ms",
            "How often consumers look for events where no notification reaches them.")
        retention = reader.value(
            "retention", .duration(.seconds(86_400)...(.seconds(3650 * 86_400))), "30d",
            "How long events are kept; never less than the slowest consumer needs.")
        maxPayloadBytes = reader.value(
            "max-payload-size", .size(1024...(16 << 20)), "102400",
            "Largest payload kept in place; larger ones are cut into pieces or kept by reference.")
        lagWarning = reader.value(
            "lag-warning", .integer(1...1_000_000_000), "1000",
            "Events a consumer may lag before producers slow down.")
        lagStop = reader.value(
            "lag-stop", .integer(1...1_000_000_000), "10000",
            "Events a consumer may lag before new orders are refused.")
    }
}
