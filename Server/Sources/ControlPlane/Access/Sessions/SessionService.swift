internal import Crypto
internal import Events
internal import Hummingbird
internal import Logging
internal import Settings
internal import Storage
public import Units

/// How long tokens are good for, and whom they name.
public struct SessionRules: Hashable, Sendable {
    /// The issuer (`iss`).
    public var issuer: String
    /// The audience (`aud`).
    public var audience: String
    /// How long an access token is good for.
    public var accessLifetime: Duration
    /// How long a refresh token is good for.
    public var refreshLifetime: Duration
    /// How long a session can go on by refreshing.
    public static let longest = Timespan(nanoseconds: 90 * 86_400 * 1_000_000_000)

    /// Rules.
    public init(issuer: String, audience: String, accessLifetime: Duration, refreshLifetime: Duration) {
        (self.issuer, self.audience) = (issuer, audience)
        (self.accessLifetime, self.refreshLifetime) = (accessLifetime, refreshLifetime)
    }
}

/// What a login or a refresh hands out.
struct SessionTokens: Sendable {
    let user: StoredUser
    let scopes: Set<Permission>
    let accessToken: String
    let refreshToken: String
    let issuedAt: Instant
    let accessExpiry: Instant
    let refreshExpiry: Instant
}

/// Logins, and the tokens that follow from them.
///
/// A refresh token is good once: it is exchanged for the next one. When one comes a second time somebody has
/// a copy, and nobody can tell who is right: the whole session ends.
struct SessionService: Sendable {
    let store: any Store
    let rules: SessionRules
    let keys: AccessKeys
    let hasher: PasswordHasher
    let audit: AuditTrail
    let directory: UserDirectory
    let throttle: LoginThrottle
    let metrics: AccessMetrics

    // MARK: Login

    /// Logs a user in.
    ///
    /// - Throws: ``APIError``: `authentication.failed`, with one text whatever was wrong;
    ///   `throttling.rate_limit_exceeded`.
    func login(name given: String, password: Secret, scopes: Set<Permission>?, _ context: APIContext)
        async throws -> SessionTokens
    {
        let name = UserRules.name(given)
        let (throttled, address) = (name ?? "", context.clientAddress)
        do { try throttle.begin(user: throttled, address: address) } catch {
            metrics.login("throttled")
            throw error
        }
        let verdict: PasswordHasher.Verdict
        let found: StoredUser?
        do {
            found = try await store.read { transaction in
                try name.flatMap { try transaction.users.find(name: $0) }
            }
            verdict = try await hasher.verify(password, against: found?.password)
        } catch {
            throttle.abandoned(user: throttled, address: address)
            metrics.login("busy")
            throw error
        }
        guard verdict.isRight, let found, !found.isDisabled else {
            metrics.login("failed")
            try await tellFailure(found, context)
            throw Self.wrongLogin
        }
        let tokens = try await begin(found, scopes, verdict.replacement, context)
        throttle.succeeded(user: throttled, address: address)
        metrics.login("succeeded")
        return tokens
    }

    /// Who has no account is not named: people type passwords into the field for the name.
    private func tellFailure(_ user: StoredUser?, _ context: APIContext) async throws {
        context.logger.notice(
            "a login failed",
            metadata: [
                "event": "login_failed", "address": .string(context.clientAddress.description),
                "user": .string(user?.id ?? "unknown"),
            ])
        let reason = user.map { $0.isDisabled ? "disabled" : "wrong_password" } ?? "unknown_user"
        try await audit.record(
            AuditChange(
                "auth.login", of: "user", user?.id ?? "unknown",
                changes: .object([JSONMember("reason", .string(reason))]), outcome: .refused),
            by: context.actor)
    }

    private func begin(
        _ known: StoredUser, _ scopes: Set<Permission>?, _ replacement: String?, _ context: APIContext
    ) async throws -> SessionTokens {
        let (secret, actor) = (RefreshToken(), context.actor)
        let lifetime = Timespan(rules.refreshLifetime)
        let (user, session) = try await store.write { transaction in
            guard var user = try transaction.users.find(known.id), !user.isDisabled,
                user.version == known.version
            else { throw Self.wrongLogin }
            let now = transaction.now
            user.lastLoginAt = now
            if let replacement { user.password = replacement }
            try transaction.users.update(user)
            let granted = user.permissions.intersection(scopes ?? Set(Permission.allCases))
            let session = StoredSession(
                id: "session-" + RandomHexadecimal.text(bytes: 12), userID: user.id,
                userVersion: user.version,
                scopes: granted.sorted().map(\.rawValue).joined(separator: " "), createdAt: now,
                expiresAt: now + lifetime)
            try transaction.sessions.insert(session)
            try transaction.sessions.insert(
                StoredRefreshToken(hash: secret.hash, sessionID: session.id, issuedAt: now))
            try audit.record(
                AuditChange(
                    "auth.login", of: "user", user.id,
                    changes: .object([JSONMember("session", .string(session.id))])),
                by: actor.naming(id: user.id, kind: .user, name: user.name), in: transaction)
            return (user, session)
        }
        return try await tokens(user, session, secret, at: session.createdAt)
    }

    // MARK: Refresh

    private enum Exchange: Sendable {
        case refused
        case reused
        case exchanged(StoredUser, StoredSession, Instant)
    }

    /// Exchanges a refresh token for the next one and an access token.
    ///
    /// - Throws: ``APIError`` with code `authentication.failed`.
    func refresh(_ text: Secret, _ context: APIContext) async throws -> SessionTokens {
        guard let used = RefreshToken(text) else { throw Self.wrongRefresh }
        let (next, actor) = (RefreshToken(), context.actor)
        let exchange = try await store.write { transaction in
            try self.exchange(used, for: next, by: actor, transaction)
        }
        switch exchange {
        case .refused:
            metrics.refresh("refused")
            throw Self.wrongRefresh
        case .reused:
            metrics.refresh("reused")
            directory.forget()
            context.logger.warning(
                "a refresh token came a second time: its session was ended",
                metadata: [
                    "event": "refresh_token_reused",
                    "address": .string(context.clientAddress.description),
                ])
            throw Self.wrongRefresh
        case .exchanged(let user, let session, let now):
            metrics.refresh("succeeded")
            return try await tokens(user, session, next, at: now)
        }
    }

    private func exchange(
        _ used: RefreshToken, for next: RefreshToken, by actor: AuditActor, _ transaction: StoreTransaction
    ) throws -> Exchange {
        let (sessions, now) = (transaction.sessions, transaction.now)
        guard let token = try sessions.findToken(hash: used.hash),
            var session = try sessions.find(token.sessionID), session.endedAt == nil,
            session.expiresAt > now
        else { return .refused }
        guard let user = try transaction.users.find(session.userID), !user.isDisabled,
            user.version == session.userVersion
        else {
            try sessions.end(session.id, at: now, reason: "user_changed")
            return .refused
        }
        guard token.usedAt == nil, try sessions.use(hash: used.hash, at: now) else {
            try sessions.end(session.id, at: now, reason: "refresh_token_reused")
            try audit.record(
                AuditChange(
                    "auth.refresh_token_reused", of: "session", session.id,
                    changes: .object([JSONMember("user", .string(user.id))]), outcome: .refused),
                by: actor, in: transaction)
            return .reused
        }
        let expiry = min(now + Timespan(rules.refreshLifetime), session.createdAt + SessionRules.longest)
        try sessions.extend(session.id, until: expiry)
        session.expiresAt = expiry
        try sessions.insert(StoredRefreshToken(hash: next.hash, sessionID: session.id, issuedAt: now))
        return .exchanged(user, session, now)
    }

    // MARK: Logout

    /// Ends a session. What is no token of a session is not told from one: the session is over either way.
    func logout(refreshToken: Secret?, sessionID: String?, _ context: APIContext) async throws {
        let (token, actor) = (refreshToken.flatMap { RefreshToken($0) }, context.actor)
        let isEnded = try await store.write { transaction -> Bool in
            var ids: Set<String> = []
            if let sessionID { ids.insert(sessionID) }
            if let token, let stored = try transaction.sessions.findToken(hash: token.hash) {
                ids.insert(stored.sessionID)
            }
            var isEnded = false
            for id in ids.sorted() {
                guard let session = try transaction.sessions.find(id),
                    try transaction.sessions.end(id, at: transaction.now, reason: "logout")
                else { continue }
                isEnded = true
                try audit.record(
                    AuditChange(
                        "auth.logout", of: "session", id,
                        changes: .object([JSONMember("user", .string(session.userID))])),
                    by: actor, in: transaction)
            }
            return isEnded
        }
        if isEnded { directory.forget() }
    }

    // MARK: Tokens

    private func tokens(
        _ user: StoredUser, _ session: StoredSession, _ refresh: RefreshToken, at now: Instant
    ) async throws -> SessionTokens {
        let expiry = now + Timespan(rules.accessLifetime)
        let scopes = Permission.set(session.scopes)
        let claims = AccessClaims(
            iss: rules.issuer, aud: .init([rules.audience]), sub: user.id,
            exp: Double(expiry.nanoseconds / 1_000_000_000), iat: Double(now.nanoseconds / 1_000_000_000),
            nbf: Double(now.nanoseconds / 1_000_000_000), jti: RandomHexadecimal.text(bytes: 16),
            roles: [user.role], scopes: scopes.sorted().map(\.rawValue), ver: user.version,
            sid: session.id, name: user.name)
        let access = try await keys.signingRing().sign(claims)
        return SessionTokens(
            user: user, scopes: scopes, accessToken: access, refreshToken: refresh.text,
            issuedAt: now, accessExpiry: expiry, refreshExpiry: session.expiresAt)
    }

    private static let wrongLogin = APIError(.authenticationFailed, "name or password is wrong")
    private static let wrongRefresh = APIError(
        .authenticationFailed, "the refresh token is not good, or not any more: log in again")
}

/// An opaque token that nobody can guess: 256 random bits.
struct RefreshToken: Sendable {
    private static let prefix = "twr_"
    private let bytes: [UInt8]

    /// A new one.
    init() {
        var generator = SystemRandomNumberGenerator()
        bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Reads one; nil for what has not its form.
    init?(_ secret: Secret) {
        let bytes = secret.withText { text -> [UInt8]? in
            guard text.utf8.count <= 64, text.hasPrefix(Self.prefix) else { return nil }
            return Base64Text.decode(text.dropFirst(Self.prefix.count))
        }
        guard let bytes, bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// The token, for its holder alone.
    var text: String { Self.prefix + Base64Text.encodeURL(bytes) }

    /// What is stored of it. A plain hash is enough: there is nothing to guess.
    var hash: String {
        SHA256.hash(data: bytes).map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
    }
}

extension Permission {
    /// The permissions that a text names, with blanks between; others are passed over.
    static func set(_ text: String) -> Set<Permission> {
        Set(text.split(separator: " ").compactMap { Permission(rawValue: String($0)) })
    }
}

extension StoredUser {
    /// What the role allows.
    var permissions: Set<Permission> { RouteRole(rawValue: role)?.permissions ?? [] }
}

extension Timespan {
    /// The same length, to the nanosecond; the longest when it does not fit.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self.init(nanoseconds: overflow ? Int64.max : whole + attoseconds / 1_000_000_000)
    }
}
