internal import Events
internal import Hummingbird
internal import StrategyKit
internal import TradewindCommands

/// Strategies with the schemas and defaults of their parameters.
enum StrategyRoutes {
    private static let tags = ["Strategies"]
    private static let base = "/api/v1/strategies"
    private static let name = RouteParameter(
        "name", in: .path, "A registered name, or one of an earlier system", .string(length: 1...80))

    static func add(_ api: RunAPI, to routes: inout RouteTable) {
        routes.on(
            .get, RouterPath(base),
            description: RouteDescription(
                "List strategies", tags: tags,
                responses: [
                    RouteResponse(
                        .ok, "All of them",
                        .object([
                            .init("strategies", .array(RunSchemas.strategy)),
                            .init("total", .integer(0...Int64.max)),
                        ]))
                ])
        ) { request, _ in
            var reader = FieldReader(query: request)
            try reader.finish()
            let cards = api.desk.cards
            return .json(
                .object([
                    JSONMember("strategies", .list(cards.map(json))),
                    JSONMember("total", .integer(cards.count)),
                ]))
        }
        routes.on(
            .get, RouterPath(base + "/:name"),
            description: RouteDescription(
                "Show a strategy", tags: tags, parameters: [name],
                responses: [RouteResponse(.ok, "The strategy", RunSchemas.strategy)], failures: [.notFound])
        ) { request, context in
            var reader = FieldReader(query: request)
            try reader.finish()
            return .json(json(try card(context, api)))
        }
        routes.on(
            .get, RouterPath(base + "/:name/config/merged"),
            description: RouteDescription(
                "Show the run file of a strategy with all defaults", tags: tags, parameters: [name],
                responses: [
                    RouteResponse(
                        .ok, "The run file",
                        .object([
                            .init("strategy", .string()), .init("run", RunSchemas.anything),
                            .init("required", .array(.string()), "what is still to be given"),
                        ]))
                ], failures: [.notFound])
        ) { request, context in
            var reader = FieldReader(query: request)
            try reader.finish()
            let card = try card(context, api)
            let run = JSONText.object([
                JSONMember("name", .string(card.name)), JSONMember("strategy", .string(card.name)),
                JSONMember("parameters", card.defaults),
                JSONMember(
                    "capital",
                    .object([JSONMember("amount", .string("100000")), JSONMember("asset", .string("USDT"))])),
                JSONMember("execution", .object([JSONMember("fill", .string("next-open"))])),
                JSONMember("seed", .integer(1)),
            ])
            return .json(
                .object([
                    JSONMember("strategy", .string(card.name)), JSONMember("run", run),
                    JSONMember("required", card.schema["required"] ?? .list([])),
                ]))
        }
    }

    private static func card(_ context: APIContext, _ api: RunAPI) throws -> StrategyCard {
        let cards = api.desk.cards
        let name = try StrategyAliases.resolve(
            context.parameters.get("name") ?? "", among: cards.map(\.name))
        guard let card = cards.first(where: { $0.name == name }) else { throw APIError.notFound }
        return card
    }

    private static func json(_ card: StrategyCard) -> JSONText {
        .object([
            JSONMember("name", .string(card.name)), JSONMember("summary", .string(card.summary)),
            JSONMember("exposure", .string(card.exposure)),
            JSONMember("needs", .list(card.needs.map { .string($0) })),
            JSONMember(
                "aliases", .list(StrategyAliases.aliases(of: card.name).map { .string($0) })),
            JSONMember("modes", .list([.string("backtest")])), JSONMember("schema", card.schema),
            JSONMember("defaults", card.defaults),
        ])
    }
}
