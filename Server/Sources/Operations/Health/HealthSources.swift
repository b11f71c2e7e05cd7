internal import Dispatch
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

    /// Has a thread of its own, as those of the shared pool could all be waiting.
    private static let timer = DispatchQueue(label: "tradewind.health.timer")

    /// The clocks of this machine.
    public static func system(redact: @escaping @Sendable (String) -> String = { $0 }) -> HealthSources {
        HealthSources(
            now: SystemClocks.now, uptime: SystemClocks.uptime,
            after: { delay, action in
                let (seconds, attoseconds) = min(max(delay, .zero), .seconds(86_400)).components
                let nanoseconds = Int(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
                timer.asyncAfter(
                    deadline: .now() + .nanoseconds(nanoseconds), execute: action)
            },
            redact: redact)
    }
}
