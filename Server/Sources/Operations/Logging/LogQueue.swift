internal import Dispatch
internal import Events
internal import Metrics
internal import Synchronization
public import Units

/// Lines on their way to one destination. Appending never waits; a thread of the queue's own writes.
///
/// What is beyond ``maximumBytes`` is dropped and counted, and so is what the destination refuses; the next
/// line that can be written again is preceded by one that says how many are missing.
public final class LogQueue: Sendable {
    /// The name of the destination, in metrics: `file`, `stderr`.
    public let sink: String
    /// Bytes that may wait.
    public let maximumBytes: Int
    /// Whether lines are text for people rather than JSON.
    public let isForPeople: Bool
    private let destination: any LogDestination
    private let now: @Sendable () -> Instant
    private let uptime: @Sendable () -> Duration
    private let thread: DispatchQueue
    private let state = Mutex(State())

    private struct State {
        var lines: [Waiting] = []
        var bytes = 0
        var isDraining = false
        /// When the oldest line was appended that the thread took but has not written yet.
        var writingSince: Duration?
        /// Lines lost since the last that was written.
        var lost: UInt64 = 0
        var failure: String?
        var fullCounter: Counter?
        var failedCounter: Counter?
    }

    private struct Waiting {
        let line: [UInt8]
        let since: Duration
    }

    /// An empty queue.
    ///
    /// - Parameters:
    ///   - isForPeople: whether lines are text for people rather than JSON.
    ///   - maximumBytes: how much may wait; 4 MiB.
    ///   - now: wall-clock time, for the line that says how many are missing.
    ///   - uptime: a clock that never goes back, for the lag.
    public init(
        sink: String, destination: any LogDestination, isForPeople: Bool = false,
        maximumBytes: Int = 4 * 1_024 * 1_024,
        now: @escaping @Sendable () -> Instant, uptime: @escaping @Sendable () -> Duration
    ) {
        (self.sink, self.destination, self.maximumBytes) = (sink, destination, maximumBytes)
        (self.isForPeople, self.now, self.uptime) = (isForPeople, now, uptime)
        thread = DispatchQueue(label: "tradewind.log.\(sink)")
    }

    /// Takes one line, with its line end.
    public func append(_ line: [UInt8]) {
        let now = uptime()
        let mustStart: Bool = state.withLock { state in
            guard state.bytes + line.count <= maximumBytes else {
                state.lost &+= 1
                state.fullCounter?.increment()
                return false
            }
            state.lines.append(Waiting(line: line, since: now))
            state.bytes += line.count
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if mustStart { thread.async { self.drain() } }
    }

    private func drain() {
        while true {
            let batch: [Waiting] = state.withLock { state in
                let batch = state.lines
                state.lines.removeAll(keepingCapacity: true)
                if batch.isEmpty { (state.isDraining, state.writingSince) = (false, nil) }
                return batch
            }
            if batch.isEmpty { return }
            for waiting in batch {
                state.withLock { $0.writingSince = waiting.since }
                write(waiting.line)
                state.withLock { $0.bytes -= waiting.line.count }
            }
        }
    }

    private func write(_ line: [UInt8]) {
        let lost = state.withLock { $0.lost }
        do throws(LogWriteError) {
            if lost > 0 {
                try destination.write(notice(lost))
                // Said once, also when the line itself does not fit any more.
                state.withLock { $0.lost -= min(lost, $0.lost) }
            }
            try destination.write(line)
            state.withLock { $0.failure = nil }
        } catch {
            state.withLock {
                $0.lost &+= 1
                $0.failure = error.description
                $0.failedCounter?.increment()
            }
        }
    }

    private func notice(_ lost: UInt64) -> [UInt8] {
        let line = JSONText.object([
            JSONMember("time", .string(LogLine.timestamp(now()))), JSONMember("level", .string("warning")),
            JSONMember("logger", .string("tradewind.log")),
            JSONMember("message", .string("\(lost) lines before this one could not be written to \(sink)")),
        ])
        return line.bytes + [0x0A]
    }

    /// Waits until what waits now is written or lost, at most for a time.
    func flush(within limit: Duration) -> Bool {
        let done = DispatchSemaphore(value: 0)
        thread.async { done.signal() }
        let (seconds, attoseconds) = min(limit, .seconds(3_600)).components
        let nanoseconds = Int(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        return done.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success
    }

    /// How long the oldest waiting line waits.
    public var lag: Duration {
        let oldest = state.withLock { $0.writingSince ?? $0.lines.first?.since }
        return oldest.map { max(.zero, uptime() - $0) } ?? .zero
    }

    /// Why the last line could not be written; nil when it could.
    public var failure: String? { state.withLock { $0.failure } }

    func report(to metrics: MetricsRegistry) {
        let counters = ["queue-full", "write-failed"].map { reason in
            Counter(
                label: "log.lines.dropped", dimensions: [("sink", sink), ("reason", reason)], factory: metrics
            )
        }
        let lag = Gauge(label: "log.lag", dimensions: [("sink", sink)], factory: metrics)
        let waiting = Gauge(label: "log.waiting", dimensions: [("sink", sink)], factory: metrics)
        state.withLock { ($0.fullCounter, $0.failedCounter) = (counters[0], counters[1]) }
        metrics.beforeExposition { [weak self] in
            guard let self else { return }
            lag.record(self.lag.inSeconds)
            waiting.record(self.state.withLock { $0.bytes })
        }
    }
}

extension Duration {
    /// As a fraction of seconds, for metrics and statistics.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
