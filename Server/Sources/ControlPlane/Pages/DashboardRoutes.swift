internal import HTTPTypes
internal import Hummingbird

/// The dashboard: its page at every address that it knows, its files below `/dashboard/`.
public enum DashboardRoutes {
    /// The addresses of the dashboard's own pages; `Dashboard/routes.js` has the same. Others stay unknown
    /// addresses, so that a mistyped one is not answered with a page.
    public static let pages = [
        "/", "/runs", "/runs/new", "/runs/:id", "/compare", "/strategies", "/strategies/:name", "/orders",
        "/orders/:id", "/logs", "/system", "/login",
    ]
    /// What the paths of its files begin with.
    public static let prefix = "/dashboard/"

    /// Scripts, styles, pictures and connections of this server alone; nothing inline, no frames.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    private static let page = RouteDescription(
        "The dashboard", tags: ["Dashboard"],
        responses: [RouteResponse(.ok, "A page", mediaType: "text/html")], access: .open)
    private static let file = RouteDescription(
        "A file of the dashboard", tags: ["Dashboard"],
        responses: [RouteResponse(.ok, "The file", mediaType: "*/*")], access: .open)

    /// Adds them.
    public static func add(_ files: DashboardFiles, to routes: inout RouteTable) {
        for path in pages {
            routes.on(.get, RouterPath(path), description: page) { request, _ in
                answer(files.page, to: request)
            }
        }
        routes.on(.get, RouterPath(prefix + "**"), description: file) { request, _ in
            // The path as it came: one that is written in another way, with escapes, is another path.
            let path = request.uri.path
            guard path.hasPrefix(prefix), let file = files.files[String(path.dropFirst(prefix.count))] else {
                throw APIError.notFound
            }
            return answer(file, to: request)
        }
    }

    private static func answer(_ file: DashboardFiles.File, to request: Request) -> Response {
        var headers: HTTPFields = [.eTag: file.tag, .cacheControl: "no-cache"]
        // Before the question whether the client has it: a browser that is told so takes these over, and the
        // policy of an answer without one would then hold for the page that it kept.
        headers[.contentSecurityPolicy] = policy
        headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in hardening { headers[name] = value }
        if isKnown(file.tag, request.headers[values: .ifNoneMatch]) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = file.mediaType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.body))
    }

    private static let hardening: [(HTTPField.Name, String)] = [
        ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }

    /// Whether the client has this content (RFC 9110, 13.1.2: weak comparison).
    private static func isKnown(_ tag: String, _ conditions: [String]) -> Bool {
        conditions.contains { condition in
            condition.split(separator: ",").contains { candidate in
                let text = candidate.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
                return text == "*" || text == tag || text == "W/" + tag
            }
        }
    }
}
