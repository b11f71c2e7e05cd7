public import HTTPTypes
public import Hummingbird
internal import Logging

/// One route, as it was added.
public struct Route: Sendable {
    /// The method; a route of GET answers HEAD too.
    public let method: HTTPRequest.Method
    /// The path, with `:name` for parts that vary.
    public let path: String
    /// What it does and takes.
    public let description: RouteDescription
    /// How long its handler may take.
    public let timeLimit: RouteTimeLimit
}

/// How long the handler of a route may take until it returns its answer. How long a client may take to read
/// the answer is another limit.
public enum RouteTimeLimit: Hashable, Sendable {
    /// As long as the server's limits say.
    case standard
    /// No limit: the answer goes on for as long as the client listens, as server-sent events do.
    case streaming
    /// A time of its own, for work that is known to be long.
    case after(Duration)
}

/// The routes of a server, with the methods that each path takes, so that another method is told which are
/// allowed.
public struct RouteTable {
    /// Answers a request.
    public typealias Handler = @Sendable (Request, APIContext) async throws -> Response
    /// Puts something before a handler, such as a look at who asks, by what the route's description says.
    public typealias Layer = @Sendable (Route, @escaping Handler) -> Handler

    private let router: Router<APIContext>
    private let limits: HTTPLimits
    private var layers: [Layer] = []
    private var methods: [String: [HTTPRequest.Method]] = [:]
    private var paths: [RouterPath] = []
    private static let standard: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    /// The routes, in the order in which they were added.
    public private(set) var routes: [Route] = []

    init(scope: RequestScope) {
        router = Router(context: APIContext.self)
        router.add(middleware: scope)
        limits = scope.limits
    }

    /// Puts a layer before the handlers of all routes that are added from now on; the first layer sees a
    /// request first. The time limit of a route holds for its layers too.
    public mutating func add(_ layer: @escaping Layer) { layers.append(layer) }

    /// Adds a route; one for GET answers HEAD too. A path with a slash at its end is the same path.
    ///
    /// - Parameters:
    ///   - path: with `:name` for parts that vary.
    ///   - description: what the route does and takes; the document of the API is made from it.
    ///   - timeLimit: how long the handler may take. Past it the handler's task is cancelled, and the client
    ///     gets 504.
    public mutating func on(
        _ method: HTTPRequest.Method, _ path: RouterPath, description: RouteDescription,
        timeLimit: RouteTimeLimit = .standard, _ handler: @escaping Handler
    ) {
        if methods[path.description] == nil { paths.append(path) }
        let route = Route(
            method: method, path: path.description, description: description, timeLimit: timeLimit)
        routes.append(route)
        let layered = layers.reversed().reduce(handler) { inner, layer in layer(route, inner) }
        let timed = Self.timed(layered, limit: limit(of: timeLimit))
        for method in method == .get ? [.get, .head] : [method] {
            methods[path.description, default: []].append(method)
            router.on(path, method: method, use: timed)
        }
    }

    private func limit(of timeLimit: RouteTimeLimit) -> Duration? {
        switch timeLimit {
        case .standard: limits.handling
        case .after(let limit): limit
        case .streaming: nil
        }
    }

    private static func timed(_ handler: @escaping Handler, limit: Duration?) -> Handler {
        guard let limit else { return handler }
        return { request, context in
            try await HandlerTimeLimit.run(limit: limit) {
                try await handler(request, context)
            } onExpiry: {
                context.logger.error(
                    "a request took longer than \(limit) and was given up",
                    metadata: ["event": "request_timed_out", "route": .string(context.endpointPath ?? "")])
            }
        }
    }

    /// The router; every path refuses the methods that it does not take.
    func finished() -> Router<APIContext> {
        for path in paths {
            let allowed = methods[path.description] ?? []
            for method in Self.standard where !allowed.contains(method) {
                router.on(path, method: method) { _, _ -> Response in
                    throw APIError.methodNotAllowed(allowed)
                }
            }
        }
        return router
    }
}
