internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Settings
internal import Storage
internal import Units

/// Finds out who asks: the static token, a token of this service, or one of another issuer, in this order.
struct Authenticator: Sendable {
    let keys: AccessKeys
    let reader: TokenReader
    let external: (keys: ExternalKeySet, rules: TokenRules)?
    let directory: UserDirectory
    let metrics: AccessMetrics
    let limit: RequestLimit
    /// Whether who brings no token is the person at this machine.
    let isTokenless: Bool

    /// Who asks.
    ///
    /// - Throws: ``APIError``: `authentication.required` without a token, `authentication.failed` for a wrong
    ///   one.
    func principal(of request: Request, _ context: APIContext) async throws -> Principal {
        guard let token = try Self.token(in: request.headers) else {
            if isTokenless { return .local }
            try limit.countFailure(context)
            throw APIError(
                .authenticationRequired, "this needs a token",
                headers: [.wwwAuthenticate: "Bearer realm=\"tradewind\""])
        }
        do throws(TokenProblem) {
            return try await principal(token)
        } catch {
            metrics.refused(error)
            context.logger.info(
                "a token was refused: \(error.rawValue)",
                metadata: [
                    "event": "token_refused", "reason": .string(error.rawValue),
                    "address": .string(context.clientAddress.description),
                ])
            try limit.countFailure(context)
            throw APIError(
                .authenticationFailed,
                error == .expired ? "the token has expired" : "the token is not good here",
                headers: [.wwwAuthenticate: "Bearer realm=\"tradewind\", error=\"invalid_token\""])
        }
    }

    /// Who asks, or anonymous for whoever does not say so rightly: for what is open to everybody.
    func guess(_ request: Request, _ context: APIContext) async -> Principal {
        do {
            guard let token = try Self.token(in: request.headers) else { return .anonymous }
            return try await principal(token)
        } catch {
            return .anonymous
        }
    }

    // MARK: Tokens

    private static let apiKey = HTTPField.Name(parsing: "X-API-Key")

    /// The token of a request; nil when it brings none.
    ///
    /// - Throws: ``APIError`` for several of them: nobody can tell which is meant.
    static func token(in headers: HTTPFields) throws(APIError) -> Secret? {
        let values = headers[values: .authorization]
        let keys = headers[values: apiKey]
        guard values.count + keys.count <= 1 else {
            throw APIError(.requestMalformed, "bring one token: Authorization or X-API-Key, once")
        }
        if let key = keys.first { return Secret(key) }
        guard let value = values.first else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw APIError(
                .authenticationRequired, "Authorization must be Bearer TOKEN",
                headers: [.wwwAuthenticate: "Bearer realm=\"tradewind\""])
        }
        return Secret(String(parts[1].drop { $0 == " " }))
    }

    private func principal(_ token: Secret) async throws(TokenProblem) -> Principal {
        let known: [Secret]
        do throws(SecretError) { known = try await keys.tokens() } catch { known = [] }
        // All of them are looked at, so that the time tells nothing.
        if known.reduce(false, { $1.matches(token) || $0 }) { return .token }
        let text = token.withText { $0 }
        guard TokenHeader.hasForm(text) else { throw .wrongToken }
        let header = try TokenHeader(of: text)
        let ring: SigningRing
        do { ring = try await keys.signingRing() } catch { throw .unknownKey }
        if ring[header.keyID] != nil || external == nil {
            return try await user(try await reader.read(text, header, ring: ring))
        }
        return try await externalUser(text, header)
    }

    private func user(_ claims: AccessClaims) async throws(TokenProblem) -> Principal {
        guard let id = claims.sub, let session = claims.sid else { throw .missingClaim }
        let entry: UserDirectory.Entry
        do { entry = try await directory.find(userID: id, sessionID: session) } catch { throw .revoked }
        guard let user = entry.user, entry.isSessionOpen, !user.isDisabled, user.version == claims.ver,
            let role = RouteRole(rawValue: user.role), claims.roles?.contains(user.role) ?? false
        else { throw .revoked }
        return Principal(
            kind: .user, id: user.id, name: user.name, role: role,
            scopes: Set((claims.scopes ?? []).compactMap { Permission(rawValue: $0) }), sessionID: session)
    }

    private func externalUser(_ text: String, _ header: TokenHeader) async throws(TokenProblem) -> Principal {
        guard let external, let key = await external.keys.key(header.keyID) else { throw .unknownKey }
        guard key.algorithm == header.algorithm else { throw .wrongAlgorithm }
        let claims = try await TokenReader.verified(text, with: key.collection)
        try external.rules.check(claims, at: reader.now())
        guard let subject = claims.sub, subject.utf8.count <= 256, let expiry = claims.exp else {
            throw .missingClaim
        }
        // One that is good for longer could not be taken back.
        let seconds = Double(reader.now().nanoseconds) / 1e9
        guard expiry - seconds <= TokenRules.maximumLife else { throw .missingClaim }
        let role = (claims.roles ?? []).compactMap { RouteRole(rawValue: $0) }.max()
        let scopes = claims.scopes ?? claims.scope.map { $0.split(separator: " ").map(String.init) }
        return Principal(
            kind: .external, id: "external:" + APIContext.printable(subject),
            name: APIContext.printable(claims.name ?? subject), role: role,
            scopes: scopes.map { Set($0.compactMap { Permission(rawValue: $0) }) })
    }
}
