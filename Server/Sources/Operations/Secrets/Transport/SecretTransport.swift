public import Settings

/// A question to a backend of secrets.
public struct SecretHTTPRequest: Sendable {
    /// `GET`, `POST` or `PUT`.
    public let method: String
    /// The whole address.
    public let url: String
    /// Header fields whose values may be shown.
    public let headers: [(name: String, value: String)]
    /// Header fields whose values may not be shown.
    public let secretHeaders: [(name: String, value: Secret)]
    /// The body, which may hold secrets and is never shown.
    public let body: Secret?

    /// A question with the method, address, header fields and body.
    public init(
        method: String, url: String, headers: [(name: String, value: String)] = [],
        secretHeaders: [(name: String, value: Secret)] = [], body: Secret? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.secretHeaders = secretHeaders
        self.body = body
    }
}

/// What a backend of secrets answered.
public struct SecretHTTPResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The body, which may hold secrets.
    public let body: Secret

    /// An answer.
    public init(status: Int, body: Secret) {
        self.status = status
        self.body = body
    }
}

/// The way to a backend of secrets over HTTP.
public protocol SecretTransport: Sendable {
    /// Sends the question and waits for the answer, whatever its status.
    ///
    /// Throws ``SecretError/Code/unavailable`` when none came in time, and ``SecretError/Code/malformed``
    /// when it was too large. `source` names the backend in the error.
    func send(_ request: SecretHTTPRequest, source: String) async throws(SecretError) -> SecretHTTPResponse
}
