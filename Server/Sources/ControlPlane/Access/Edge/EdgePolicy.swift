internal import HTTPTypes
internal import Hummingbird
internal import Settings

/// What holds for every request and answer of a server, whatever the route: where the client is, which names
/// the server answers to, which web pages may ask, and what browsers are told.
public struct EdgePolicy: Sendable {
    /// Web origins whose pages may ask; `*` stands for all.
    public var origins: Set<String>
    /// Proxies whose word about the client is taken.
    public var trustedProxies: Set<String>
    /// Whether who asks at this machine needs no token: then names and origins are looked at, as any web
    /// page that a person visits could ask in the person's place.
    public var isTokenless: Bool
    /// The name or address that the server listens on.
    public var host: String
    /// Whether browsers are told to come back by TLS alone, whatever the proxy says.
    public var alwaysDemandsTLS: Bool

    /// A policy.
    public init(
        origins: Set<String> = [], trustedProxies: Set<String> = [], isTokenless: Bool,
        host: String = "127.0.0.1", alwaysDemandsTLS: Bool = false
    ) {
        (self.origins, self.isTokenless, self.host) = (origins, isTokenless, host)
        (self.trustedProxies, self.alwaysDemandsTLS) = (trustedProxies, alwaysDemandsTLS)
    }

    /// Looks at a request before its route is known.
    ///
    /// - Returns: the answer, when there is nothing more to do.
    /// - Throws: ``APIError``.
    func begin(_ request: Request, _ context: inout APIContext) throws(APIError) -> Response? {
        context.clientAddress = client(of: request, peer: ClientAddress(context.client))
        if isTokenless { try refuseForeignNames(request) }
        let origin = try self.origin(of: request)
        if let origin, request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            return try preflight(origin)
        }
        if isTokenless, Self.changing.contains(request.method) {
            try refuseForeignPages(request, origin: origin)
        }
        return nil
    }

    /// Writes what browsers are told onto an answer.
    func finish(_ response: inout Response, _ request: Request, _ context: APIContext) {
        BrowserRules.write(to: &response.headers)
        if demandsTLS(request, peer: ClientAddress(context.client)) {
            response.headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains"
        }
        guard let origin = request.headers[.origin], allows(origin) else {
            if !origins.isEmpty { BrowserRules.vary(&response.headers, "Origin") }
            return
        }
        BrowserRules.vary(&response.headers, "Origin")
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = BrowserRules.exposedHeaders
    }

    private static let changing: Set<HTTPRequest.Method> = [.post, .put, .patch, .delete]

    // MARK: Where the client is

    private func client(of request: Request, peer: ClientAddress) -> ClientAddress {
        guard trustedProxies.contains(peer.description) else { return peer }
        let chain = request.headers[values: BrowserRules.forwardedFor].joined(separator: ",")
            .split(separator: ",").suffix(32)
        var client = peer
        for part in chain.reversed() {
            // What is no address ends the chain: nobody who is trusted wrote it.
            guard let address = ClientAddress(part.filter { $0 != " " }) else { break }
            client = address
            if !trustedProxies.contains(address.description) { break }
        }
        return client
    }

    private func demandsTLS(_ request: Request, peer: ClientAddress) -> Bool {
        alwaysDemandsTLS
            || trustedProxies.contains(peer.description)
                && request.headers[BrowserRules.forwardedProtocol]?.lowercased() == "https"
    }

    // MARK: Names

    /// Names that only this machine answers to. Another name that leads here is how a web page makes a
    /// browser ask in its place (DNS rebinding).
    private func refuseForeignNames(_ request: Request) throws(APIError) {
        let name = HostName(request.head.authority ?? "")
        guard let name, ["localhost", "127.0.0.1", "::1", host].contains(name.host) else {
            throw APIError(
                .accessDenied,
                """
                without a token this service answers to localhost, 127.0.0.1 and [::1] only; set api.token \
                to use another name
                """)
        }
    }

    private func origin(of request: Request) throws(APIError) -> String? {
        let values = request.headers[values: .origin]
        guard values.count <= 1 else {
            throw APIError(.requestMalformed, "there is more than one Origin")
        }
        return values.first
    }

    /// A page of another site must not change anything in the place of the person who looks at it.
    private func refuseForeignPages(_ request: Request, origin: String?) throws(APIError) {
        let refusal = APIError(
            .accessDenied, "pages of other sites may not change anything here; see api.cors-origins")
        if let origin {
            guard isOwn(origin, request) || allows(origin) else { throw refusal }
        } else if let site = request.headers[BrowserRules.fetchSite], site == "cross-site" {
            throw refusal
        }
    }

    private func isOwn(_ origin: String, _ request: Request) -> Bool {
        guard let authority = request.head.authority else { return false }
        return origin == "http://\(authority)" || origin == "https://\(authority)"
    }

    private func allows(_ origin: String) -> Bool {
        origins.contains(origin) || origins.contains("*")
    }

    private func preflight(_ origin: String) throws(APIError) -> Response {
        guard allows(origin) else {
            throw APIError(.accessDenied, "pages of this origin may not ask here; see api.cors-origins")
        }
        var headers: HTTPFields = [
            .accessControlAllowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
            .accessControlAllowHeaders: BrowserRules.permittedHeaders, .accessControlMaxAge: "600",
        ]
        BrowserRules.vary(&headers, "Access-Control-Request-Method, Access-Control-Request-Headers")
        return Response(status: .noContent, headers: headers)
    }
}

/// The host and port of a request.
struct HostName {
    /// Lower case; an IPv6 address without its brackets.
    let host: String

    /// Reads `name`, `name:port`, `[address]` or `[address]:port`; nil for anything else.
    init?(_ text: String) {
        var rest = text[...]
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<end].lowercased()
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            host = rest[..<end].lowercased()
            rest = rest[end...]
        }
        guard !host.isEmpty else { return nil }
        if rest.isEmpty { return }
        guard rest.first == ":", rest.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
    }
}
