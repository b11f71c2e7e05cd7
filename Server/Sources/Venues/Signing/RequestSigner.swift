public import Settings
public import Units

/// How one venue wants its requests signed.
public protocol RequestSigner: Sendable {
    /// The names of the secrets that a signature needs, as in `api-key`.
    var requiredSecrets: [String] { get }

    /// The request with key, time and signature. Throws a ``Settings/SecretError`` when the credential lacks
    /// a secret or holds one that cannot be used.
    ///
    /// - Parameter now: the time that is signed; a venue refuses one too far from its own.
    func sign(
        _ request: VenueRequest, with credential: Credential, at now: Instant
    ) throws(SecretError) -> SignedVenueRequest
}

/// The names that the secrets of every venue have.
public enum VenueSecret {
    /// The public half, sent with each request.
    public static let apiKey = "api-key"
    /// The half that signs.
    public static let apiSecret = "api-secret"
    /// The phrase chosen when the key was made, where a venue has one.
    public static let passphrase = "passphrase"
}
