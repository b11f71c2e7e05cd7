public import Events
internal import HTTPTypes
internal import Hummingbird

/// The document of the API (OpenAPI 3.1), made from the routes themselves: what is not declared there is not
/// in it, and what is cannot be left out.
public enum OpenAPIDocument {
    private static let reference = "#/components/schemas/"

    /// The document.
    ///
    /// - Parameters:
    ///   - routes: all routes of the server, in the order in which they are shown.
    ///   - version: of the program.
    public static func make(routes: [Route], version: String) -> JSONText {
        let shown = routes.filter { $0.description.isDocumented }
        var paths: [(path: String, operations: [JSONMember])] = []
        for route in shown {
            let path = template(route.path)
            let operation = JSONMember(route.method.rawValue.lowercased(), operation(route, path))
            if let place = paths.firstIndex(where: { $0.path == path }) {
                paths[place].operations.append(operation)
            } else {
                paths.append((path, [operation]))
            }
        }
        return .object([
            JSONMember("openapi", .string("3.1.0")),
            JSONMember(
                "info",
                .object([
                    JSONMember("title", .string("Tradewind")), JSONMember("version", .string(version)),
                    JSONMember(
                        "description",
                        .string(
                            "Runs, results, market data, events and operation of Tradewind. Money, prices "
                                + "and quantities are decimal texts; times are ISO 8601 in UTC. A slash at "
                                + "the end of a path makes no difference.")),
                ])),
            JSONMember("servers", .list([.object([JSONMember("url", .string("/"))])])),
            JSONMember("tags", .list(tags(shown))),
            JSONMember(
                "paths", .object(paths.map { JSONMember($0.path, .object($0.operations)) })),
            JSONMember("components", components(shown)),
        ])
    }

    private static func tags(_ routes: [Route]) -> [JSONText] {
        var names: [String] = []
        for tag in routes.flatMap(\.description.tags) where !names.contains(tag) { names.append(tag) }
        return names.map { .object([JSONMember("name", .string($0))]) }
    }

    /// `/runs/:id` as `/runs/{id}`.
    private static func template(_ path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).map { part in
            part.hasPrefix(":")
                ? "{\(part.dropFirst())}" : part == "**" || part == "*" ? "{path}" : String(part)
        }
        return "/" + parts.joined(separator: "/")
    }

    // MARK: Operations

    private static func operation(_ route: Route, _ path: String) -> JSONText {
        let description = route.description
        var members = [
            JSONMember("summary", .string(description.summary)),
            JSONMember("operationId", .string(operationID(route, path))),
            JSONMember("tags", .list(description.tags.map { .string($0) })),
        ]
        if !description.details.isEmpty {
            members.append(JSONMember("description", .string(description.details)))
        }
        let parameters = parameters(route, path)
        if !parameters.isEmpty { members.append(JSONMember("parameters", .list(parameters))) }
        if let body = description.body { members.append(JSONMember("requestBody", self.body(body))) }
        members.append(JSONMember("responses", .object(responses(description))))
        members.append(JSONMember("security", .list(security(description.access))))
        if case .role(let role) = description.access {
            members.append(JSONMember("x-required-role", .string(role.rawValue)))
        }
        return .object(members)
    }

    private static func operationID(_ route: Route, _ path: String) -> String {
        let words = path.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return ([route.method.rawValue.lowercased()] + words).joined(separator: "-")
    }

    private static func security(_ access: RouteAccess) -> [JSONText] {
        if access == .open { return [] }
        // One of several, and none where the service listens on this machine alone.
        return ["bearer", "apiKey"].map { .object([JSONMember($0, .list([]))]) } + [.object([])]
    }

    private static func parameters(_ route: Route, _ path: String) -> [JSONText] {
        var all = route.description.parameters
        for part in path.split(separator: "/") where part.hasPrefix("{") {
            let name = String(part.dropFirst().dropLast())
            if !all.contains(where: { $0.place == .path && $0.name == name }) {
                all.append(RouteParameter(name, in: .path, ""))
            }
        }
        if route.description.idempotency != .none {
            all.append(
                RouteParameter(
                    "Idempotency-Key", in: .header, "A repetition with the same key gets the first answer",
                    .string(length: 1...128), isRequired: route.description.idempotency == .required))
        }
        return all.map { parameter in
            var members = [
                JSONMember("name", .string(parameter.name)),
                JSONMember("in", .string(parameter.place.rawValue)),
                JSONMember("required", .flag(parameter.isRequired)),
            ]
            if !parameter.summary.isEmpty {
                members.append(JSONMember("description", .string(parameter.summary)))
            }
            members.append(JSONMember("schema", parameter.schema.json(reference: reference)))
            return .object(members)
        }
    }

    private static func body(_ body: RouteBody) -> JSONText {
        .object([
            JSONMember("required", .flag(body.isRequired)),
            JSONMember("content", content(body.mediaType, body.schema)),
        ])
    }

    private static func content(_ mediaType: String, _ schema: RouteSchema?) -> JSONText {
        let kind = schema.map { [JSONMember("schema", $0.json(reference: reference))] } ?? []
        return .object([JSONMember(mediaType, .object(kind))])
    }

    private static func responses(_ description: RouteDescription) -> [JSONMember] {
        var members: [JSONMember] = []
        for response in description.responses {
            var content = [JSONMember("description", .string(response.summary))]
            if response.status != .noContent {
                content.append(JSONMember("content", self.content(response.mediaType, response.schema)))
            }
            members.append(JSONMember(String(response.status.code), .object(content)))
        }
        if members.isEmpty {
            members.append(
                JSONMember("200", .object([JSONMember("description", .string("The answer"))])))
        }
        var codes: [Int: [String]] = [:]
        for failure in description.failures {
            codes[failure.status.code, default: []].append(failure.rawValue)
        }
        for (status, names) in codes.sorted(by: { $0.key < $1.key })
        where !members.contains(where: { $0.key == String(status) }) {
            members.append(
                JSONMember(
                    String(status),
                    .object([
                        JSONMember("description", .string(names.joined(separator: ", "))),
                        JSONMember("content", errorContent),
                    ])))
        }
        members.append(
            JSONMember(
                "default",
                .object([
                    JSONMember("description", .string("A failure that any path may answer")),
                    JSONMember("content", errorContent),
                ])))
        return members
    }

    // MARK: What is shared

    private static let errorContent = JSONText.object([
        JSONMember(
            "application/json",
            .object([JSONMember("schema", .object([JSONMember("$ref", .string(reference + "Error"))]))]))
    ])

    private static func components(_ routes: [Route]) -> JSONText {
        var named: [String: RouteSchema] = [:]
        for route in routes {
            let description = route.description
            let schemas =
                description.parameters.map(\.schema) + (description.body.map { [$0.schema] } ?? [])
                + description.responses.compactMap(\.schema)
            for schema in schemas { for (name, one) in schema.named { named[name] = one } }
        }
        var members = named.sorted { $0.key < $1.key }.map { name, schema in
            JSONMember(name, schema.json(reference: reference))
        }
        members.append(JSONMember("Error", errorSchema.json(reference: reference)))
        return .object([
            JSONMember("schemas", .object(members)),
            JSONMember(
                "securitySchemes",
                .object([
                    JSONMember(
                        "bearer",
                        .object([
                            JSONMember("type", .string("http")), JSONMember("scheme", .string("bearer")),
                            JSONMember(
                                "description", .string("An access token of a user, or the static token")),
                        ])),
                    JSONMember(
                        "apiKey",
                        .object([
                            JSONMember("type", .string("apiKey")), JSONMember("in", .string("header")),
                            JSONMember("name", .string("X-API-Key")),
                        ])),
                ])),
        ])
    }

    private static let errorSchema: RouteSchema = {
        let main: [RouteSchema.Member] = [
            .init("code", .string(allowed: APIErrorCode.allCases.map(\.rawValue))),
            .init("message", .string()), .init("details", RunSchemas.anything),
            .init("correlation_id", .string()),
        ]
        let inner =
            main + [.init("request_id", .string()), .init("timestamp", .time)]
        return .object([.init("error", .object(inner))] + main)
    }()
}

extension RouteDescription {
    /// Whether the route is one of the API, rather than a page or a file of the dashboard.
    fileprivate var isDocumented: Bool { !tags.isEmpty && tags.first != "dashboard" }
}
