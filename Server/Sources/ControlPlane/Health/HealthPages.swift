public import Operations
public import Units

/// The pages that say how the service is. Those of liveness ask nothing that the service depends on.
public struct HealthPages: Sendable {
    private let identity: ServiceIdentity
    private let registry: HealthRegistry
    private let usage: SystemUsage
    private let now: @Sendable () -> Instant
    private let uptime: @Sendable () -> Duration
    private let startedAt: Duration
    private let holdsPositions: @Sendable () -> Bool

    /// Pages of a service that started now.
    ///
    /// - Parameters:
    ///   - usage: how busy the machine is.
    ///   - now: wall-clock time.
    ///   - uptime: a clock that never goes back.
    ///   - holdsPositions: whether a run of this process holds positions at a venue; must not wait. A
    ///     supervisor reads it and does not restart such a process for mere unreadiness.
    public init(
        identity: ServiceIdentity, registry: HealthRegistry, usage: SystemUsage,
        now: @escaping @Sendable () -> Instant, uptime: @escaping @Sendable () -> Duration,
        holdsPositions: @escaping @Sendable () -> Bool = { false }
    ) {
        self.holdsPositions = holdsPositions
        (self.identity, self.registry, self.usage) = (identity, registry, usage)
        (self.now, self.uptime) = (now, uptime)
        startedAt = uptime()
    }

    /// `/health`: the process lives.
    public var live: JSONOutput {
        let reading = usage.reading
        let system: JSONOutput = .object([
            ("cpu_percent", reading.cpuPercent.map { .number($0) } ?? .null),
            ("memory_percent", reading.memoryPercent.map { .number($0) } ?? .null),
            ("memory_available_gb", reading.memoryAvailableGiB.map { .number($0) } ?? .null),
        ])
        return .object(
            head(status: "healthy") + [
                ("uptime_seconds", .integer((uptime() - startedAt).components.seconds)),
                ("holds_positions", .bool(holdsPositions())), ("system", system), ("version", version),
            ])
    }

    /// `/version`: which program runs.
    public var version: JSONOutput {
        .object([
            ("version", .string(identity.build.version)), ("git_sha", .optional(identity.build.commit)),
            ("build_date", .optional(identity.build.date)),
        ])
    }

    /// `/api/v1/healthz`: the process lives, in two words.
    public var brief: JSONOutput {
        .object([("status", .string("ok")), ("version", .string(identity.build.version))])
    }

    /// `/ready`: asks every check.
    public func ready() async -> (isReady: Bool, body: JSONOutput) {
        let report = await registry.evaluate()
        let checks = report.items.map { item -> (String, JSONOutput) in
            (
                item.check.name.text,
                .object([
                    ("status", .string(item.readiness.isReady ? "ready" : "not_ready")),
                    ("reason", .optional(item.readiness.reason)),
                    ("component", .string(item.check.component.text)),
                    ("judged_by", .string(item.check.judgedBy)), ("remedy", .string(item.check.remedy)),
                ])
            )
        }
        return (
            report.isReady,
            .object([
                ("status", .string(report.isReady ? "ready" : "not_ready")),
                ("timestamp", .string(report.time.description)), ("checks", .object(checks)),
            ])
        )
    }

    /// `/health/detailed`: every component. A component that this process has no use for is shown but not
    /// counted.
    public func detailed() async -> JSONOutput {
        _ = await registry.evaluate()
        let components = registry.components
        let counted = components.filter { $0.status != .notConfigured }
        let healthy = counted.filter { $0.status == .healthy }
        let worst: ComponentStatus =
            counted.contains { $0.status == .unhealthy || $0.status == .notReady }
            ? .unhealthy : (healthy.count == counted.count ? .healthy : .degraded)
        return .object(
            head(status: worst.rawValue) + [
                ("components", .object(components.map { ($0.name.text.snakeCased, component($0)) })),
                (
                    "summary",
                    .object([
                        ("total_components", .integer(Int64(counted.count))),
                        ("healthy_components", .integer(Int64(healthy.count))),
                        ("unhealthy_components", .integer(Int64(counted.count - healthy.count))),
                    ])
                ),
            ])
    }

    private func component(_ component: ComponentSnapshot) -> JSONOutput {
        let facts = registry.facts(of: component.name).map { [("facts", $0)] } ?? []
        return .object(
            [
                ("status", .string(component.status.rawValue)),
                ("error_code", .optional(component.errorCode)),
                ("activity", .optional(component.activity)),
                ("readiness_checks", .object(component.steps.map { ($0.name.snakeCased, .bool($0.isDone)) })),
            ] + facts)
    }

    private func head(status: String) -> [(String, JSONOutput)] {
        [
            ("status", .string(status)), ("timestamp", .string(now().description)),
            ("service", .string(identity.service)), ("execution_mode", .string(identity.executionMode)),
            ("environment", .string(identity.environment)),
        ]
    }
}

extension String {
    /// With underscores for hyphens, as keys in bodies have them.
    fileprivate var snakeCased: String { String(map { $0 == "-" ? "_" : $0 }) }
}
