public import Settings
public import Units

/// Signatures for Bybit, API version 5: the HMAC-SHA-256 in hexadecimal of time, key, window, and the query
/// of a GET or the body of a POST.
///
/// Source: Bybit API Documentation V5, "Integration Guidance", section "Create A Request", read November
/// 2026.
public struct BybitSigner: RequestSigner {
    /// For how long after its time a request is good, in milliseconds.
    public let receiveWindowMilliseconds: Int

    /// Signatures with a window; 5000 ms is Bybit's own default.
    public init(receiveWindowMilliseconds: Int = 5000) {
        self.receiveWindowMilliseconds = max(1, receiveWindowMilliseconds)
    }

    public var requiredSecrets: [String] { [VenueSecret.apiKey, VenueSecret.apiSecret] }

    public func sign(
        _ request: VenueRequest, with credential: Credential, at now: Instant
    ) throws(SecretError) -> SignedVenueRequest {
        let key = try credential.secret(VenueSecret.apiKey).withText { $0 }
        let secret = try credential.secret(VenueSecret.apiSecret)
        let time = String(now.millisecondsSinceEpoch)
        let window = String(receiveWindowMilliseconds)
        let query = QueryText.joined(request.query)
        let payload = request.method == "GET" ? query : String(decoding: request.body, as: UTF8.self)
        let signature = RequestSignature.hexadecimalSHA256(of: time + key + window + payload, key: secret)
        let headers = [
            ("X-BAPI-API-KEY", key), ("X-BAPI-TIMESTAMP", time), ("X-BAPI-RECV-WINDOW", window),
            ("X-BAPI-SIGN", signature),
        ]
        return SignedVenueRequest(
            method: request.method, path: request.path, query: query,
            headers: request.contentHeaders + headers, body: request.body)
    }
}
