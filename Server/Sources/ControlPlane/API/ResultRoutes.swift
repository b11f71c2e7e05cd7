internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import MarketData
internal import NIOCore
internal import Storage

/// What runs left: results, equity, fills, trades, orders, positions, files, and several side by side.
enum ResultRoutes {
    private static let tags = ["Results"]
    private static let base = RunRoutes.base + "/:id"

    static func add(_ api: RunAPI, to routes: inout RouteTable) {
        addResults(api, to: &routes)
        addEquity(api, to: &routes)
        addRows(api, to: &routes)
        addBooks(api, to: &routes)
        addFiles(api, to: &routes)
        addComparison(api, to: &routes)
    }

    private static func addResults(_ api: RunAPI, to routes: inout RouteTable) {
        routes.on(
            .get, RouterPath(base + "/results"),
            description: RouteDescription(
                "Show the results of a run", details: "What `backtest --json` prints.", tags: tags,
                parameters: [RunSchemas.id],
                responses: [
                    RouteResponse(
                        .ok, "The results",
                        .object([
                            .init("run_id", .string()), .init("status", RunSchemas.status),
                            .init("summary", RunSchemas.anything), .init("files", .array(.string())),
                        ]))
                ], failures: [.notFound, .conflict])
        ) { request, context in
            var reader = FieldReader(query: request)
            try reader.finish()
            let run = try await api.run(context)
            let found = try await api.failing { try await api.store.read { try $0.results.find(run.id) } }
            guard let found else {
                throw APIError(RunFailureOfResult.none(run))
            }
            var names: [JSONText] = []
            for (name, _) in ResultStore.names where try api.results.file(name, of: run.id) != nil {
                names.append(.string(name))
            }
            return .json(
                .object([
                    JSONMember("run_id", .string(run.id)), JSONMember("status", .string(run.status.rawValue)),
                    JSONMember("summary", found.summary), JSONMember("files", .list(names)),
                ]))
        }
    }

    private static func addEquity(_ api: RunAPI, to routes: inout RouteTable) {
        let equity = RouteParameter(
            "points", in: .query, "At most so many points, which keep the extremes; 2000 when not given",
            .integer(4...100_000))
        routes.on(
            .get, RouterPath(base + "/equity"),
            description: RouteDescription(
                "Show the equity of a run", tags: tags, parameters: [RunSchemas.id, equity],
                responses: [
                    RouteResponse(
                        .ok, "The curve",
                        .object([
                            .init("run_id", .string()), .init("status", RunSchemas.status),
                            .init("share_class", .nullable(.string())),
                            .init("equity", .array(RunSchemas.point)),
                            .init("total", .integer(0...Int64.max), "points before they were thinned"),
                        ]))
                ], failures: [.notFound, .validationFailed])
        ) { request, context in
            var reader = FieldReader(query: request)
            let points = reader.integer("points", 4...100_000, default: 2_000)
            try reader.finish()
            let run = try await api.run(context)
            var found = try api.results.equity(of: run.id, points: points)
            if found == nil {
                let stored = try await api.failing {
                    try await api.store.read { try $0.results.points(of: run.id) }
                }
                found = (EquityRow.thinned(stored.map { EquityRow($0) }, to: points), stored.count)
            }
            let rows = (found?.rows ?? []).map { row in
                JSONText.object([
                    JSONMember("time", .string(row.time)), JSONMember("equity", .string(row.equity)),
                    JSONMember("cash", .optional(row.cash)), JSONMember("drawdown", .optional(row.drawdown)),
                ])
            }
            return .json(
                .object([
                    JSONMember("run_id", .string(run.id)), JSONMember("status", .string(run.status.rawValue)),
                    JSONMember("share_class", .optional(run.shareClass)), JSONMember("equity", .list(rows)),
                    JSONMember("total", .integer(found?.total ?? 0)),
                ]))
        }
    }

    private static let fillColumns = [
        "time", "instrument", "side", "quantity", "price", "fee", "fee_asset", "order_id", "cause",
    ]
    private static let tradeColumns = [
        "entry_time", "exit_time", "instrument", "side", "quantity", "entry_price", "exit_price", "profit",
        "fees", "account",
    ]

    /// What a page of a list holds, and how many entries there are in all.
    private typealias Entries = (entries: [JSONText], total: Int)

    /// Adds a list of what belongs to a run, by pages.
    private static func addPage(
        _ name: String, of schema: RouteSchema, _ description: RouteDescription, _ limits: PageLimits,
        _ api: RunAPI, to routes: inout RouteTable,
        _ entries: @escaping @Sendable (StoredRun, Page) async throws -> Entries
    ) {
        var description = description
        description.parameters = [RunSchemas.id] + RunSchemas.pageParameters(limits)
        description.responses = [RouteResponse(.ok, "A page", RunSchemas.page(name, of: schema))]
        description.failures = [.notFound, .validationFailed]
        routes.on(.get, RouterPath("\(base)/\(name)"), description: description) { request, context in
            var reader = FieldReader(query: request)
            let page = reader.page(limits)
            try reader.finish()
            let found = try await entries(try await api.run(context), page)
            return .json(page.json(name, found.entries, total: found.total))
        }
    }

    private static func addRows(_ api: RunAPI, to routes: inout RouteTable) {
        let limits = api.limits(100)
        addPage(
            "fills", of: RunSchemas.fill,
            RouteDescription(
                "List the fills of a run",
                details: "All of them once it is completed; before, those that were told of.", tags: tags),
            limits, api, to: &routes
        ) { run, page in
            if let (rows, total) = try api.results.rows(
                "fills.csv", of: run.id, offset: page.offset, limit: page.size)
            {
                return (rows.map { RunJSON.row($0, fillColumns, run: run.id) }, total)
            }
            let (fills, total) = try await api.failing {
                try await api.store.read {
                    (
                        try $0.fills.list(of: run.id, offset: page.offset, limit: page.size),
                        try $0.fills.count(of: run.id)
                    )
                }
            }
            return (fills.map(RunJSON.fill), total)
        }
        addPage(
            "trades", of: RunSchemas.anything,
            RouteDescription(
                "List the round trips of a run", details: "Once it is completed.", tags: tags),
            limits, api, to: &routes
        ) { run, page in
            let found = try api.results.rows(
                "trades.csv", of: run.id, offset: page.offset, limit: page.size)
            return ((found?.rows ?? []).map { RunJSON.row($0, tradeColumns, run: run.id) }, found?.total ?? 0)
        }
    }

    private static func addBooks(_ api: RunAPI, to routes: inout RouteTable) {
        addPage(
            "orders", of: RunSchemas.order,
            RouteDescription(
                "List the orders of a run",
                details: """
                    Whatever became of them, the newest first. Of a run with very many orders these are the \
                    first 10,000; `orders` of its progress counts all.
                    """, tags: tags), api.limits(50), api, to: &routes
        ) { run, page in
            var selection = OrderSelection()
            (selection.runID, selection.offset, selection.limit) = (run.id, page.offset, page.size)
            return try await OrderRoutes.found(selection, api)
        }
        routes.on(
            .get, RouterPath(base + "/positions"),
            description: RouteDescription(
                "List the positions of a run", details: "Those that are open at its present time.",
                tags: tags, parameters: [RunSchemas.id],
                responses: [
                    RouteResponse(
                        .ok, "The positions",
                        .object([
                            .init("run_id", .string()), .init("positions", .array(RunSchemas.position)),
                        ]))
                ], failures: [.notFound])
        ) { request, context in
            var reader = FieldReader(query: request)
            try reader.finish()
            let run = try await api.run(context)
            let found = try await api.failing {
                try await api.store.read { try $0.positions.list(of: run.id) }
            }
            return .json(
                .object([
                    JSONMember("run_id", .string(run.id)),
                    JSONMember("positions", .list(found.map(RunJSON.position))),
                ]))
        }
    }

    private static func addFiles(_ api: RunAPI, to routes: inout RouteTable) {
        routes.on(
            .get, RouterPath(base + "/report.html"),
            description: RouteDescription(
                "Show the report of a run", tags: tags, parameters: [RunSchemas.id],
                responses: [RouteResponse(.ok, "The page", mediaType: "text/html")], failures: [.notFound])
        ) { _, context in
            let run = try await api.run(context)
            return try file("report.html", of: run, api, isDownload: false)
        }
        let names = ResultStore.names.map(\.name)
        routes.on(
            .get, RouterPath(base + "/files/:name"),
            description: RouteDescription(
                "Get a file of a result", tags: tags,
                parameters: [
                    RunSchemas.id, RouteParameter("name", in: .path, "Which file", .string(allowed: names)),
                ], responses: [RouteResponse(.ok, "The file", mediaType: "*/*")], failures: [.notFound])
        ) { _, context in
            let run = try await api.run(context)
            let name = context.parameters.get("name") ?? ""
            guard names.contains(name) else {
                throw APIError(.notFound, "a result has the files \(names.joined(separator: ", "))")
            }
            return try file(name, of: run, api, isDownload: true)
        }
    }

    /// Bytes of a file that are sent at once.
    private static let piece = 256 * 1_024

    private static func file(
        _ name: String, of run: StoredRun, _ api: RunAPI, isDownload: Bool
    ) throws -> Response {
        guard let content = try api.results.file(name, of: run.id) else {
            throw APIError(.notFound, "run \(run.id) is \(run.status.rawValue) and has no \(name)")
        }
        let mediaType = ResultStore.names.first { $0.name == name }?.mediaType ?? "application/octet-stream"
        var headers: HTTPFields = [.contentType: mediaType, .contentLength: String(content.count)]
        if name == "report.html" {
            // The page is whole in itself, and may reach nothing else.
            headers[.contentSecurityPolicy] =
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-inline'; "
                + "frame-ancestors 'self'"
        }
        if isDownload { headers[.contentDisposition] = "attachment; filename=\"\(run.id)-\(name)\"" }
        let body = ResponseBody(contentLength: content.count) { writer in
            var place = 0
            while place < content.count {
                let end = min(content.count, place + piece)
                let buffer = content.withBytes { ByteBuffer(bytes: $0[place..<end]) }
                try await writer.write(buffer)
                place = end
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private static let comparedKeys = [
        "name", "strategy", "share_class", "start", "end", "initial_equity", "final_equity", "total_return",
        "annualized_return", "volatility", "sharpe", "sortino", "max_drawdown", "trades", "fills", "fees",
        "attribution", "log_hash",
    ]

    private static func addComparison(_ api: RunAPI, to routes: inout RouteTable) {
        routes.on(
            .get, "/api/v1/compare",
            description: RouteDescription(
                "Compare runs", details: "The main figures of completed runs side by side.", tags: tags,
                parameters: [
                    RouteParameter(
                        "run_ids", in: .query, "Two to twenty ids, with commas", .string(), isRequired: true)
                ],
                responses: [
                    RouteResponse(
                        .ok, "The figures",
                        .object([
                            .init("keys", .array(.string())), .init("runs", .array(RunSchemas.anything)),
                        ]))
                ], failures: [.notFound, .validationFailed])
        ) { request, _ in
            var reader = FieldReader(query: request)
            let ids = reader.list("run_ids", limit: 20)
            if ids.count < 2 { reader.refuse("run_ids", "must have two ids at least") }
            try reader.finish()
            var columns: [JSONText] = []
            for id in ids {
                let run = try await api.failing { try await api.runs.find(id) }
                let result = try await api.failing { try await api.store.read { try $0.results.find(id) } }
                let figures = comparedKeys.map { key in
                    JSONMember(key, result?.summary[key] ?? .null)
                }
                columns.append(
                    .object([
                        JSONMember("id", .string(run.id)), JSONMember("status", .string(run.status.rawValue)),
                        JSONMember("figures", .object(figures)),
                    ]))
            }
            return .json(
                .object([
                    JSONMember("keys", .list(comparedKeys.map { .string($0) })),
                    JSONMember("runs", .list(columns)),
                ]))
        }
    }
}

/// Why there are no results.
enum RunFailureOfResult {
    static func none(_ run: StoredRun) -> RunFailure {
        .state(
            id: run.id, status: run.status.rawValue,
            wanted: run.status == .failed
                ? "it has no results (\(run.reason ?? "it failed"))" : "it has no results (yet)")
    }
}
