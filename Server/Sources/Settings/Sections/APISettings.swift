/// The HTTP API.
public struct APISettings: Sendable {
    /// The address to listen on.
    public let host: String
    /// The port to listen on.
    public let port: Int
    /// The static token of machine clients, name `token`.
    public let credential: CredentialSettings
    /// The web origins that browsers may call from.
    public let corsOrigins: [String]
    /// Largest body of a request, in bytes.
    public let maxBodyBytes: Int
    /// Largest page of a list.
    public let maxPageSize: Int
    /// Clients that follow events at a time.
    public let maxStreamClients: Int
    /// Requests of one client within a minute.
    public let rateLimitPerMinute: Int
    /// Addresses of proxies whose word about the client is taken.
    public let trustedProxies: [String]
    /// How long a request may take.
    public let requestTimeout: Duration
    /// How long connections may finish after a request to stop.
    public let shutdownTimeout: Duration
    /// The folder with the files of the dashboard; nil: looked for beside and above the executable.
    public let dashboardFolder: String?

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "api", "The HTTP API. TLS ends at the proxy in front of it.", services: [.api])
        host = reader.value(
            "host", .host, "127.0.0.1", services: [.api, .supervisor],
            "The address to listen on: 127.0.0.1 for this host alone, 0.0.0.0 for all addresses.")
        port = reader.value("port", .port, "8000", services: [.api, .supervisor], "The port to listen on.")
        credential = reader.credential(
            owner: "api",
            [
                SecretSetting(
                    name: "token", minimumBytes: 16, required: .outsideLocal,
                    summary: """
                        The static token of machine clients; to replace it, the old and the new one with a \
                        comma between, both of which are good until the old one is taken out.
                        """)
            ], needed: ["token"])
        corsOrigins = reader.list(
            "cors-origins", .webOrigin, required: .outsideLocal,
            "The web origins that browsers may call from. Empty: only pages that the API serves itself.")
        maxBodyBytes = reader.value(
            "max-body-size", .size(1024...(1 << 30)), "10MiB", "Largest body of a request.")
        maxPageSize = reader.value(
            "max-page-size", .integer(1...10_000), "500", "Largest page of a list, in entries.")
        maxStreamClients = reader.value(
            "max-stream-clients", .integer(1...100_000), "1000",
            "Most clients that follow events at a time; each has a connection of its own.")
        rateLimitPerMinute = reader.value(
            "rate-limit", .integer(1...1_000_000), "600", "Most requests of one client within a minute.")
        trustedProxies = reader.list(
            "trusted-proxies", .host,
            """
            The addresses of the proxies in front of the API. Only their X-Forwarded-For and \
            X-Forwarded-Proto are believed.
            """)
        requestTimeout = reader.value(
            "request-timeout", .duration(.milliseconds(100)...(.seconds(600))), "5s",
            "How long a request may take before it is answered with an error.")
        shutdownTimeout = reader.value(
            "shutdown-timeout", .duration(.milliseconds(100)...(.seconds(600))), "10s",
            "How long connections may finish after a request to stop.")
        dashboardFolder = reader.optional(
            "dashboard-folder", .path,
            """
            The folder with the files of the dashboard. When not given: Dashboard beside the executable, in \
            a folder above it as in a clone, or in the working directory.
            """)
    }
}

/// Who may use the API.
public struct AuthSettings: Sendable {
    /// Whether a request must say who it comes from; nil leaves it to the bind: needed unless local on
    /// loopback.
    public let isRequired: Bool?
    /// The issuer that tokens name.
    public let issuer: String
    /// The audience that tokens name.
    public let audience: String
    /// The names `signing-keys` (a ring of Ed25519 seeds, newest first: `kid:base64,kid:base64`) and
    /// `audit-key`.
    public let credential: CredentialSettings
    /// How long an access token is good for.
    public let accessTokenLifetime: Duration
    /// How long a refresh token is good for.
    public let refreshTokenLifetime: Duration
    /// Where an external issuer publishes its keys; nil without one.
    public let keySetURL: ServiceURL?
    /// The issuer that tokens of that key set name.
    public let keySetIssuer: String

    init(_ reader: SettingsReader) {
        let reader = reader.section("auth", "Who may use the API.", services: [.api])
        isRequired = reader.optional(
            "required", .boolean,
            """
            Whether every request must carry a token. When not given: yes, except in local on a loopback \
            address. Health, readiness, version and metrics never need one.
            """)
        issuer = reader.value(
            "issuer", .text, "tradewind", required: .stagingAndProduction,
            "The issuer that tokens name (iss).")
        audience = reader.value(
            "audience", .text, "tradewind", required: .stagingAndProduction,
            "The audience that tokens name (aud).")
        credential = reader.credential(
            owner: "auth",
            [
                SecretSetting(
                    name: "signing-keys", minimumBytes: 32, required: .outsideLocal,
                    summary: """
                        The keys that sign access tokens (Ed25519), newest first, as kid:base64 of the 32 \
                        bytes of a key with commas between; the first signs, all verify, so that a key can \
                        be replaced while tokens of the old one live on. In local a key is made for as long \
                        as the service runs.
                        """),
                SecretSetting(
                    name: "audit-key", minimumBytes: 16, required: .stagingAndProduction,
                    summary: "The key that signs the records of the audit log."),
            ], needed: ["signing-keys", "audit-key"])
        accessTokenLifetime = reader.value(
            "access-token-lifetime", .duration(.seconds(5)...(.seconds(86_400))), "15m",
            "How long an access token is good for.")
        refreshTokenLifetime = reader.value(
            "refresh-token-lifetime", .duration(.seconds(600)...(.seconds(90 * 86_400))), "14d",
            "How long a refresh token is good for.")
        keySetURL = reader.optional(
            "key-set-url", .url("https", "http"), "Where an external issuer publishes its keys (JWKS).")
        keySetIssuer =
            reader.optional(
                "key-set-issuer", .text,
                "The issuer that tokens of key-set-url name (iss). When not given: that of issuer.") ?? issuer
    }
}

/// Where metrics are served.
public struct MetricsSettings: Sendable {
    /// The port of `/metrics`; nil: the port of the API.
    public let port: Int?
    /// The address of that port.
    public let host: String

    init(_ reader: SettingsReader) {
        let reader = reader.section("metrics", "Where metrics are served.", services: [.api, .supervisor])
        port = reader.optional("port", .port, "The port of /metrics, when it is not to be that of the API.")
        host = reader.value(
            "host", .host, "127.0.0.1", "The address to listen on, when metrics have their own port.")
    }
}

extension ServerSettings {
    /// Whether every request must say who it comes from: always, but in local on a loopback address.
    public var demandsToken: Bool {
        auth.isRequired ?? !(environment == .local && SettingHost.isLoopback(api.host))
    }
}
