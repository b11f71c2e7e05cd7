public import Settings
public import Units

/// Signatures for OKX, API version 5: the HMAC-SHA-256 in base64 of time, method, path with query, and body;
/// the phrase of the key goes along.
///
/// Source: OKX API guide, "REST Authentication", sections "Making Requests" and "Signature", read November
/// 2026.
public struct OKXSigner: RequestSigner {
    /// Whether the account is one of demo trading, which OKX tells by a header field on the same host.
    public let isDemo: Bool

    /// Signatures for a real or a demo account.
    public init(isDemo: Bool = false) {
        self.isDemo = isDemo
    }

    public var requiredSecrets: [String] {
        [VenueSecret.apiKey, VenueSecret.apiSecret, VenueSecret.passphrase]
    }

    public func sign(
        _ request: VenueRequest, with credential: Credential, at now: Instant
    ) throws(SecretError) -> SignedVenueRequest {
        let key = try credential.secret(VenueSecret.apiKey)
        let secret = try credential.secret(VenueSecret.apiSecret)
        let phrase = try credential.secret(VenueSecret.passphrase)
        let time = Self.time(now)
        let query = QueryText.joined(request.query)
        let target = query.isEmpty ? request.path : "\(request.path)?\(query)"
        let signature = RequestSignature.base64SHA256(
            of: time + request.method + target + String(decoding: request.body, as: UTF8.self), key: secret)
        var headers = [
            ("OK-ACCESS-KEY", key.withText { $0 }), ("OK-ACCESS-SIGN", signature),
            ("OK-ACCESS-TIMESTAMP", time), ("OK-ACCESS-PASSPHRASE", phrase.withText { $0 }),
        ]
        if isDemo { headers.append(("x-simulated-trading", "1")) }
        return SignedVenueRequest(
            method: request.method, path: request.path, query: query,
            headers: request.contentHeaders + headers, body: request.body)
    }

    /// As in `2020-12-08T09:08:57.715Z`: always three decimals, rounded down.
    static func time(_ now: Instant) -> String {
        let milliseconds = now.millisecondsSinceEpoch
        let whole = Instant(nanoseconds: now.nanoseconds - (now.nanoseconds % 1_000_000_000))
        let fraction = String(1000 + ((milliseconds % 1000) + 1000) % 1000).dropFirst()
        return "\(whole.description.prefix(19)).\(fraction)Z"
    }
}
