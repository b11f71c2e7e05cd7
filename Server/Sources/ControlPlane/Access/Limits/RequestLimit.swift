internal import Events
internal import HTTPTypes
internal import Operations

/// How many requests a client may make: an allowance for each principal, and one for each address that
/// fails to say who it is.
struct RequestLimit: Sendable {
    private let buckets: TokenBuckets<String>
    private let failures: TokenBuckets<String>
    private let perMinute: Int

    /// - Parameter perMinute: requests of one client within a minute, which it may also make at once.
    init(perMinute: Int, uptime: @escaping @Sendable () -> Duration) {
        self.perMinute = perMinute
        buckets = TokenBuckets(
            capacity: Double(perMinute), perSecond: Double(perMinute) / 60, uptime: uptime)
        let failing = min(60, Double(perMinute))
        failures = TokenBuckets(capacity: failing, perSecond: failing / 60, uptime: uptime)
    }

    /// Counts a request of a principal.
    ///
    /// - Throws: ``APIError`` with code `throttling.rate_limit_exceeded`.
    func count(_ principal: Principal, _ context: APIContext) throws(APIError) {
        let key = principal.kind == .anonymous ? "address:" + context.clientAddress.network : principal.id
        let verdict = buckets.take(key)
        context.notes.set(Self.limit, String(perMinute))
        context.notes.set(Self.remaining, String(verdict.remaining))
        context.notes.set(Self.reset, String(verdict.reset.secondsRoundedUp))
        if !verdict.isAllowed {
            throw .tooMany("this client may make \(perMinute) requests a minute", wait: verdict.wait)
        }
    }

    /// Counts a request that failed to say who asks. Right tokens are never held up by it.
    func countFailure(_ context: APIContext) throws(APIError) {
        let verdict = failures.take(context.clientAddress.network)
        if !verdict.isAllowed {
            throw .tooMany("too many requests of this address failed to say who asks", wait: verdict.wait)
        }
    }

    private static let limit = HTTPField.Name(parsing: "RateLimit-Limit")
    private static let remaining = HTTPField.Name(parsing: "RateLimit-Remaining")
    private static let reset = HTTPField.Name(parsing: "RateLimit-Reset")
}

extension HTTPField.Name {
    /// A name that is known to be legal.
    init(parsing text: String) {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a header's name") }
        self = name
    }
}

extension APIError {
    /// Too many requests, and when the next is allowed.
    static func tooMany(_ message: String, wait: Duration) -> APIError {
        let seconds = max(1, wait.secondsRoundedUp)
        return APIError(
            .rateLimitExceeded, "\(message); repeat in \(seconds) s",
            details: .object([JSONMember("retry_after_seconds", .integer(Int(seconds)))]),
            headers: [.retryAfter: String(seconds)])
    }
}
