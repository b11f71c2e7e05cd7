internal import Glibc
internal import Metrics
internal import Operations
internal import Storage

/// Counts what storage does, and how large it is.
final class StorageMetrics: Sendable {
    private let registry: MetricsRegistry
    private let events: Counter
    private let refusals: Counter
    private let writers: Recorder
    private let batch: Recorder
    private let duration: Timer
    private let latency: Timer

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        registry.declare([
            MetricDescription("events.appended", .counter, help: "Events appended to the event log."),
            MetricDescription(
                "orders.refused", .counter, help: "Orders that were refused, by the event log."),
            MetricDescription(
                "storage.commit.writers", .histogram, help: "Writers that shared one transaction on disk."),
            MetricDescription(
                "storage.commit.events", .histogram, help: "Events of one transaction on disk."),
            MetricDescription(
                "storage.commit.duration", .histogram,
                help: "Time of one transaction until it was flushed to the disk.", unit: .seconds),
            MetricDescription(
                "storage.write.latency", .histogram,
                help: "Time from when a writer handed its work in until that was durable.", unit: .seconds),
            MetricDescription("storage.size", .gauge, help: "Size of the database, by file.", unit: .bytes),
            MetricDescription("storage.waiting.writers", .gauge, help: "Writers that wait for their turn."),
        ])
        events = Counter(label: "events.appended", factory: registry)
        refusals = Counter(label: "orders.refused", factory: registry)
        writers = Recorder(label: "storage.commit.writers", aggregate: true, factory: registry)
        batch = Recorder(label: "storage.commit.events", aggregate: true, factory: registry)
        duration = Timer(label: "storage.commit.duration", dimensions: [], factory: registry)
        latency = Timer(label: "storage.write.latency", dimensions: [], factory: registry)
    }

    /// Takes in one transaction.
    func take(_ report: CommitReport) {
        events.increment(by: report.events)
        refusals.increment(by: report.refusedOrders)
        writers.record(report.writers)
        batch.record(report.events)
        duration.recordNanoseconds(Self.nanoseconds(report.duration))
        for one in report.latencies { latency.recordNanoseconds(Self.nanoseconds(one)) }
    }

    /// Looks at a store before each exposition, as long as it is there.
    func watch(_ store: any MigratableStore) {
        let waiting = Gauge(label: "storage.waiting.writers", factory: registry)
        let files = [("database", ""), ("write-ahead-log", "-wal")].map { name, ending in
            (
                store.location + ending,
                Gauge(label: "storage.size", dimensions: [("file", name)], factory: registry)
            )
        }
        registry.beforeExposition { [weak store] in
            guard let store else { return }
            waiting.record(store.waitingWriters)
            for (path, gauge) in files {
                var facts = stat()
                gauge.record(stat(path, &facts) == 0 ? Int64(facts.st_size) : 0)
            }
        }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        // Waits are far shorter than the 292 years that fit.
        return min(seconds, 9_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
