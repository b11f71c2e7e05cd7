internal import Logging
internal import Metrics
internal import Synchronization
public import Units

/// Where the logs of a process go: every line, its secrets hidden, to each of the queues.
///
/// Logging never waits for a disk or a reader and never fails: what cannot be written is counted
/// (`tradewind_log_lines_dropped_total`).
public final class LogOutput: Sendable {
    let service: String
    let queues: [LogQueue]
    let redact: @Sendable (String) -> String
    let now: @Sendable () -> Instant
    private let counters: [String: Counter]

    /// An output.
    ///
    /// - Parameters:
    ///   - service: the name of the process, in each line.
    ///   - queues: where lines go.
    ///   - redact: hides secrets in a text; each text of a line passes through it.
    public init(
        service: String, queues: [LogQueue], redact: @escaping @Sendable (String) -> String,
        now: @escaping @Sendable () -> Instant, metrics: MetricsRegistry
    ) {
        (self.service, self.queues, self.redact, self.now) = (service, queues, redact, now)
        Self.declare(metrics)
        var counters: [String: Counter] = [:]
        for level in Logger.Level.allCases {
            counters[level.rawValue] = Counter(
                label: "log.lines", dimensions: [("level", level.rawValue)], factory: metrics)
        }
        self.counters = counters
        for queue in queues { queue.report(to: metrics) }
    }

    private static func declare(_ metrics: MetricsRegistry) {
        metrics.declare([
            MetricDescription("log.lines", .counter, help: "Lines logged."),
            MetricDescription(
                "log.lines.dropped", .counter, help: "Lines that could not be written, by sink and reason."),
            MetricDescription(
                "log.lag", .gauge, help: "Age of the oldest line that waits to be written.", unit: .seconds),
            MetricDescription(
                "log.waiting", .gauge, help: "Size of the lines that wait to be written.", unit: .bytes),
        ])
    }

    func take(_ event: LogEvent, metadata: Logger.Metadata, label: String) {
        let line = LogLine.rendered(
            event, metadata: metadata, time: now(), service: service, label: label, redact: redact)
        counters[event.level.rawValue]?.increment()
        for queue in queues { queue.append(queue.isForPeople ? line.text : line.json) }
    }

    /// Waits until what was logged so far is written, at most for a time.
    ///
    /// - Returns: whether everything was taken by its destination or counted as lost.
    @discardableResult public func flush(within limit: Duration = .seconds(2)) -> Bool {
        var isDone = true
        for queue in queues where !queue.flush(within: limit) { isDone = false }
        return isDone
    }

    /// How long the oldest waiting line of any queue waits.
    public var lag: Duration { queues.map(\.lag).max() ?? .zero }

    /// The queue that could not write its last line, and why; nil when all could.
    public var failure: (sink: String, reason: String)? {
        for queue in queues {
            if let reason = queue.failure { return (queue.sink, reason) }
        }
        return nil
    }
}
