public import Units

/// When finished days of the logs are archived, and how long after a failure again.
public struct LogArchiveSchedule: Sendable {
    /// How long after the end of a day it is archived.
    private let delay: Duration
    /// Waits after failures: a minute, then twice as long each time, an hour at most.
    private let policy: RetryPolicy
    /// Lines are waited for, that are in log files and not in storage, no longer than this.
    private static let patience = Duration.seconds(3_600)

    /// Failures in a row.
    public private(set) var failures = 0
    private var notBefore = Duration.zero
    private let began: Duration

    /// A schedule.
    ///
    /// - Parameter began: when the service started, by a clock that never goes back.
    public init(delay: Duration, began: Duration) {
        (self.delay, self.began) = (delay, began)
        policy = RetryPolicy(firstWait: .seconds(60), longestWait: .seconds(3_600))
    }

    /// The first day that is not yet to be archived, counted from 1970-01-01.
    public func limit(at now: Instant) -> Int {
        (now - Timespan(nanoseconds: delay.components.seconds * 1_000_000_000)).day
    }

    /// Whether an attempt may be made now.
    public func mayTry(at uptime: Duration) -> Bool { uptime >= notBefore }

    /// Whether everything is in storage that was logged before the days that are due ended.
    ///
    /// - Parameter lag: how long ago everything was that is in the log files; nil before it ever was.
    public func isComplete(lag: Duration?, at uptime: Duration) -> Bool {
        // What comes later goes into a further file: there is no need to wait for ever.
        if uptime - began >= Self.patience { return true }
        return lag.map { $0 < max(delay, .seconds(60)) } ?? false
    }

    /// An attempt succeeded.
    public mutating func succeeded() { (failures, notBefore) = (0, .zero) }

    /// An attempt failed: the next one waits.
    ///
    /// - Parameter spread: spreads the wait at random.
    /// - Returns: how long it waits.
    @discardableResult
    public mutating func failed(at uptime: Duration, spread: (Duration) -> Duration = { $0 }) -> Duration {
        failures = min(failures + 1, 1_000)
        let wait = spread(policy.wait(after: failures))
        notBefore = uptime + wait
        return wait
    }
}
