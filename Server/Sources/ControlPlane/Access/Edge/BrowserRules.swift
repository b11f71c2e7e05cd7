internal import HTTPTypes

/// What answers tell browsers, so that a page that is shown, or a text that is guessed to be one, can do no
/// harm.
enum BrowserRules {
    /// For what is no page: nothing may be loaded, run, framed or sent.
    static let policyOfData =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
    /// For pages: scripts, styles and connections of this server alone, nothing inline, no frames.
    static let policyOfPages =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        + "frame-ancestors 'none'"

    /// Headers that pages of other origins may send.
    static let permittedHeaders =
        "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-API-Key, X-Correlation-ID, "
        + "X-Request-ID, traceparent"
    /// Headers that pages of other origins may read.
    static let exposedHeaders =
        "Idempotency-Replayed, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
        + "Retry-After, X-Correlation-ID, X-Request-ID, traceparent"

    static let forwardedFor = name("X-Forwarded-For")
    static let forwardedProtocol = name("X-Forwarded-Proto")
    static let fetchSite = name("Sec-Fetch-Site")

    private static let always: [(HTTPField.Name, String)] = [
        (name("Referrer-Policy"), "no-referrer"), (name("X-Frame-Options"), "DENY"),
        (name("Cross-Origin-Opener-Policy"), "same-origin"),
        (name("Cross-Origin-Resource-Policy"), "same-origin"),
        (name("Permissions-Policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]

    /// Writes them where the handler has said nothing of its own.
    static func write(to headers: inout HTTPFields) {
        if headers[.contentSecurityPolicy] == nil {
            let isPage = headers[.contentType]?.hasPrefix("text/html") ?? false
            headers[.contentSecurityPolicy] = isPage ? policyOfPages : policyOfData
        }
        headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in always where headers[name] == nil { headers[name] = value }
    }

    /// Adds to what caches must tell apart.
    static func vary(_ headers: inout HTTPFields, _ name: String) {
        headers[.vary] = headers[.vary].map { "\($0), \(name)" } ?? name
    }

    private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(parsing: text) }
}
