internal import JWTKit
internal import Units

/// What a token must name, and when it is good.
struct TokenRules: Sendable {
    let issuer: String
    let audience: String
    /// How far the clocks of issuer and service may be apart, in seconds.
    static let leeway = 30.0
    /// Longest life of a token of another issuer, in seconds.
    static let maximumLife = 86_400.0

    /// Looks at the claims of a token whose signature is right.
    func check(_ claims: AccessClaims, at now: Instant) throws(TokenProblem) {
        guard let exp = claims.exp, let subject = claims.sub, !subject.isEmpty, let audience = claims.aud
        else { throw .missingClaim }
        guard claims.iss == issuer else { throw .wrongIssuer }
        guard audience.names.contains(self.audience) else { throw .wrongAudience }
        let seconds = Double(now.nanoseconds) / 1e9
        guard exp.isFinite, exp > seconds else { throw .expired }
        if let nbf = claims.nbf, !(nbf <= seconds + Self.leeway) { throw .notYetValid }
        if let iat = claims.iat, !(iat <= seconds + Self.leeway) { throw .notYetValid }
    }
}

/// Verifies tokens of this service.
struct TokenReader: Sendable {
    let rules: TokenRules
    let now: @Sendable () -> Instant

    /// The claims of a token that a key of the ring signed, and that is good now.
    func read(_ token: String, _ header: TokenHeader, ring: SigningRing) async throws(TokenProblem)
        -> AccessClaims
    {
        guard let key = ring[header.keyID] else { throw .unknownKey }
        guard header.algorithm == "EdDSA" else { throw .wrongAlgorithm }
        let claims = try await Self.verified(token, with: key.collection)
        try rules.check(claims, at: now())
        // This service writes all of them; a token that lacks one is of something else.
        guard claims.jti != nil, claims.iat != nil, claims.nbf != nil, claims.ver != nil, claims.sid != nil,
            claims.roles != nil, claims.scopes != nil
        else { throw .missingClaim }
        return claims
    }

    /// The claims of a token whose signature is right.
    static func verified(_ token: String, with key: JWTKeyCollection) async throws(TokenProblem)
        -> AccessClaims
    {
        do {
            return try await key.verify(token, as: AccessClaims.self)
        } catch let error as JWTError {
            throw error.errorType == .signatureVerificationFailed ? .wrongSignature : .malformed
        } catch {
            throw .wrongSignature
        }
    }
}

extension SigningRing {
    /// Signs a token with the newest key.
    func sign(_ claims: AccessClaims) async throws -> String {
        guard let key = keys.first else { throw APIError(.internalError, "there is no key to sign with") }
        return try await key.collection.sign(
            claims, kid: JWKIdentifier(string: key.id), header: ["typ": "at+jwt"])
    }
}
