public import Events
internal import Synchronization

/// How far the slowest consumer is behind, and what that means for those who write.
///
/// Above the first threshold producers that can wait do; above the second new orders are refused. Both end by
/// themselves when the consumer has caught up to 80 % of the threshold.
///
/// Orders enter the log with the run that places them: ``waitUntilClear()`` holds runs in their queue, and
/// ``checkOrderEntry()`` refuses to start another one. A run that goes on is not interrupted, nor are orders
/// of it refused one by one: what it reports happened already, and must be written.
public final class LogPressure: Sendable {
    /// What the lag means.
    public enum Level: Int, Hashable, Comparable, Sendable {
        /// Nothing.
        case clear = 0
        /// Producers that can wait do.
        case slow = 1
        /// New orders are refused as well.
        case stopped = 2

        public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    /// The pressure now.
    public struct Reading: Hashable, Sendable {
        /// What the lag means.
        public let level: Level
        /// The slowest consumer; nil when there is none.
        public let consumer: String?
        /// Events that it is behind.
        public let lag: Int
    }

    private struct State {
        var reading = Reading(level: .clear, consumer: nil, lag: 0)
        var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        var lastWaiter: UInt64 = 0
    }

    private let state = Mutex(State())
    private let warning: Int
    private let stop: Int

    /// Thresholds in events: the settings `events.lag-warning` and `events.lag-stop`.
    public init(warning: Int, stop: Int) {
        self.warning = max(1, warning)
        self.stop = max(self.warning, stop)
    }

    /// The pressure as it was measured last.
    public var reading: Reading { state.withLock { $0.reading } }

    /// Takes in how far consumers are behind.
    public func update(_ lag: [ConsumerLag]) {
        let slowest = lag.max { ($0.events, $1.consumer) < ($1.events, $0.consumer) }
        let events = slowest?.events ?? 0
        let released: [CheckedContinuation<Bool, Never>] = state.withLock { state in
            let level = level(events, before: state.reading.level)
            state.reading = Reading(level: level, consumer: slowest?.consumer, lag: events)
            guard level == .clear else { return [] }
            let waiters = state.waiters.keys.sorted().compactMap { state.waiters[$0] }
            state.waiters = [:]
            return waiters
        }
        for continuation in released { continuation.resume(returning: true) }
    }

    private func level(_ events: Int, before: Level) -> Level {
        /// What was reached is left only well below its threshold, so that it does not flutter.
        func holds(_ threshold: Int, _ level: Level) -> Bool {
            events > threshold || (before >= level && events > threshold / 5 * 4)
        }
        if holds(stop, .stopped) { return .stopped }
        return holds(warning, .slow) ? .slow : .clear
    }

    /// Refuses new orders, and a run that would place some, while the slowest consumer is too far behind.
    ///
    /// - Throws: ``BackpressureError``.
    public func checkOrderEntry() throws(BackpressureError) {
        let reading = reading
        if reading.level == .stopped { throw BackpressureError(reading: reading, limit: stop) }
    }

    /// Returns when producers may go on: at once, or when the slowest consumer has caught up.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    public func waitUntilClear() async throws {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let isClear = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.reading.level == .clear { return true }
                    state.waiters[id] = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: false)
        }
        if !isClear { throw CancellationError() }
    }

    /// Measures again and again until the task is cancelled. A measurement that fails leaves the last one.
    ///
    /// - Parameters:
    ///   - interval: the time between two; the setting `events.poll-interval`.
    ///   - measured: hears of every measurement, for metrics.
    ///   - failed: hears of a failure.
    public func watch(
        _ log: any EventLog, every interval: Duration,
        measured: @Sendable ([ConsumerLag], Reading) -> Void = { _, _ in },
        failed: @Sendable (any Error) -> Void = { _ in }
    ) async {
        while !Task.isCancelled {
            do {
                let lag = try await log.lag()
                update(lag)
                measured(lag, reading)
            } catch { failed(error) }
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }
}

/// A new order is refused, as what follows the event log is too far behind.
public struct BackpressureError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stable code of the API: `throttling.backpressure`.
    public static let code = "throttling.backpressure"
    /// The pressure that was measured.
    public let reading: LogPressure.Reading
    /// Events that a consumer may be behind.
    public let limit: Int

    /// One sentence.
    public var description: String {
        "new orders are refused: \(reading.consumer ?? "a consumer") is \(reading.lag) events behind, and "
            + "\(limit) are allowed; it ends by itself when that consumer has caught up"
    }
}
