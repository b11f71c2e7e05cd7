public import Units

/// The clocks that reading and rotating secrets go by, handed in so that tests need not wait.
public struct SecretTime: Sendable {
    /// The time since some fixed moment, which never goes back; for intervals.
    public let uptime: @Sendable () -> Duration
    /// Wall-clock time, for records and signatures.
    public let now: @Sendable () -> Instant
    /// Waits; throws when the task is cancelled.
    public let sleep: @Sendable (Duration) async throws -> Void

    /// Clocks of one's own.
    public init(
        uptime: @escaping @Sendable () -> Duration, now: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.uptime = uptime
        self.now = now
        self.sleep = sleep
    }

    /// The clocks of this machine.
    public static let system = SecretTime(
        uptime: SystemClocks.uptime, now: SystemClocks.now,
        sleep: { try await Task.sleep(for: $0) })
}
