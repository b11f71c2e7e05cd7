internal import Events
internal import Operations

/// What runs, orders, fills and events look like in answers; the document of the API is made from these.
enum RunSchemas {
    typealias Member = RouteSchema.Member

    static let status = RouteSchema.string(allowed: ["pending", "running", "stopped", "completed", "failed"])
    static let anything = RouteSchema.json(.object([]))

    static func optional(_ name: String, _ schema: RouteSchema, _ summary: String = "") -> Member {
        Member(name, .nullable(schema), summary)
    }

    static let progress = RouteSchema.named(
        "RunProgress",
        .object([
            Member("percent", .number, "0 to 100"), optional("time", .time, "engine time"),
            optional("equity", .decimal), optional("drawdown", .number, "a fraction"),
            Member("orders", .integer(0...Int64.max)), Member("fills", .integer(0...Int64.max)),
        ]))

    static let failure = RouteSchema.named(
        "RunError",
        .object([
            Member("code", .string()), Member("message", .string()), Member("problems", .array(anything)),
        ]))

    static let run = RouteSchema.named(
        "Run",
        .object([
            Member("id", .string()), Member("name", .string()),
            Member("mode", .string(allowed: ["backtest", "paper", "live"])),
            Member("strategy", .string()), Member("status", status),
            optional("share_class", .string()), optional("initial_equity", .decimal),
            optional("start", .time), optional("end", .time, "exclusive"), Member("created_at", .time),
            Member("created_by", .string()), Member("correlation_id", .string()),
            optional("started_at", .time), optional("ended_at", .time),
            optional("stop_requested_at", .time),
            optional("queue_position", .integer(1...Int64.max), "its place while it waits for its turn"),
            Member("attempts", .integer(0...Int64.max)), Member("progress", progress),
            optional("reason", .string(), "why it stopped or failed"), optional("error", failure),
            Member("config", anything, "the run file; left out in lists", isRequired: false),
            Member(
                "summary", .nullable(anything), "what `backtest --json` prints, once it is completed",
                isRequired: false),
        ]))

    static let order = RouteSchema.named(
        "Order",
        .object([
            Member("id", .string()), Member("client_order_id", .string()), optional("run_id", .string()),
            Member("instrument", .string()), Member("side", .string()), Member("type", .string()),
            Member("status", .string()), Member("quantity", .decimal), Member("filled_quantity", .decimal),
            optional("average_price", .decimal), optional("limit_price", .decimal),
            optional("stop_price", .decimal), optional("venue_order_id", .string()),
            optional("reason", .string()), Member("correlation_id", .string()), Member("created_at", .time),
            Member("updated_at", .time),
        ]))

    static let fill = RouteSchema.named(
        "Fill",
        .object([
            Member("time", .time), Member("instrument", .string()), Member("side", .string()),
            Member("quantity", .decimal), Member("price", .decimal), optional("fee", .decimal),
            optional("fee_asset", .string()), Member("order_id", .string()), optional("cause", .string()),
        ]))

    static let position = RouteSchema.named(
        "Position",
        .object([
            Member("run_id", .string()), Member("instrument", .string()), Member("quantity", .decimal),
            optional("mark", .decimal, "in the share class"), Member("updated_at", .time, "engine time"),
        ]))

    static let event = RouteSchema.named(
        "Event",
        .object([
            Member("offset", .integer(0...Int64.max)), Member("id", .string(format: "uuid")),
            Member("kind", .string(allowed: ["evt", "cmd"])), Member("type", .string()),
            Member("version", .string()), optional("run_id", .string()), Member("correlation_id", .string()),
            optional("causation_id", .string(format: "uuid")), optional("trace_id", .string()),
            Member("time", .time), Member("producer", .string()), Member("payload", anything),
        ]))

    static let strategy = RouteSchema.named(
        "Strategy",
        .object([
            Member("name", .string()), Member("summary", .string()),
            Member("exposure", .string(allowed: ["neutral", "directional"])),
            Member("needs", .array(.string()), "kinds of series"), Member("aliases", .array(.string())),
            Member("modes", .array(.string())), Member("schema", anything, "JSON Schema of the parameters"),
            Member("defaults", anything),
        ]))

    static let series = RouteSchema.named(
        "Series",
        .object([
            Member("instrument", .string()), Member("kind", .string()), optional("timeframe", .string()),
            optional("variant", .string()), Member("rows", .integer(0...Int64.max)), Member("first", .time),
            Member("last", .time), Member("dataset", .string()), Member("warnings", .array(.string())),
        ]))

    static let candle = RouteSchema.named(
        "Candle",
        .object([
            Member("time", .time, "open time"), Member("open", .decimal), Member("high", .decimal),
            Member("low", .decimal), Member("close", .decimal), Member("volume", .decimal),
        ]))

    static let point = RouteSchema.named(
        "EquityPoint",
        .object([
            Member("time", .time), Member("equity", .decimal), optional("cash", .decimal),
            optional("drawdown", .number, "a fraction"),
        ]))

    /// A page of a list.
    static func page(_ name: String, of schema: RouteSchema) -> RouteSchema {
        .object([
            Member(name, .array(schema)), Member("page", .integer(1...Int64.max)),
            Member("page_size", .integer(1...Int64.max)), Member("total", .integer(0...Int64.max)),
            Member("pages", .integer(0...Int64.max)),
        ])
    }

    static func pageParameters(_ limits: PageLimits) -> [RouteParameter] {
        [
            RouteParameter(
                "page", in: .query, "Which page, from 1", .integer(1...Int64(PageLimits.maximumPage))),
            RouteParameter(
                "page_size", in: .query, "Entries of a page; \(limits.standard) when not given",
                .integer(1...Int64(limits.maximum))),
        ]
    }

    static let id = RouteParameter("id", in: .path, "The id", .string(length: 1...80))
}
