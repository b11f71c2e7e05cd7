public import Settings
public import Units

/// Signatures for Binance, spot and futures: `timestamp` and `recvWindow` join the query, and `signature` is
/// made of query and body.
///
/// The secret says how: a private key in PEM (PKCS #8, Ed25519) signs, and the signature is base64; any other
/// text is the key of HMAC-SHA-256, in hexadecimal.
///
/// Source: Binance Spot API Docs, "Request Security", sections "SIGNED Endpoint security", "SIGNED request
/// example (HMAC)" and "(Ed25519)", read November 2026. Names and values are percent-encoded before they are
/// signed, and so is the signature after it.
public struct BinanceSigner: RequestSigner {
    /// For how long after its time a request is good, in milliseconds; at most 60,000.
    public let receiveWindowMilliseconds: Int

    /// Signatures with a window; 5000 ms is what Binance takes when none is given.
    public init(receiveWindowMilliseconds: Int = 5000) {
        self.receiveWindowMilliseconds = min(max(1, receiveWindowMilliseconds), 60_000)
    }

    public var requiredSecrets: [String] { [VenueSecret.apiKey, VenueSecret.apiSecret] }

    public func sign(
        _ request: VenueRequest, with credential: Credential, at now: Instant
    ) throws(SecretError) -> SignedVenueRequest {
        let key = try credential.secret(VenueSecret.apiKey)
        let secret = try credential.secret(VenueSecret.apiSecret)
        let query = QueryText.joined(
            request.query + [
                .init("recvWindow", String(receiveWindowMilliseconds)),
                .init("timestamp", String(now.millisecondsSinceEpoch)),
            ])
        // Query and body are signed as one text, without an ampersand between them.
        let payload = query + String(decoding: request.body, as: UTF8.self)
        let signature =
            Ed25519Key.isPEM(secret)
            ? QueryText.encoded(try Ed25519Key(secret, owner: credential.owner).base64Signature(of: payload))
            : RequestSignature.hexadecimalSHA256(of: payload, key: secret)
        return SignedVenueRequest(
            method: request.method, path: request.path, query: "\(query)&signature=\(signature)",
            headers: request.contentHeaders + [("X-MBX-APIKEY", key.withText { $0 })], body: request.body)
    }
}

extension Instant {
    /// Milliseconds since 1970, rounded down, as venues want time.
    var millisecondsSinceEpoch: Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension VenueRequest {
    /// The header field that names the type of the body.
    var contentHeaders: [(name: String, value: String)] {
        contentType.map { [("Content-Type", $0)] } ?? []
    }
}
