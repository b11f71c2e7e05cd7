internal import Events
internal import Hummingbird
internal import Settings
internal import Storage
internal import StrategyKit
internal import TradewindCommands
internal import Units

/// Backtests by the requests of earlier systems: a strategy by name, two dates, capital and share class.
enum BacktestRoutes {
    private static let tags = ["Backtest"]
    private static let base = "/api/v1/backtest"

    static func add(_ api: RunAPI, to routes: inout RouteTable) {
        routes.on(
            .post, RouterPath(base),
            description: RouteDescription(
                "Start a backtest by name",
                details: """
                    Creates a run and starts it. `start_date` and `end_date` without a zone are taken as \
                    UTC. `config_overrides` are parameters that win over `parameters`.
                    """, tags: tags, body: RouteBody(schema),
                responses: [RouteResponse(.created, "The run", answer)],
                failures: [.validationFailed, .notFound, .backpressure, .accessDenied],
                access: .role(.trader), idempotency: .optional)
        ) { request, context in
            let file = try runFile(try await request.jsonBody(context), api)
            let run = try await api.failing {
                try await api.runs.create(
                    RunRequest(mode: .backtest, file: file, startsAtOnce: true), by: context.requester)
            }
            var response = Response.json(await json(run, api), status: .created)
            response.headers[.location] = "\(RunRoutes.base)/\(run.id)"
            return response
        }
        routes.on(
            .get, RouterPath(base + "/:id/status"),
            description: RouteDescription(
                "Show how a backtest goes", tags: tags, parameters: [RunSchemas.id],
                responses: [RouteResponse(.ok, "The run", answer)], failures: [.notFound])
        ) { request, context in
            var reader = FieldReader(query: request)
            try reader.finish()
            return .json(await json(try await api.run(context), api))
        }
        routes.on(
            .get, RouterPath(base + "/:id/result"),
            description: RouteDescription(
                "Show the result of a backtest", tags: tags, parameters: [RunSchemas.id],
                responses: [
                    RouteResponse(
                        .ok, "The result",
                        .object([
                            .init("success", .boolean), .init("request_id", .string()),
                            .init("result", RunSchemas.anything),
                        ]))
                ], failures: [.notFound, .conflict])
        ) { request, context in
            var reader = FieldReader(query: request)
            try reader.finish()
            let run = try await api.run(context)
            let found = try await api.failing { try await api.store.read { try $0.results.find(run.id) } }
            guard let found else { throw APIError(RunFailureOfResult.none(run)) }
            return .json(
                .object([
                    JSONMember("success", .flag(true)), JSONMember("request_id", .string(run.id)),
                    JSONMember("result", found.summary),
                ]))
        }
        routes.on(
            .delete, RouterPath(base + "/:id"),
            description: RouteDescription(
                "Stop a backtest", tags: tags, parameters: [RunSchemas.id],
                responses: [RouteResponse(.ok, "The run", answer)], failures: [.notFound],
                access: .role(.trader))
        ) { _, context in
            let run = try await api.failing {
                try await api.runs.stop(try RunAPI.id(context), by: context.requester)
            }
            return .json(await json(run, api))
        }
    }

    private static let answer = RouteSchema.object([
        .init("success", .boolean), .init("request_id", .string()), .init("strategy_name", .string()),
        .init("status", RunSchemas.status), .init("progress", .number, "0 to 100"),
        .init("run", RunSchemas.run),
    ])

    private static let schema = RouteSchema.object([
        .init("strategy_name", .string(length: 1...80), "a registered name, or one of an earlier system"),
        .init("start_date", .string(length: 4...64), "ISO 8601"),
        .init("end_date", .string(length: 4...64), "ISO 8601, exclusive"),
        .init("initial_capital", .json(decimalOrNumber), "in the share class"),
        .init("share_class", .string(length: 1...32), "as USDT"),
        .init("parameters", RunSchemas.objectOfAnything, "of the strategy", isRequired: false),
        .init("config_overrides", RunSchemas.objectOfAnything, "win over parameters", isRequired: false),
        .init(
            "instruments", .array(.string()), "series of the catalogue to use, as binance:spot:BTCUSDT",
            isRequired: false),
        .init("timeframe", .string(length: 1...8), "of the bars of instruments", isRequired: false),
        .init("debug_mode", .boolean, "accepted, without effect", isRequired: false),
    ])

    private static let decimalOrNumber = JSONText.object([
        JSONMember("type", .list([.string("string"), .string("number")]))
    ])

    private static func json(_ run: StoredRun, _ api: RunAPI) async -> JSONText {
        .object([
            JSONMember("success", .flag(run.status != .failed)), JSONMember("request_id", .string(run.id)),
            JSONMember("strategy_name", .string(run.strategy)),
            JSONMember("status", .string(run.status.rawValue)),
            JSONMember("progress", .number(run.percent)), JSONMember("run", await api.json(run)),
        ])
    }

    private static func runFile(_ body: JSONText, _ api: RunAPI) throws -> JSONText {
        var reader = try FieldReader(body: body)
        let name = reader.text("strategy_name", isRequired: true, limit: 80)
        let start = reader.moment("start_date", isRequired: true)
        let end = reader.moment("end_date", isRequired: true)
        let capital = reader.amount("initial_capital", isRequired: true)
        let asset = reader.text("share_class", isRequired: true, limit: 32)
        let parameters = reader.object("parameters")?.members ?? []
        let overrides = reader.object("config_overrides")?.members ?? []
        let instruments = reader.list("instruments")
        let timeframe = reader.text("timeframe", limit: 8)
        _ = reader.flag("debug_mode", default: false)
        if let start, let end, start >= end { reader.refuse("end_date", "must be after start_date") }
        if let capital, capital <= .zero { reader.refuse("initial_capital", "must be above zero") }
        try reader.finish()
        guard let name, let start, let end, let capital, let asset else { throw APIError.notFound }
        let strategy = try StrategyAliases.resolve(name, among: api.desk.strategies.names)
        let merged = parameters.filter { one in !overrides.contains { $0.key == one.key } } + overrides
        var members = [
            JSONMember("name", .string(strategy)), JSONMember("strategy", .string(strategy)),
            JSONMember("parameters", .object(merged)),
            JSONMember(
                "capital",
                .object([JSONMember("amount", .money(capital)), JSONMember("asset", .string(asset))])),
            JSONMember(
                "window", .object([JSONMember("start", .time(start)), JSONMember("end", .time(end))])),
        ]
        if !instruments.isEmpty {
            let series = instruments.map { instrument in
                JSONText.object(
                    [JSONMember("instrument", .string(instrument))]
                        + (timeframe.map { [JSONMember("timeframe", .string($0))] } ?? []))
            }
            members.append(JSONMember("data", .object([JSONMember("series", .list(series))])))
        }
        return .object(members)
    }
}

extension RunSchemas {
    static let objectOfAnything = RouteSchema.json(.object([JSONMember("type", .string("object"))]))
}
