internal import Events
internal import Hummingbird
internal import Operations
internal import Storage

/// Takes the logs of browsers.
enum BrowserLogRoute {
    private typealias Member = RouteSchema.Member

    static func add(_ logs: BrowserLogs, to routes: inout RouteTable) {
        routes.on(.post, RouterPath(LogRoutes.base + "/batch"), description: description) {
            request, context in
            var context = context
            context.maxUploadSize = min(context.maxUploadSize, BrowserLogs.maximumBody)
            var reader = try FieldReader(body: try await request.jsonBody(context))
            let items = reader.value("logs", isRequired: true)?.items
            if items == nil || items?.isEmpty == true || (items?.count ?? 0) > BrowserLogs.maximumBatch {
                reader.refuse("logs", "must be a list of 1 to \(BrowserLogs.maximumBatch) entries")
            }
            try reader.finish()
            let lines = try (items ?? []).prefix(BrowserLogs.maximumBatch).map { try line($0) }
            logs.write(lines, from: context.principal.id)
            return .json(.object([JSONMember("accepted", .integer(lines.count))]), status: .accepted)
        }
    }

    private static func line(_ entry: JSONText) throws -> BrowserLogs.Line {
        var reader = try FieldReader(body: entry)
        var line = BrowserLogs.Line()
        if let name = reader.text("level", isRequired: true, limit: 16) {
            if let level = LogSeverity(name: name) {
                line.level = level
            } else {
                reader.refuse(
                    "level", "must be one of \(LogSeverity.allCases.map(\.name).joined(separator: ", "))")
            }
        }
        // Not by its form: a message with control characters is taken, and they are escaped.
        if let message = reader.value("message", isRequired: true)?.text {
            line.message = message
        } else {
            reader.refuse("message", "must be a text")
        }
        line.event = reader.text("event", limit: 128)
        line.page = reader.text("page", limit: 1_024)
        line.time = reader.text("time", limit: 64)
        line.context = reader.object("context")?.members ?? []
        try reader.finish()
        return line
    }

    private static var description: RouteDescription {
        RouteDescription(
            "Take the logs of a browser",
            details: "They go into the log of the service, under the logger `\(BrowserLogs.label)`.",
            tags: LogRoutes.tags,
            body: RouteBody(
                .object([
                    Member(
                        "logs",
                        .array(
                            .object([
                                Member("level", .string()),
                                Member("message", .string(), "1024 characters are kept"),
                                Member("event", .string(length: 1...128), isRequired: false),
                                Member("page", .string(length: 1...1_024), isRequired: false),
                                Member("time", .string(length: 1...64), isRequired: false),
                                Member(
                                    "context",
                                    .json(JSONText.object([JSONMember("type", .string("object"))])),
                                    isRequired: false),
                            ])), "1 to \(BrowserLogs.maximumBatch)")
                ])),
            responses: [
                RouteResponse(
                    .accepted, "They were taken", .object([Member("accepted", .integer(1...100))]))
            ], failures: [.validationFailed, .bodyTooLarge])
    }
}
