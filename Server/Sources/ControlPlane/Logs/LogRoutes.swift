internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Operations
internal import Storage
internal import Units

/// Logs: look for lines, say what they say all together, export them, take those of browsers.
public enum LogRoutes {
    static let base = "/api/v1/logs"
    static let tags = ["Logs"]
    /// Lines of one piece of an export.
    static let exportChunk = 500

    /// Adds the routes.
    public static func add(_ api: LogAPI, to routes: inout RouteTable) {
        addList(api, to: &routes)
        addSummary(api, to: &routes)
        addExport(api, to: &routes)
        if let browser = api.browser { BrowserLogRoute.add(browser, to: &routes) }
    }

    private static func addList(_ api: LogAPI, to routes: inout RouteTable) {
        let limits = PageLimits(standard: 50, maximum: min(500, api.maximumPage))
        let parameters =
            LogSchemas.filters + RunSchemas.pageParameters(limits) + [
                RouteParameter(
                    "cursor", in: .query,
                    "Goes on where another answer ended: its next_cursor. New lines do not shift it")
            ]
        let description = RouteDescription(
            "List lines of the logs",
            details: """
                The newest first. Pages shift when new lines come; a cursor does not. A search that no index \
                answers ends after a while, and says so with `is_complete`.
                """, tags: tags, parameters: parameters,
            responses: [RouteResponse(.ok, "A page", LogSchemas.page)], failures: [.validationFailed])
        routes.on(.get, RouterPath(base), description: description) { request, _ in
            var reader = FieldReader(query: request)
            let selection = reader.logSelection()
            let cursor = reader.logCursor()
            let page = reader.page(limits)
            let maximum = LogAPI.maximumCount
            if cursor != nil && page.number > 1 { reader.refuse("page", "is not for a list with a cursor") }
            if page.offset > maximum {
                reader.refuse("page", "goes to \(maximum) lines; go on with cursor, or narrow the list down")
            }
            try reader.finish()
            return try await api.failing {
                let found = try await api.find(
                    selection, before: cursor, offset: cursor == nil ? page.offset : 0, limit: page.size)
                let count = try await api.count(selection)
                return .json(Self.json(found, page, count: count))
            }
        }
    }

    private static func json(_ found: LogAPI.Found, _ page: Page, count: Int?) -> JSONText {
        let total = count.map { min($0, LogAPI.maximumCount) }
        let isExact = count.map { $0 <= LogAPI.maximumCount } ?? false
        return .object([
            JSONMember("logs", .list(found.lines.map { LogJSON.line($0) })),
            JSONMember("page", .integer(page.number)), JSONMember("page_size", .integer(page.size)),
            JSONMember("total", .optional(total)), JSONMember("total_is_exact", .flag(isExact)),
            JSONMember("pages", .optional(total.map { ($0 + page.size - 1) / page.size })),
            JSONMember("next_cursor", .optional(found.next?.text)),
            JSONMember("is_complete", .flag(found.isComplete)),
        ])
    }

    private static func addSummary(_ api: LogAPI, to routes: inout RouteTable) {
        let period = LogSchemas.filters.filter { ["start", "end"].contains($0.name) }
        let description = RouteDescription(
            "Say what the logs say all together", tags: tags, parameters: period,
            responses: [RouteResponse(.ok, "The summary", LogSchemas.summary)], failures: [.validationFailed])
        routes.on(.get, RouterPath(base + "/summary"), description: description) { request, _ in
            var reader = FieldReader(query: request)
            var selection = LogSelection()
            reader.period(&selection)
            try reader.finish()
            let (start, end) = (selection.start, selection.end)
            let summary = try await api.failing {
                try await api.store.read { try $0.logs.summary(from: start, to: end) }
            }
            return .json(LogJSON.summary(summary, lag: api.status?.lag, isRead: api.status != nil))
        }
    }

    private static func addExport(_ api: LogAPI, to routes: inout RouteTable) {
        let description = RouteDescription(
            "Export lines of the logs as CSV",
            details: """
                The newest first, all of the selection, sent as they are found. A cell that begins as a \
                formula does has an apostrophe before it.
                """, tags: tags, parameters: LogSchemas.filters,
            responses: [RouteResponse(.ok, "The lines", .string(), mediaType: "text/csv")],
            failures: [.validationFailed])
        routes.on(.get, RouterPath(base + "/export"), description: description) { request, _ in
            var reader = FieldReader(query: request)
            let selection = reader.logSelection()
            try reader.finish()
            // What cannot be read at all is an error, not an empty file.
            let first = try await api.failing {
                try await api.find(selection, before: nil, offset: 0, limit: exportChunk)
            }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/csv; charset=utf-8; header=present",
                    .contentDisposition: "attachment; filename=\"\(LogCSV.fileName(api.now()))\"",
                ], body: ResponseBody { writer in try await write(first, selection, api, &writer) })
        }
    }

    /// Writes what was found, and goes on until nothing is left.
    private static func write(
        _ first: LogAPI.Found, _ selection: LogSelection, _ api: LogAPI,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: LogCSV.header))
        var found = first
        while true {
            var bytes: [UInt8] = []
            for line in found.lines { LogCSV.append(line, to: &bytes) }
            if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
            guard let next = found.next else { break }
            found = try await api.find(selection, before: next, offset: 0, limit: exportChunk)
        }
        try await writer.finish(nil)
    }
}
