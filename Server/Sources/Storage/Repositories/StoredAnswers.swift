public import Units

/// What names a request that may be repeated: who asks, the route, and the key that the client chose.
public struct IdempotencyName: Hashable, Sendable {
    /// Who asks.
    public let principal: String
    /// Method and path as they were declared.
    public let route: String
    /// The client's key.
    public let key: String

    /// A name.
    public init(principal: String, route: String, key: String) {
        (self.principal, self.route, self.key) = (principal, route, key)
    }

    var arguments: [SQLValue] { [.text(principal), .text(route), .text(key)] }
}

/// A request with a key, and its answer as soon as there is one.
public struct StoredAnswer: Hashable, Sendable {
    /// SHA-256 of the request's path, query and body, hexadecimal.
    public var requestHash: String
    /// When the request came.
    public var createdAt: Instant
    /// When the key is free again.
    public var expiresAt: Instant
    /// The status of the answer; nil while the request is worked on.
    public var status: Int?
    /// Header fields of the answer, as a JSON object of texts.
    public var headers: String?
    /// The body of the answer.
    public var body: [UInt8]?

    /// A request that just came.
    public init(requestHash: String, createdAt: Instant, expiresAt: Instant) {
        (self.requestHash, self.createdAt, self.expiresAt) = (requestHash, createdAt, expiresAt)
    }
}

/// Answers to requests that may be repeated.
public struct AnswerRepository {
    let session: any SQLSession

    private static let place = "principal = ? AND route = ? AND key = ?"

    /// Takes a key for a request.
    ///
    /// - Returns: what holds the key already; nil when the request has it now.
    public func take(_ name: IdempotencyName, _ answer: StoredAnswer) throws -> StoredAnswer? {
        try session.execute(
            "DELETE FROM idempotency WHERE \(Self.place) AND expires_at <= ?",
            name.arguments + [.instant(answer.createdAt)])
        let isTaken =
            try session.execute(
                """
                INSERT INTO idempotency (principal, route, key, request_hash, created_at, expires_at) \
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (principal, route, key) DO NOTHING
                """,
                name.arguments + [
                    .text(answer.requestHash), .instant(answer.createdAt), .instant(answer.expiresAt),
                ]) == 1
        return isTaken ? nil : try find(name)
    }

    /// What holds a key; nil when nothing does.
    public func find(_ name: IdempotencyName) throws -> StoredAnswer? {
        try session.first(
            """
            SELECT request_hash, created_at, expires_at, status, headers, body FROM idempotency \
            WHERE \(Self.place) LIMIT 1
            """, name.arguments
        ) { row in
            var answer = StoredAnswer(
                requestHash: try row.text(0), createdAt: try row.instant(1), expiresAt: try row.instant(2))
            answer.status = try row.optionalInteger(3).map { Int($0) }
            answer.headers = try row.optionalText(4)
            answer.body = row[5] == .null ? nil : try row.blob(5)
            return answer
        }
    }

    /// Keeps the answer to the request that holds a key.
    public func keep(
        _ name: IdempotencyName, status: Int, headers: String, body: [UInt8], until expiry: Instant
    ) throws {
        try session.execute(
            "UPDATE idempotency SET status = ?, headers = ?, body = ?, expires_at = ? WHERE \(Self.place)",
            [.integer(Int64(status)), .text(headers), .blob(body), .instant(expiry)] + name.arguments)
    }

    /// Frees a key whose request has no answer that is kept.
    public func release(_ name: IdempotencyName) throws {
        try session.execute(
            "DELETE FROM idempotency WHERE \(Self.place) AND status IS NULL", name.arguments)
    }

    /// Frees the keys of requests that were being worked on when a service ended.
    ///
    /// - Returns: how many.
    @discardableResult
    public func releaseUnfinished(before time: Instant) throws -> Int {
        try session.execute(
            "DELETE FROM idempotency WHERE status IS NULL AND created_at < ?", [.instant(time)])
    }

    /// Removes what is over.
    ///
    /// - Returns: how many.
    @discardableResult
    public func removeExpired(at time: Instant) throws -> Int {
        try session.execute("DELETE FROM idempotency WHERE expires_at <= ?", [.instant(time)])
    }
}

extension StoreTransaction {
    /// Answers to requests that may be repeated.
    public var answers: AnswerRepository { AnswerRepository(session: session) }
}
