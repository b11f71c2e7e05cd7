internal import Events
internal import Hummingbird
internal import NIOCore
internal import Settings
internal import Storage
internal import TradewindCommands

/// Runs: list, create, start, stop, look at, delete.
public enum RunRoutes {
    static let base = "/api/v1/runs"
    static let tags = ["Runs"]

    /// Adds all routes of research: runs and their results, strategies, market data, orders, events,
    /// configuration.
    public static func add(_ api: RunAPI, to routes: inout RouteTable) {
        addList(api, to: &routes)
        addLife(api, to: &routes)
        ResultRoutes.add(api, to: &routes)
        BacktestRoutes.add(api, to: &routes)
        StrategyRoutes.add(api, to: &routes)
        MarketDataRoutes.add(api, to: &routes)
        OrderRoutes.add(api, to: &routes)
        EventRoutes.add(api, to: &routes)
        ConfigurationRoutes.add(api, to: &routes)
    }

    private static func addList(_ api: RunAPI, to routes: inout RouteTable) {
        let limits = api.limits(20)
        routes.on(
            .get, RouterPath(base),
            description: RouteDescription(
                "List runs", details: "The newest first.", tags: tags,
                parameters: RunSchemas.pageParameters(limits) + [
                    RouteParameter("status", in: .query, "Only these states, with commas", .string()),
                    RouteParameter("strategy", in: .query, "Only runs of this strategy", .string()),
                ],
                responses: [RouteResponse(.ok, "A page", RunSchemas.page("runs", of: RunSchemas.run))],
                failures: [.validationFailed])
        ) { request, _ in
            var reader = FieldReader(query: request)
            let page = reader.page(limits)
            var selection = RunSelection()
            selection.statuses = reader.list("status", allowed: RunStatus.allCases.map(\.rawValue))
                .compactMap { RunStatus(rawValue: $0) }
            selection.strategy = reader.text("strategy")
            try reader.finish()
            (selection.offset, selection.limit) = (page.offset, page.size)
            let wanted = selection
            let (found, total) = try await api.failing {
                try await api.store.read { (try $0.runs.list(wanted), try $0.runs.count(wanted)) }
            }
            var entries: [JSONText] = []
            for run in found {
                entries.append(
                    RunJSON.run(run, position: await api.runs.position(of: run.id), hidesConfig: true))
            }
            return .json(page.json("runs", entries, total: total))
        }
        routes.on(
            .post, RouterPath(base),
            description: RouteDescription(
                "Create a run",
                details: """
                    The run waits as `pending` until it is started; with `start` it is started at once. All \
                    that is wrong with the run file is told together, under `details.problems`.
                    """, tags: tags, body: RouteBody(createSchema(api)),
                responses: [RouteResponse(.created, "The run", RunSchemas.run)],
                failures: [.validationFailed, .conflict, .accessDenied, .backpressure],
                access: .role(.trader), idempotency: .optional)
        ) { request, context in
            let body = try await request.jsonBody(context)
            var reader = try FieldReader(body: body)
            let mode = reader.text(
                "mode", isRequired: true, allowed: ExecutionMode.allCases.map(\.rawValue))
            let file = reader.object("run", isRequired: true)
            let starts = reader.flag("start", default: false)
            try reader.finish()
            guard let mode = mode.flatMap({ ExecutionMode(rawValue: $0) }), let file else {
                throw APIError(.validationFailed, "mode and run are needed")
            }
            let run = try await api.failing {
                try await api.runs.create(
                    RunRequest(mode: mode, file: file, startsAtOnce: starts), by: context.requester)
            }
            var response = Response.json(await api.json(run), status: .created)
            response.headers[.location] = "\(base)/\(run.id)"
            return response
        }
    }

    private static func createSchema(_ api: RunAPI) -> RouteSchema {
        .object([
            .init("mode", .string(allowed: ExecutionMode.allCases.map(\.rawValue))),
            .init(
                "run", .named("RunFile", .json(api.desk.clientSchema)),
                "the run file, keys as in the YAML; data may be left out"),
            .init("start", .boolean, "whether it is started at once", isRequired: false),
        ])
    }

    private static func addLife(_ api: RunAPI, to routes: inout RouteTable) {
        let one = RouterPath(base + "/:id")
        let answer = [RouteResponse(.ok, "The run", RunSchemas.run)]
        routes.on(
            .get, one,
            description: RouteDescription(
                "Show a run", details: "With its summary once it is completed.", tags: tags,
                parameters: [RunSchemas.id], responses: answer, failures: [.notFound])
        ) { request, context in
            var reader = FieldReader(query: request)
            try reader.finish()
            let run = try await api.run(context)
            let result = try await api.failing { try await api.store.read { try $0.results.find(run.id) } }
            return .json(await api.json(run, summary: result?.summary ?? .null))
        }
        routes.on(
            .delete, one,
            description: RouteDescription(
                "Delete a run",
                details: "One that runs must be stopped before. Its results are deleted, too.",
                tags: tags, parameters: [RunSchemas.id],
                responses: [RouteResponse(.noContent, "It is gone")], failures: [.notFound, .conflict],
                access: .role(.trader))
        ) { _, context in
            try await api.failing { try await api.runs.delete(try RunAPI.id(context), by: context.requester) }
            return Response(status: .noContent)
        }
        routes.on(
            .post, RouterPath(base + "/:id/start"),
            description: RouteDescription(
                "Start a run",
                details: "It waits for its turn when as many run as may; asking again changes nothing.",
                tags: tags, parameters: [RunSchemas.id], responses: answer,
                failures: [.notFound, .conflict, .backpressure, .accessDenied], access: .role(.trader),
                idempotency: .optional)
        ) { request, context in
            try await emptyBody(request, context)
            let run = try await api.failing {
                try await api.runs.start(try RunAPI.id(context), by: context.requester)
            }
            return .json(await api.json(run))
        }
        routes.on(
            .post, RouterPath(base + "/:id/stop"),
            description: RouteDescription(
                "Stop a run", details: "At once, wherever it is. One that is over stays as it is.",
                tags: tags, parameters: [RunSchemas.id],
                body: RouteBody(
                    .object([
                        .init("reason", .string(length: 1...256), "why, for people", isRequired: false)
                    ]), isRequired: false), responses: answer, failures: [.notFound],
                access: .role(.trader), idempotency: .optional)
        ) { request, context in
            var reader = try FieldReader(body: try await request.jsonBody(context, mayBeEmpty: true))
            let reason = reader.text("reason")
            try reader.finish()
            let run = try await api.failing {
                try await api.runs.stop(try RunAPI.id(context), reason: reason, by: context.requester)
            }
            return .json(await api.json(run))
        }
    }

    /// Refuses a body with anything in it.
    static func emptyBody(_ request: Request, _ context: APIContext) async throws {
        var reader = try FieldReader(body: try await request.jsonBody(context, mayBeEmpty: true))
        try reader.finish()
    }
}

extension RunAPI {
    /// A run as JSON, with its place in the queue.
    func json(_ run: StoredRun, summary: JSONText? = nil) async -> JSONText {
        let json = RunJSON.run(run, position: await runs.position(of: run.id))
        guard let summary, case .object(let members) = json else { return json }
        return .object(members + [JSONMember("summary", summary)])
    }
}
