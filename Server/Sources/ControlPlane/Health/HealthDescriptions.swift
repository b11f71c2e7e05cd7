internal import HTTPTypes
internal import Operations

/// What the pages of health hold, for the document of the API. A test compares them with the pages.
enum HealthDescriptions {
    static let live = page("Say whether the process lives", "Health", liveMembers)
    static let detailed = page("Say how each component is", "HealthDetails", head + detailMembers)
    static let brief = page(
        "Say in two words that the process lives", "HealthBrief",
        [.init("status", .string(allowed: ["ok"])), .init("version", .string())])
    static let version = page("Say which program runs", "Version", versionMembers)

    static let ready: RouteDescription = {
        var description = page("Say whether the service can do its work", "Readiness", readyMembers)
        let schema = description.responses[0].schema
        description.responses[0].summary = "every check passes"
        description.responses.append(RouteResponse(.serviceUnavailable, "a check fails", schema))
        return description
    }()

    static let metrics = RouteDescription(
        "Show all counters in the text format of Prometheus", tags: ["Health"],
        responses: [
            RouteResponse(.ok, "the counters", .string(), mediaType: "text/plain")
        ], access: .open)

    private static func page(_ summary: String, _ name: String, _ members: [RouteSchema.Member])
        -> RouteDescription
    {
        RouteDescription(
            summary, tags: ["Health"],
            responses: [RouteResponse(.ok, "the page", .named(name, .object(members)))], access: .open)
    }

    private static let head: [RouteSchema.Member] = [
        .init("status", .string(), "as a whole"), .init("timestamp", .time),
        .init("service", .string(), "as `api`"),
        .init("execution_mode", .string(allowed: ["backtest", "paper", "live"])),
        .init("environment", .string(allowed: ["local", "ci", "staging", "production"])),
    ]

    private static let versionMembers: [RouteSchema.Member] = [
        .init("version", .string()), .init("git_sha", .nullable(.string())),
        .init("build_date", .nullable(.time)),
    ]

    private static let liveMembers: [RouteSchema.Member] =
        head + [
            .init("uptime_seconds", .integer(0...Int64.max)),
            .init("holds_positions", .boolean, "whether a paper or live run holds positions"),
            .init(
                "system",
                .object([
                    .init("cpu_percent", .nullable(.number)), .init("memory_percent", .nullable(.number)),
                    .init("memory_available_gb", .nullable(.number)),
                ]), "of the whole machine"),
            .init("version", .named("Version", .object(versionMembers))),
        ]

    private static let readyMembers: [RouteSchema.Member] = [
        .init("status", .string(allowed: ["ready", "not_ready"])), .init("timestamp", .time),
        .init(
            "checks",
            .map(
                .object([
                    .init("status", .string(allowed: ["ready", "not_ready"])),
                    .init("reason", .nullable(.string())), .init("component", .string()),
                    .init("judged_by", .string()), .init("remedy", .string()),
                ]))),
    ]

    private static let detailMembers: [RouteSchema.Member] = [
        .init(
            "components",
            .map(
                .object([
                    .init("status", .string(allowed: ComponentStatus.allCases.map(\.rawValue))),
                    .init("error_code", .nullable(.string())), .init("activity", .nullable(.string())),
                    .init("readiness_checks", .map(.boolean)),
                ]))),
        .init(
            "summary",
            .object([
                .init("total_components", .integer(0...Int64.max)),
                .init("healthy_components", .integer(0...Int64.max)),
                .init("unhealthy_components", .integer(0...Int64.max)),
            ])),
    ]
}
