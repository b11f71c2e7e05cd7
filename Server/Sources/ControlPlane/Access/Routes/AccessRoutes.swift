internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import Settings
internal import Storage
internal import Units

/// Logging in and out, users, the audit, and the keys that verify tokens.
public enum AccessRoutes {
    /// Adds them.
    public static func add(_ service: AccessService, to routes: inout RouteTable) {
        addSessions(service, to: &routes)
        UserRoutes.add(service, to: &routes)
        AuditRoutes.add(service, to: &routes)
        routes.on(.get, "/.well-known/jwks.json", description: AccessDescriptions.keySet) { _, _ in
            var response = Response.json(try await service.keys.signingRing().published)
            response.headers[.cacheControl] = "public, max-age=300"
            return response
        }
    }

    /// Logins wait for their turn, and hashes are dear on purpose.
    static let hashing = RouteTimeLimit.after(.seconds(30))

    private static func addSessions(_ service: AccessService, to routes: inout RouteTable) {
        let sessions = service.sessions
        routes.on(
            .post, "/api/v1/auth/login", description: AccessDescriptions.login,
            timeLimit: AccessRoutes.hashing
        ) { request, context in
            var fields = try FieldReader(body: try await request.jsonBody(context))
            let name = fields.text("username", isRequired: true) ?? ""
            let password = fields.secret("password")
            let hasScopes = fields.isGiven("scopes")
            let names = fields.list("scopes", allowed: Permission.allCases.map(\.rawValue))
            try fields.finish()
            let scopes = Set(names.compactMap { Permission(rawValue: $0) })
            return try await failing {
                answer(
                    try await sessions.login(
                        name: name, password: password, scopes: hasScopes ? scopes : nil, context))
            }
        }
        routes.on(.post, "/api/v1/auth/refresh", description: AccessDescriptions.refresh) {
            request, context in
            var fields = try FieldReader(body: try await request.jsonBody(context))
            let token = fields.secret("refresh_token")
            try fields.finish()
            return try await failing { answer(try await sessions.refresh(token, context)) }
        }
        routes.on(.post, "/api/v1/auth/logout", description: AccessDescriptions.logout) { request, context in
            var fields = try FieldReader(body: try await request.jsonBody(context, mayBeEmpty: true))
            let token = fields.isGiven("refresh_token") ? fields.secret("refresh_token") : nil
            try fields.finish()
            var context = context
            context.principal = await service.authenticator.guess(request, context)
            let known = context
            return try await failing {
                try await sessions.logout(
                    refreshToken: token, sessionID: known.principal.sessionID, known)
                return Response(status: .noContent)
            }
        }
        routes.on(.get, "/api/v1/auth/me", description: AccessDescriptions.whoAmI) { _, context in
            .json(context.principal.json)
        }
    }

    private static func answer(_ tokens: SessionTokens) -> Response {
        let lifetime = tokens.accessExpiry.since(tokens.issuedAt).nanoseconds / 1_000_000_000
        return .json(
            .object([
                JSONMember("access_token", .string(tokens.accessToken)),
                JSONMember("token_type", .string("Bearer")),
                JSONMember("expires_in", .integer(Int(lifetime))),
                JSONMember("expires_at", .time(tokens.accessExpiry)),
                JSONMember("refresh_token", .string(tokens.refreshToken)),
                JSONMember("refresh_expires_at", .time(tokens.refreshExpiry)),
                JSONMember("scopes", .list(tokens.scopes.sorted().map { .string($0.rawValue) })),
                JSONMember("user", tokens.user.json),
            ]))
    }

    /// What storage fails at as clients see it.
    static func failing<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as StorageError { throw APIError(error) }
    }
}

extension FieldReader {
    /// A text that is never shown. What is missing or no text is noted.
    mutating func secret(_ name: String) -> Secret {
        guard let value = value(name, isRequired: true) else { return Secret("") }
        guard let text = value.text, (1...1_024).contains(text.utf8.count) else {
            refuse(name, "must be a text of 1 to 1024 bytes")
            return Secret("")
        }
        return Secret(text)
    }

    /// Whether something stands under a name.
    mutating func isGiven(_ name: String) -> Bool { value(name) != nil }
}

extension Principal {
    var json: JSONText {
        .object([
            JSONMember("id", .string(id)), JSONMember("kind", .string(kind.rawValue)),
            JSONMember("name", .string(name)), JSONMember("role", .optional(role?.rawValue)),
            JSONMember("permissions", .list(permissions.sorted().map { .string($0.rawValue) })),
        ])
    }
}

extension StoredUser {
    var json: JSONText {
        .object([
            JSONMember("id", .string(id)), JSONMember("name", .string(name)),
            JSONMember("role", .string(role)), JSONMember("disabled", .flag(isDisabled)),
            JSONMember("created_at", .time(createdAt)), JSONMember("updated_at", .time(updatedAt)),
            JSONMember("password_set_at", .time(passwordSetAt)),
            JSONMember("last_login_at", .time(lastLoginAt)),
        ])
    }
}
