/// Health and readiness.
public struct HealthSettings: Sendable {
    /// How often the supervisor asks a service for its health.
    public let interval: Duration
    /// The path that it asks.
    public let endpoint: String
    /// How long an answer may take.
    public let timeout: Duration
    /// Failed answers in a row at which a service is restarted.
    public let failureThreshold: Int
    /// Age at which a market data stream counts as stale.
    public let maxStreamAge: Duration
    /// Most difference between our clock and a venue's.
    public let maxClockSkew: Duration
    /// Least free space of the disk with the state folder, in bytes.
    public let minFreeDiskBytes: Int
    /// The longest that a log line may wait to be written.
    public let maxLogLag: Duration

    init(_ reader: SettingsReader) {
        let reader = reader.section("health", "Health and readiness.")
        interval = reader.value(
            "interval", .duration(.seconds(1)...(.seconds(3600))), "30s",
            "How often the supervisor asks a service for its health.")
        endpoint = reader.value(
            "endpoint", .word(["/health", "/health/detailed"]), "/health",
            "The path that it asks: /health answers at once, /health/detailed looks at every component.")
        timeout = reader.value(
            "timeout", .duration(.milliseconds(100)...(.seconds(60))), "3s", "How long an answer may take.")
        failureThreshold = reader.value(
            "failure-threshold", .integer(1...100), "1",
            "Failed answers in a row at which a service is restarted.")
        maxStreamAge = reader.value(
            "max-stream-age", .duration(.seconds(1)...(.seconds(3600))), "60s",
            "Age of the last message at which a market data stream counts as stale.")
        maxClockSkew = reader.value(
            "max-clock-skew", .duration(.milliseconds(10)...(.seconds(60))), "5s",
            "Most difference between our clock and a venue's.")
        minFreeDiskBytes = reader.value(
            "min-free-disk", .size((1 << 20)...(1 << 50)), "1GiB",
            "Least free space of the disk with the state folder.")
        maxLogLag = reader.value(
            "max-log-lag", .duration(.seconds(1)...(.seconds(3600))), "60s",
            "The longest that a log line may wait to be written to the log file or standard error.")
    }
}

/// The supervisor on this host.
public struct SupervisorSettings: Sendable {
    /// The services that it runs, in the order of their start.
    public let services: [ServiceKind]
    /// The waits before the restarts after failures in a row; as many as there are attempts.
    public let restartWaits: [Duration]
    /// Restarts within an hour after which a service stays stopped, however well the last one went.
    public let maxRestartsPerHour: Int
    /// How long a service may take until it is healthy.
    public let startTimeout: Duration
    /// How long a service may take to stop before it is killed.
    public let stopTimeout: Duration

    init(_ reader: SettingsReader) {
        let reader = reader.section("supervisor", "The supervisor on this host.", services: [.supervisor])
        services =
            reader.optional(
                "services", .list(.supervised),
                "The services to run, in the order of their start; api when not given.")
            ?? [.api]
        restartWaits =
            reader.optional(
                "restart-waits", .list(.duration(.zero...(.seconds(3600)))),
                """
                The waits before the restarts after failures in a row, 5s, 10s, 20s when not given. There \
                are as many attempts as waits; after the last the service stays stopped.
                """) ?? [.seconds(5), .seconds(10), .seconds(20)]
        maxRestartsPerHour = reader.value(
            "max-restarts-per-hour", .integer(1...1000), "12",
            "Restarts within an hour after which a service stays stopped.")
        startTimeout = reader.value(
            "start-timeout", .duration(.milliseconds(100)...(.seconds(3600))), "30s",
            "How long a service may take until it is healthy.")
        stopTimeout = reader.value(
            "stop-timeout", .duration(.milliseconds(100)...(.seconds(3600))), "30s",
            "How long a service may take to stop before it is killed.")
    }
}

extension SettingKind where Value == ServiceKind {
    /// A service that the supervisor can run.
    static let supervised = SettingKind(.choice(["api", "worker", "scheduler"]), blank: .api) {
        (text: String) in
        ServiceKind(rawValue: text).flatMap { [.api, .worker, .scheduler].contains($0) ? $0 : nil }
    }
}
