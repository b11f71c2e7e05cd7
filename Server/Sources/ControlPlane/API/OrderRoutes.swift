internal import Events
internal import Hummingbird
internal import Settings
internal import Storage

/// Orders and positions of all runs, and the account of a venue.
enum OrderRoutes {
    private static let tags = ["Orders"]
    private static let base = "/api/v1/orders"

    static func add(_ api: RunAPI, to routes: inout RouteTable) {
        let limits = api.limits(50)
        routes.on(
            .get, RouterPath(base),
            description: RouteDescription(
                "List orders", details: "The newest first.", tags: tags,
                parameters: RunSchemas.pageParameters(limits) + [
                    RouteParameter("run_id", in: .query, "Only orders of this run", .string()),
                    RouteParameter("status", in: .query, "Only these states, with commas", .string()),
                ],
                responses: [RouteResponse(.ok, "A page", RunSchemas.page("orders", of: RunSchemas.order))],
                failures: [.validationFailed])
        ) { request, _ in
            var reader = FieldReader(query: request)
            let wanted = reader.page(limits)
            var selection = OrderSelection()
            selection.runID = reader.text("run_id", limit: 80)
            selection.statuses = reader.list("status", allowed: StoredOrder.statuses)
            try reader.finish()
            (selection.offset, selection.limit) = (wanted.offset, wanted.size)
            let (entries, total) = try await found(selection, api)
            return .json(wanted.json("orders", entries, total: total))
        }
        routes.on(
            .get, RouterPath(base + "/:id"),
            description: RouteDescription(
                "Show an order", tags: tags, parameters: [RunSchemas.id],
                responses: [RouteResponse(.ok, "The order", RunSchemas.order)], failures: [.notFound])
        ) { request, context in
            var reader = FieldReader(query: request)
            try reader.finish()
            let id = try RunAPI.id(context)
            let found = try await api.failing { try await api.store.read { try $0.orders.find(id) } }
            guard let found else { throw APIError(.notFound, "there is no order \(id)") }
            return .json(RunJSON.order(found))
        }
        addAccount(api, to: &routes)
    }

    /// The orders that are selected, and how many there are on all pages.
    static func found(
        _ selection: OrderSelection, _ api: RunAPI
    ) async throws -> (entries: [JSONText], total: Int) {
        let (found, total) = try await api.failing {
            try await api.store.read { (try $0.orders.list(selection), try $0.orders.count(selection)) }
        }
        return (found.map(RunJSON.order), total)
    }

    private static func addAccount(_ api: RunAPI, to routes: inout RouteTable) {
        routes.on(
            .get, "/api/v1/positions",
            description: RouteDescription(
                "List positions", details: "Those of all runs, at the present time of each.", tags: tags,
                parameters: [
                    RouteParameter("run_id", in: .query, "Only positions of this run", .string())
                ],
                responses: [
                    RouteResponse(
                        .ok, "The positions",
                        .object([
                            .init("positions", .array(RunSchemas.position)),
                            .init("total", .integer(0...Int64.max)),
                        ]))
                ], failures: [.validationFailed])
        ) { request, _ in
            var reader = FieldReader(query: request)
            let run = reader.text("run_id", limit: 80)
            try reader.finish()
            let found = try await api.failing { try await api.store.read { try $0.positions.list(of: run) } }
            return .json(
                .object([
                    JSONMember("positions", .list(found.map(RunJSON.position))),
                    JSONMember("total", .integer(found.count)),
                ]))
        }
        for (path, what) in [
            ("/api/v1/account", "Show the account"),
            ("/api/v1/account/positions", "List the positions of the account"),
        ] {
            routes.on(
                .get, RouterPath(path),
                description: RouteDescription(
                    what, details: "Of the venue that live runs trade on; 503 where there is none.",
                    tags: tags, responses: [RouteResponse(.ok, "The account", RunSchemas.anything)],
                    failures: [.dependencyUnavailable])
            ) { _, _ in
                throw APIError(
                    .dependencyUnavailable,
                    "no venue account is connected: this process executes "
                        + "\(api.options.mode.rawValue) at most; positions of runs are under "
                        + "/api/v1/positions")
            }
        }
    }
}
