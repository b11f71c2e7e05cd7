public import HTTPTypes
public import Hummingbird

/// The routes of a server, with the methods that each path takes, so that another method is told which are
/// allowed.
public struct RouteTable {
    /// Answers a request.
    public typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    private let router: Router<APIContext>
    private var methods: [String: [HTTPRequest.Method]] = [:]
    private var paths: [RouterPath] = []
    private static let standard: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    init(scope: RequestScope) {
        router = Router(context: APIContext.self)
        router.add(middleware: scope)
    }

    /// Adds a route; one for GET answers HEAD too. A path with a slash at its end is the same path.
    public mutating func on(_ method: HTTPRequest.Method, _ path: RouterPath, _ handler: @escaping Handler) {
        if methods[path.description] == nil { paths.append(path) }
        for method in method == .get ? [.get, .head] : [method] {
            methods[path.description, default: []].append(method)
            router.on(path, method: method, use: handler)
        }
    }

    /// The paths, with their methods, in the order in which they were added.
    public var routes: [(path: String, methods: [HTTPRequest.Method])] {
        paths.map { ($0.description, methods[$0.description] ?? []) }
    }

    /// The router; every path refuses the methods that it does not take.
    func finished() -> Router<APIContext> {
        for path in paths {
            let allowed = methods[path.description] ?? []
            for method in Self.standard where !allowed.contains(method) {
                router.on(path, method: method) { _, _ -> Response in throw APIError.methodNotAllowed(allowed)
                }
            }
        }
        return router
    }
}
