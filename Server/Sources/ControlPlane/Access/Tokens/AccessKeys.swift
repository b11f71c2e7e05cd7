internal import Crypto
public import Operations
public import Settings
public import Storage
internal import Synchronization
internal import Units

/// The secrets of access, as they are at the moment of each request: the static token, the ring of signing
/// keys, the key of the audit. They follow their sources while the service runs.
public final class AccessKeys: Sendable {
    private let api: (any CredentialProvider)?
    private let auth: (any CredentialProvider)?
    private let ring = Mutex<(edition: Int, ring: SigningRing)?>(nil)

    /// - Parameters:
    ///   - api: with the secret `token`; nil where there is none.
    ///   - auth: with the secrets `signing-keys` and `audit-key`; nil where there are none: a signing key is
    ///     then made, which is gone with the process.
    public init(api: (any CredentialProvider)?, auth: (any CredentialProvider)?) {
        (self.api, self.auth) = (api, auth)
    }

    /// Whether there is a static token.
    var hasToken: Bool { api != nil }

    /// The static tokens: one, or while it is being replaced the old and the new one, with a comma between.
    /// A part that is too short for a token lets nobody in.
    func tokens() async throws(SecretError) -> [Secret] {
        guard let api else { return [] }
        return try await api.current().credential.secret("token").withText { text in
            text.split(separator: ",").map { Secret(String($0.filter { !$0.isWhitespace })) }
        }.filter { $0.byteCount >= AccessKeys.shortestToken }
    }

    private static let shortestToken = 16

    /// The ring of signing keys.
    func signingRing() async throws -> SigningRing {
        var edition = 0
        var secret: Secret?
        if let auth {
            let active = try await auth.current()
            edition = active.edition
            secret = active.credential.entries["signing-keys"]?.secret
        }
        if let known = ring.withLock({ $0 }), known.edition == edition { return known.ring }
        let made: SigningRing =
            if let secret { try await SigningRing(secret) } else { try await SigningRing.ephemeral() }
        return ring.withLock { state in
            // Who comes second takes what the first one made: a key that is made must be made once.
            if let known = state, known.edition == edition { return known.ring }
            state = (edition, made)
            return made
        }
    }

    /// What signs the audit; nil where there is no key.
    func auditSignature() async throws(SecretError) -> AuditSignature? {
        guard let auth, let entry = try await auth.current().credential.entries["audit-key"] else {
            return nil
        }
        return AuditSignature(key: entry.secret)
    }
}

extension AuditSignature {
    /// Signs with HMAC-SHA256.
    public init(key: Secret) {
        let key = key.withBytes { SymmetricKey(data: Array($0)) }
        let name = HMAC<SHA256>.authenticationCode(
            for: Array("tradewind audit key".utf8), using: key)
        let digits = name.prefix(4).map { String(Int($0) + 256, radix: 16).dropFirst() }
        self.init(keyID: digits.joined()) { hash in
            Array(HMAC<SHA256>.authenticationCode(for: hash.bytes, using: key))
        }
    }
}
