internal import Events
internal import Metrics
internal import Synchronization
internal import Units

/// How the archive of the logs goes, for health.
final class LogArchiveStatus: Sendable {
    private struct State {
        var success: Instant?
        var failure: LogArchiveError?
        var pendingDays: Int? = 0
    }

    private let state = Mutex(State())

    /// When nothing was left to be archived; nil before that ever was.
    var lastSuccess: Instant? { state.withLock { $0.success } }

    func succeeded(at moment: Instant) {
        state.withLock { $0 = State(success: moment) }
    }

    func failed(_ error: LogArchiveError, pendingDays: Int?) {
        state.withLock { ($0.failure, $0.pendingDays) = (error, pendingDays) }
    }

    /// What `/health/detailed` shows.
    func facts(of place: String, lostLines: Int) -> JSONText {
        let now = state.withLock { $0 }
        return .object([
            JSONMember("destination", .string(place)), JSONMember("last_success", .time(now.success)),
            JSONMember("pending_days", .optional(now.pendingDays)),
            JSONMember("failure", .optional(now.failure.map { "\($0)" })),
            JSONMember("remedy", .optional(now.failure?.remedy)),
            JSONMember("lost_lines", .integer(lostLines)),
        ])
    }
}

/// Counts what is archived.
struct LogArchiveMetrics: Sendable {
    private let registry: MetricsRegistry

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        registry.declare([
            MetricDescription(
                "log.archive.last.success.time", .gauge,
                help: "When no finished day was left to be archived, in seconds since 1970; 0 when never.",
                unit: .seconds),
            MetricDescription(
                "log.archive.pending.days", .gauge, help: "Finished days that could not be archived."),
            MetricDescription("log.archive.lines", .counter, help: "Lines of logs that were archived."),
            MetricDescription(
                "log.archive.failures", .counter, help: "Attempts to archive logs that failed."),
        ])
        // Both are there from the start, so that the first failure is a rise.
        Counter(label: "log.archive.failures", factory: registry).increment(by: 0)
        Counter(label: "log.archive.lines", factory: registry).increment(by: 0)
    }

    func count(_ lines: Int) { Counter(label: "log.archive.lines", factory: registry).increment(by: lines) }

    func succeeded(at moment: Instant) {
        Meter(label: "log.archive.last.success.time", factory: registry).set(
            moment.nanoseconds / 1_000_000_000)
        Meter(label: "log.archive.pending.days", factory: registry).set(0)
    }

    func failed(pendingDays: Int?, hasSucceeded: Bool) {
        Counter(label: "log.archive.failures", factory: registry).increment()
        if let pendingDays { Meter(label: "log.archive.pending.days", factory: registry).set(pendingDays) }
        if !hasSucceeded { Meter(label: "log.archive.last.success.time", factory: registry).set(0) }
    }
}
