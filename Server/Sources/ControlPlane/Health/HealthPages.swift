public import Events
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
    public var live: JSONText {
        let reading = usage.reading
        let system: JSONText = .object([
            JSONMember("cpu_percent", reading.cpuPercent.map { .number($0) } ?? .null),
            JSONMember("memory_percent", reading.memoryPercent.map { .number($0) } ?? .null),
            JSONMember("memory_available_gb", reading.memoryAvailableGiB.map { .number($0) } ?? .null),
        ])
        return .object(
            head(status: "healthy") + [
                JSONMember("uptime_seconds", .integer(Int((uptime() - startedAt).components.seconds))),
                JSONMember("holds_positions", .flag(holdsPositions())), JSONMember("system", system),
                JSONMember("version", version),
            ])
    }

    /// `/version`: which program runs.
    public var version: JSONText {
        .object([
            JSONMember("version", .string(identity.build.version)),
            JSONMember("git_sha", .optional(identity.build.commit)),
            JSONMember("build_date", .optional(identity.build.date)),
        ])
    }

    /// `/api/v1/healthz`: the process lives, in two words.
    public var brief: JSONText {
        .object([JSONMember("status", .string("ok")), JSONMember("version", .string(identity.build.version))])
    }

    /// `/ready`: asks every check.
    public func ready() async -> (isReady: Bool, body: JSONText) {
        let report = await registry.evaluate()
        let checks = report.items.map { item -> JSONMember in
            JSONMember(
                item.check.name.text,
                .object([
                    JSONMember("status", .string(item.readiness.isReady ? "ready" : "not_ready")),
                    JSONMember("reason", .optional(item.readiness.reason)),
                    JSONMember("component", .string(item.check.component.text)),
                    JSONMember("judged_by", .string(item.check.judgedBy)),
                    JSONMember("remedy", .string(item.check.remedy)),
                ])
            )
        }
        return (
            report.isReady,
            .object([
                JSONMember("status", .string(report.isReady ? "ready" : "not_ready")),
                JSONMember("timestamp", .string(report.time.description)),
                JSONMember("checks", .object(checks)),
            ])
        )
    }

    /// `/health/detailed`: every component. A component that this process has no use for is shown but not
    /// counted.
    public func detailed() async -> JSONText {
        _ = await registry.evaluate()
        let components = registry.components
        let counted = components.filter { $0.status != .notConfigured }
        let healthy = counted.filter { $0.status == .healthy }
        let worst: ComponentStatus =
            counted.contains { $0.status == .unhealthy || $0.status == .notReady }
            ? .unhealthy : (healthy.count == counted.count ? .healthy : .degraded)
        return .object(
            head(status: worst.rawValue) + [
                JSONMember(
                    "components",
                    .object(components.map { JSONMember($0.name.text.snakeCased, component($0)) })),
                JSONMember(
                    "summary",
                    .object([
                        JSONMember("total_components", .integer(counted.count)),
                        JSONMember("healthy_components", .integer(healthy.count)),
                        JSONMember("unhealthy_components", .integer(counted.count - healthy.count)),
                    ])
                ),
            ])
    }

    private func component(_ component: ComponentSnapshot) -> JSONText {
        let facts = registry.facts(of: component.name).map { [JSONMember("facts", $0)] } ?? []
        return .object(
            [
                JSONMember("status", .string(component.status.rawValue)),
                JSONMember("error_code", .optional(component.errorCode)),
                JSONMember("activity", .optional(component.activity)),
                JSONMember(
                    "readiness_checks",
                    .object(component.steps.map { JSONMember($0.name.snakeCased, .flag($0.isDone)) })),
            ] + facts)
    }

    private func head(status: String) -> [JSONMember] {
        [
            JSONMember("status", .string(status)), JSONMember("timestamp", .string(now().description)),
            JSONMember("service", .string(identity.service)),
            JSONMember("execution_mode", .string(identity.executionMode)),
            JSONMember("environment", .string(identity.environment)),
        ]
    }
}

extension String {
    /// With underscores for hyphens, as keys in bodies have them.
    fileprivate var snakeCased: String { String(map { $0 == "-" ? "_" : $0 }) }
}
