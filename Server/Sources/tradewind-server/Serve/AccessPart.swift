internal import ControlPlane
internal import Logging
internal import Operations
internal import ServiceLifecycle
internal import Settings
internal import Storage

/// Who may use the service: the part that is opened first, as all others stand behind it.
struct AccessPart {
    let service: AccessService
    /// What holds for every request.
    let edge: EdgePolicy
    private let client: DirectHTTPClient?
    private let logger: Logger

    /// Opens it.
    ///
    /// - Parameters:
    ///   - api: with the static token; nil where there is none.
    ///   - auth: with the signing keys and the key of the audit; nil where there are none.
    static func open(
        _ settings: ServerSettings, store: any Store, api: (any CredentialProvider)?,
        auth: (any CredentialProvider)?, metrics: MetricsRegistry, logger: Logger
    ) -> AccessPart {
        let isTokenless = !settings.demandsToken
        var client: DirectHTTPClient?
        var external: ExternalKeySet?
        if let url = settings.auth.keySetURL {
            let made = DirectHTTPClient(authorities: settings.secrets.vault.caFile)
            client = made
            external = ExternalKeySet(
                url: url.whole,
                transport: HTTPSecretTransport(
                    client: made, policy: RetryPolicy(attempts: 1, maximumResponseBytes: 256 << 10),
                    time: .system,
                    jitter: Jitter(SystemRandomNumbers())),
                uptime: SystemClocks.uptime)
        }
        var options = AccessService.Options(
            isTokenless: isTokenless, requestsPerMinute: settings.api.rateLimitPerMinute,
            sessions: SessionRules(
                issuer: settings.auth.issuer, audience: settings.auth.audience,
                accessLifetime: settings.auth.accessTokenLifetime,
                refreshLifetime: settings.auth.refreshTokenLifetime),
            externalIssuer: settings.auth.keySetIssuer)
        options.maximumPage = settings.api.maxPageSize
        let service = AccessService(
            store: store, keys: AccessKeys(api: api, auth: auth), external: external,
            hasher: PasswordHasher(), metrics: metrics, options: options, uptime: SystemClocks.uptime,
            now: SystemClocks.now)
        let edge = EdgePolicy(
            origins: Set(settings.api.corsOrigins), trustedProxies: Set(settings.api.trustedProxies),
            isTokenless: isTokenless, host: settings.api.host,
            alwaysDemandsTLS: settings.environment != .local)
        if isTokenless {
            logger.notice(
                "no token is needed at this machine: who asks is the administrator \"local\"",
                metadata: ["event": "access_open_locally"])
        }
        return AccessPart(service: service, edge: edge, client: client, logger: logger)
    }

    /// What runs beside the HTTP server.
    var services: [any Service] { [service.housekeeping(logger: logger)] }

    /// Puts the layers before everything that is added afterwards, and adds the routes of access.
    func add(to routes: inout RouteTable) {
        service.addLayers(to: &routes)
        AccessRoutes.add(service, to: &routes)
    }

    /// Closes connections to the other issuer.
    func close() async throws { try await client?.shutdown() }
}

extension ServiceURL {
    /// The URL as it is asked, without user and password, which key sets do not have.
    fileprivate var whole: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let query = parameters.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        return "\(scheme)://\(name)\(port.map { ":\($0)" } ?? "")\(path)\(query.isEmpty ? "" : "?" + query)"
    }
}
