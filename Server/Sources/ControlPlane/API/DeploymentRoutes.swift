internal import Events
internal import Hummingbird
public import Storage

/// What was deployed on this host, when, by whom, and how that went.
public enum DeploymentRoutes {
    /// Adds the page.
    public static func add(_ store: any Store, maximumPage: Int, to routes: inout RouteTable) {
        let limits = PageLimits(standard: 50, maximum: maximumPage)
        routes.on(
            .get, "/api/v1/deployments",
            description: RouteDescription(
                "List deployments", details: "The latest first; those of `tradewind deploy`.",
                tags: ["System"], parameters: RunSchemas.pageParameters(limits),
                responses: [
                    RouteResponse(.ok, "Deployments", RunSchemas.page("deployments", of: schema))
                ], failures: [.validationFailed])
        ) { request, _ in
            var fields = FieldReader(query: request)
            let page = fields.page(limits)
            try fields.finish()
            let (rows, total) = try await store.read { transaction in
                (
                    try transaction.deployments.list(offset: page.offset, limit: page.size),
                    try transaction.deployments.count()
                )
            }
            return .json(page.json("deployments", rows.map(\.json), total: total))
        }
    }

    private static let schema = RouteSchema.named(
        "Deployment",
        .object([
            .init("id", .string()), .init("action", .string(), "update, rollback or restore"),
            .init("environment", .string()), .init("actor", .string()), .init("started_at", .time),
            .init("milliseconds", .integer(0...Int64.max)),
            .init("from", .nullable(.string()), "the commit before"),
            .init("to", .nullable(.string()), "the commit that was to serve"),
            .init("backup", .nullable(.string())),
            .init("result", .string(), "done, rolled-back or failed"),
            .init("reason", .nullable(.string()), "why it failed"),
        ]))
}

extension StoredDeployment {
    fileprivate var json: JSONText {
        .object([
            JSONMember("id", .string(id)), JSONMember("action", .string(action)),
            JSONMember("environment", .string(environment)), JSONMember("actor", .string(actor)),
            JSONMember("started_at", .time(startedAt)),
            JSONMember("milliseconds", .integer(Int(milliseconds))),
            JSONMember("from", .optional(from)), JSONMember("to", .optional(to)),
            JSONMember("backup", .optional(backup)), JSONMember("result", .string(result)),
            JSONMember("reason", .optional(reason)),
        ])
    }
}
