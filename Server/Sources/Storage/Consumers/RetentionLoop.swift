public import Events
public import Units

/// Forgets old events from time to time.
public struct RetentionLoop: Sendable {
    private let log: any EventLog
    private let retention: Timespan
    private let interval: Duration
    private let now: @Sendable () -> Instant

    /// A loop.
    ///
    /// - Parameters:
    ///   - retention: how long events are kept; the setting `events.retention`.
    ///   - interval: the time between two looks.
    ///   - now: the clock.
    public init(
        _ log: any EventLog, retention: Timespan, every interval: Duration = .seconds(3_600),
        now: @escaping @Sendable () -> Instant
    ) {
        (self.log, self.retention, self.interval, self.now) = (log, retention, interval, now)
    }

    /// Works until the task is cancelled.
    ///
    /// - Parameters:
    ///   - pruned: hears what was forgotten, and who kept more from going.
    ///   - failed: hears of a failure; the next look tries again.
    public func run(
        pruned: @Sendable (PruneReport) -> Void = { _ in }, failed: @Sendable (any Error) -> Void = { _ in }
    ) async {
        while !Task.isCancelled {
            do { pruned(try await log.prune(before: now() - retention)) } catch { failed(error) }
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }
}
