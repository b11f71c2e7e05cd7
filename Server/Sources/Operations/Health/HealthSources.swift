internal import Dispatch
internal import Glibc
public import Units

/// What health takes from outside: two clocks, a timer, and the removal of secrets from what checks say.
public struct HealthSources: Sendable {
    /// Wall-clock time.
    public let now: @Sendable () -> Instant
    /// Time since some fixed moment; never goes back.
    public let uptime: @Sendable () -> Duration
    /// Calls a function after a time of at most a day, on any thread, even when every other thread is busy.
    public let after: @Sendable (Duration, @escaping @Sendable () -> Void) -> Void
    /// Hides secrets in a text.
    public let redact: @Sendable (String) -> String

    /// Sources over functions.
    public init(
        now: @escaping @Sendable () -> Instant, uptime: @escaping @Sendable () -> Duration,
        after: @escaping @Sendable (Duration, @escaping @Sendable () -> Void) -> Void,
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        (self.now, self.uptime, self.after, self.redact) = (now, uptime, after, redact)
    }

    /// The clocks of this machine.
    public static func system(redact: @escaping @Sendable (String) -> String = { $0 }) -> HealthSources {
        HealthSources(
            now: SystemClocks.now, uptime: SystemClocks.uptime,
            after: { delay, action in
                let (seconds, attoseconds) = min(max(delay, .zero), .seconds(86_400)).components
                let nanoseconds = Int(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
                DispatchQueue.global().asyncAfter(
                    deadline: .now() + .nanoseconds(nanoseconds), execute: action)
            },
            redact: redact)
    }
}

/// The clocks of this machine.
public enum SystemClocks {
    /// Wall-clock time, as the kernel has it.
    public static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// Wall-clock time since 1970 UTC.
    static func sinceEpoch() -> Duration { .nanoseconds(now().nanoseconds) }

    /// Time since the machine started, sleep included; never goes back.
    public static func uptime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Duration(
            secondsComponent: Int64(time.tv_sec), attosecondsComponent: Int64(time.tv_nsec) * 1_000_000_000)
    }
}
