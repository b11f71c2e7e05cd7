internal import Crypto
public import Settings
public import Units

/// Signatures for Kraken's spot API: `nonce` joins the form, and `API-Sign` is the HMAC-SHA-512 in base64,
/// keyed by the decoded secret, of the path and the SHA-256 of nonce and form.
///
/// Source: Kraken API Center, "Spot REST Authentication", read November 2026. The nonce is the time in
/// nanoseconds, so that it grows from request to request; requests of one key must not be signed within the
/// same nanosecond.
public struct KrakenSigner: RequestSigner {
    /// Signatures for the spot API.
    public init() {}

    public var requiredSecrets: [String] { [VenueSecret.apiKey, VenueSecret.apiSecret] }

    public func sign(
        _ request: VenueRequest, with credential: Credential, at now: Instant
    ) throws(SecretError) -> SignedVenueRequest {
        let key = try credential.secret(VenueSecret.apiKey)
        let secret = try decoded(try credential.secret(VenueSecret.apiSecret), credential.owner)
        let nonce = String(now.nanoseconds)
        let form = QueryText.joined([.init("nonce", nonce)] + request.query)
        let signature = Base64.text(Self.code(path: request.path, nonce: nonce, form: form, secret: secret))
        return SignedVenueRequest(
            method: request.method, path: request.path, query: "",
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded"), ("API-Key", key.withText { $0 }),
                ("API-Sign", signature),
            ], body: Array(form.utf8))
    }

    /// The bytes of the signature.
    static func code(path: String, nonce: String, form: String, secret: Secret) -> [UInt8] {
        let digest = Array(SHA256.hash(data: Array((nonce + form).utf8)))
        return RequestSignature.code(SHA512.self, Array(path.utf8) + digest, secret)
    }

    private func decoded(_ secret: Secret, _ owner: String) throws(SecretError) -> Secret {
        guard let bytes = secret.withBytes({ Base64.bytes($0) }), !bytes.isEmpty else {
            throw SecretError(
                .malformed, secret: SecretReference(owner: owner, name: VenueSecret.apiSecret),
                message: "is not base64, as Kraken's private keys are",
                remedy: "store the private key exactly as Kraken showed it")
        }
        return Secret(bytes: bytes)
    }
}
