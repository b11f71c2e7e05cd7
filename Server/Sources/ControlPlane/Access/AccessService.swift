public import Logging
public import Operations
public import ServiceLifecycle
public import Storage
public import Units

/// Who may use the service: logins, tokens, users, limits, repeated requests and the audit, wired together.
public struct AccessService: Sendable {
    /// What the settings say.
    public struct Options: Sendable {
        /// Whether who brings no token is the person at this machine: in local, on a loopback address.
        public var isTokenless: Bool
        /// Requests of one client within a minute.
        public var requestsPerMinute: Int
        /// How long tokens are good for, and whom they name.
        public var sessions: SessionRules
        /// The issuer that tokens of the external key set name.
        public var externalIssuer: String
        /// Entries of the largest page.
        public var maximumPage: Int

        /// What the settings say.
        public init(
            isTokenless: Bool, requestsPerMinute: Int = 600, sessions: SessionRules,
            externalIssuer: String = "", maximumPage: Int = 500
        ) {
            (self.isTokenless, self.requestsPerMinute) = (isTokenless, requestsPerMinute)
            (self.sessions, self.externalIssuer) = (sessions, externalIssuer)
            self.maximumPage = maximumPage
        }
    }

    /// Records who changed what.
    public let audit: AuditTrail
    /// Users.
    public let users: UserService
    let sessions: SessionService
    let authenticator: Authenticator
    let keys: AccessKeys
    let store: any Store
    let options: Options
    private let access: AccessLayer
    private let idempotency: IdempotencyLayer

    /// Wires the parts together.
    ///
    /// - Parameters:
    ///   - external: keys of another issuer; nil without one.
    ///   - uptime: a clock that never goes back.
    ///   - now: wall-clock time.
    public init(
        store: any Store, keys: AccessKeys, external: ExternalKeySet? = nil, hasher: PasswordHasher,
        metrics: MetricsRegistry, options: Options, uptime: @escaping @Sendable () -> Duration,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.store, self.keys, self.options) = (store, keys, options)
        let counters = AccessMetrics(metrics)
        let limit = RequestLimit(perMinute: options.requestsPerMinute, uptime: uptime)
        let directory = UserDirectory(store: store, uptime: uptime)
        let audit = AuditTrail(store: store)
        self.audit = audit
        users = UserService(store: store, hasher: hasher, audit: audit) { directory.forget() }
        sessions = SessionService(
            store: store, rules: options.sessions, keys: keys, hasher: hasher, audit: audit,
            directory: directory, throttle: LoginThrottle(uptime: uptime), metrics: counters)
        let rules = TokenRules(issuer: options.sessions.issuer, audience: options.sessions.audience)
        authenticator = Authenticator(
            keys: keys, reader: TokenReader(rules: rules, now: now),
            external: external.map {
                ($0, TokenRules(issuer: options.externalIssuer, audience: options.sessions.audience))
            }, directory: directory, metrics: counters, limit: limit, isTokenless: options.isTokenless)
        access = AccessLayer(authenticator: authenticator, limit: limit, keys: keys, audit: audit)
        idempotency = IdempotencyLayer(store: store, now: now)
    }

    /// Puts the layers before all routes that are added from now on.
    public func addLayers(to routes: inout RouteTable) {
        routes.add { [access] route, inner in access.handler(route, inner) }
        routes.add { [idempotency] route, inner in idempotency.handler(route, inner) }
    }

    /// Tidies up at the start, and then once an hour, until the service stops.
    public func housekeeping(logger: Logger) -> any Service {
        AccessHousekeeping(store: store, access: access, logger: logger)
    }
}

/// Removes what is over: sessions, answers to repeated requests.
private struct AccessHousekeeping: Service {
    let store: any Store
    let access: AccessLayer
    let logger: Logger

    private static let kept = Timespan(nanoseconds: 86_400 * 1_000_000_000)

    func run() async throws {
        do {
            try await store.write { transaction in
                try transaction.answers.releaseUnfinished(before: transaction.now)
            }
        } catch {
            logger.warning("requests of before cannot be tidied up: \(error)")
        }
        await cancelWhenGracefulShutdown {
            var minute = 0
            while !Task.isCancelled {
                await access.refreshAuditKey()
                if minute % 60 == 0 { await tidy() }
                minute += 1
                do { try await Task.sleep(for: .seconds(60)) } catch { return }
            }
        }
    }

    private func tidy() async {
        do {
            try await store.write { transaction in
                try transaction.answers.removeExpired(at: transaction.now)
                // A day more, so that who comes with a token that is over is told of the right thing.
                try transaction.sessions.removeExpired(before: transaction.now - Self.kept)
            }
        } catch {
            logger.warning(
                "sessions and answers that are over cannot be removed: \(error)",
                metadata: ["event": "access_tidy_failed"])
        }
    }
}
