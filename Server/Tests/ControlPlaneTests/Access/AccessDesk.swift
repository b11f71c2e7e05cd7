import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Operations
import Settings
import Storage
import Synchronization
import Units

/// A clock that a test moves.
final class AccessClock: Sendable {
    private let state = Mutex((now: Instant(nanoseconds: 1_780_000_000_000_000_000), uptime: Duration.zero))

    @Sendable func now() -> Instant { state.withLock { $0.now } }
    @Sendable func uptime() -> Duration { state.withLock { $0.uptime } }

    /// Seconds since 1970.
    var seconds: Int { Int(now().nanoseconds / 1_000_000_000) }

    func advance(_ seconds: Int) {
        state.withLock { state in
            state.now = state.now + Timespan(nanoseconds: Int64(seconds) * 1_000_000_000)
            state.uptime += .seconds(seconds)
        }
    }
}

/// Secrets that a test replaces, as a source does.
final class HeldCredential: CredentialProvider, Sendable {
    private let active: Mutex<ActiveCredential>

    init(_ owner: String, _ secrets: [String: String]) {
        active = Mutex(Self.made(owner, secrets, 1))
    }

    func replace(_ secrets: [String: String]) {
        active.withLock { $0 = Self.made($0.credential.owner, secrets, $0.edition + 1) }
    }

    func current() async throws(SecretError) -> ActiveCredential { active.withLock { $0 } }
    func replacement(for refused: ActiveCredential) async -> ActiveCredential? { nil }

    private static func made(_ owner: String, _ secrets: [String: String], _ edition: Int) -> ActiveCredential
    {
        ActiveCredential(
            credential: Credential(
                owner: owner,
                entries: secrets.mapValues { .init(secret: Secret($0), origin: .request) },
                version: SecretVersion("\(edition)")), edition: edition)
    }
}

/// What a desk is set up with.
struct AccessSetup: Sendable {
    var isTokenless = false
    var requestsPerMinute = 1_000_000
    var origins: Set<String> = []
    var trustedProxies: Set<String> = []
    var alwaysDemandsTLS = false
    var concurrentHashes = 4
    var keySetURL: String?
    var keySetClient: DirectHTTPClient?
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    var routes: @Sendable (inout RouteTable) -> Void = { _ in }
}

/// A real server over a real database, with users, whose clock and secrets a test moves.
struct AccessDesk {
    static let staticToken = "static-token-0123456789"
    static let seedA = [UInt8](repeating: 7, count: 32)
    static let seedB = [UInt8](repeating: 9, count: 32)
    static let ring = "2026a:\(Data(seedA).base64EncodedString())"
    static let password = "correct horse battery"

    let port: Int
    let store: any MigratableStore
    let service: AccessService
    let clock: AccessClock
    let api: HeldCredential
    let auth: HeldCredential
    let file: String

    static func run(_ setup: AccessSetup = AccessSetup(), _ body: (AccessDesk) async throws -> Void)
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "tradewind-access-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "access.db").path
        let clock = AccessClock()
        let store = try await SQLiteStore.open(file, options: StoreOptions(now: clock.now))
        _ = try await MigrationRunner(store).up()
        let api = HeldCredential("api", ["token": staticToken])
        let auth = HeldCredential("auth", ["signing-keys": ring, "audit-key": "the key of the audit"])
        var options = AccessService.Options(
            isTokenless: setup.isTokenless, requestsPerMinute: setup.requestsPerMinute,
            sessions: SessionRules(
                issuer: "tradewind", audience: "desk", accessLifetime: .seconds(900),
                refreshLifetime: .seconds(14 * 86_400)), externalIssuer: "https://issuer.example")
        options.maximumPage = 500
        let external = setup.keySetURL.flatMap { url in
            setup.keySetClient.map { client in
                ExternalKeySet(
                    url: url,
                    transport: HTTPSecretTransport(
                        client: client, policy: RetryPolicy(attempts: 1), time: .system,
                        jitter: Jitter(SystemNumbers())), uptime: clock.uptime)
            }
        }
        let service = AccessService(
            store: store, keys: AccessKeys(api: api, auth: auth), external: external,
            hasher: PasswordHasher(cost: .trifling, concurrent: setup.concurrentHashes),
            metrics: MetricsRegistry(), options: options, uptime: clock.uptime, now: clock.now)
        let edge = EdgePolicy(
            origins: setup.origins, trustedProxies: setup.trustedProxies, isTokenless: setup.isTokenless,
            alwaysDemandsTLS: setup.alwaysDemandsTLS)
        try await RunningServer.run(
            edge: edge, logger: setup.logger,
            routes: { table in
                service.addLayers(to: &table)
                AccessRoutes.add(service, to: &table)
                setup.routes(&table)
            },
            { server in
                try await body(
                    AccessDesk(
                        port: server.port, store: store, service: service, clock: clock, api: api, auth: auth,
                        file: file))
            })
        try await store.close()
    }

    /// Adds a user, as a command does.
    @discardableResult
    func add(_ name: String, _ role: RouteRole, password: String = Self.password) async throws -> StoredUser {
        try await service.users.add(
            name: name, role: role, password: Secret(password),
            by: AuditActor(id: "test", kind: "command", name: "test", correlationID: "setup"))
    }

    /// Sends a request on a connection of its own.
    func call(
        _ method: String, _ path: String, token: String? = nil, json: String? = nil, headers: [String] = []
    ) async -> RawClient.Answer {
        var lines = ["\(method) \(path) HTTP/1.1", "Connection: close"] + headers
        if !headers.contains(where: { $0.lowercased().hasPrefix("host:") }) {
            lines.append("Host: 127.0.0.1:\(port)")
        }
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let json {
            lines.append("Content-Type: application/json")
            lines.append("Content-Length: \(json.utf8.count)")
        }
        return await RawClient.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (json ?? ""), port: port)
    }

    /// Logs in.
    func login(_ name: String, password: String = Self.password, scopes: [String]? = nil) async throws
        -> Login
    {
        let limited = scopes.map { ",\"scopes\":[\($0.map { "\"\($0)\"" }.joined(separator: ","))]" } ?? ""
        return try Login(
            await call(
                "POST", "/api/v1/auth/login",
                json: "{\"username\":\"\(name)\",\"password\":\"\(password)\"\(limited)}"))
    }

    func refresh(_ token: String) async -> RawClient.Answer {
        await call("POST", "/api/v1/auth/refresh", json: "{\"refresh_token\":\"\(token)\"}")
    }

    /// The audit, oldest first.
    func audited() async throws -> [StoredAuditRecord] {
        try await store.read { try $0.audit.records(after: 0, limit: 10_000) }
    }
}

/// What a login answers.
struct Login {
    let access: String
    let refresh: String

    init(_ answer: RawClient.Answer) throws {
        guard let access = answer.json?["access_token"] as? String,
            let refresh = answer.json?["refresh_token"] as? String
        else { throw LoginFailed(text: answer.text) }
        (self.access, self.refresh) = (access, refresh)
    }
}

struct LoginFailed: Error { let text: String }

struct SystemNumbers: RandomNumberGenerator, Sendable {
    func next() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}

extension RawClient.Answer {
    var status: Int { statuses.last ?? 0 }
    /// The code of a failure.
    var code: String? { json?["code"] as? String }
}
