public import Units

/// A session of a user: all refresh tokens that follow from one login.
public struct StoredSession: Hashable, Sendable {
    /// Names the session for ever.
    public var id: String
    /// Whose it is.
    public var userID: String
    /// The version of the user at the login; another version makes the session void.
    public var userVersion: Int
    /// What its tokens are limited to, with blanks between.
    public var scopes: String
    /// The login.
    public var createdAt: Instant
    /// When its last refresh token is no longer good.
    public var expiresAt: Instant
    /// When it was ended before.
    public var endedAt: Instant?
    /// Why it was ended, as `logout`.
    public var endReason: String?

    /// A session that just began.
    public init(
        id: String, userID: String, userVersion: Int, scopes: String, createdAt: Instant, expiresAt: Instant
    ) {
        (self.id, self.userID, self.userVersion, self.scopes) = (id, userID, userVersion, scopes)
        (self.createdAt, self.expiresAt) = (createdAt, expiresAt)
    }
}

/// A refresh token as it is stored: its hash, never itself.
public struct StoredRefreshToken: Hashable, Sendable {
    /// SHA-256 of the token, hexadecimal.
    public var hash: String
    /// The session that it goes on with.
    public var sessionID: String
    /// When it was handed out.
    public var issuedAt: Instant
    /// When it was exchanged for the next one; it must never come again.
    public var usedAt: Instant?

    /// A token that was just made.
    public init(hash: String, sessionID: String, issuedAt: Instant) {
        (self.hash, self.sessionID, self.issuedAt) = (hash, sessionID, issuedAt)
    }
}

/// Sessions and their refresh tokens.
public struct SessionRepository {
    let session: any SQLSession

    /// Adds a session.
    public func insert(_ value: StoredSession) throws {
        try session.execute(
            """
            INSERT INTO sessions (id, user_id, user_version, scopes, created_at, expires_at, ended_at, \
            end_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(value.id), .text(value.userID), .integer(Int64(value.userVersion)),
                .text(value.scopes), .instant(value.createdAt), .instant(value.expiresAt),
                .optional(value.endedAt), .optional(value.endReason),
            ])
    }

    /// The session of an id; nil when there is none.
    public func find(_ id: String) throws -> StoredSession? {
        try session.first(
            """
            SELECT id, user_id, user_version, scopes, created_at, expires_at, ended_at, end_reason \
            FROM sessions WHERE id = ? LIMIT 1
            """, [.text(id)]
        ) { row in
            var value = StoredSession(
                id: try row.text(0), userID: try row.text(1), userVersion: Int(try row.integer(2)),
                scopes: try row.text(3), createdAt: try row.instant(4), expiresAt: try row.instant(5))
            value.endedAt = try row.optionalInstant(6)
            value.endReason = try row.optionalText(7)
            return value
        }
    }

    /// Lets a session go on for longer.
    public func extend(_ id: String, until expiry: Instant) throws {
        try session.execute(
            "UPDATE sessions SET expires_at = ? WHERE id = ?", [.instant(expiry), .text(id)])
    }

    /// Ends a session.
    ///
    /// - Returns: whether it had not ended before.
    @discardableResult
    public func end(_ id: String, at time: Instant, reason: String) throws -> Bool {
        try session.execute(
            "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL",
            [.instant(time), .text(reason), .text(id)]) == 1
    }

    /// Ends all sessions of a user.
    ///
    /// - Returns: how many had not ended before.
    @discardableResult
    public func endAll(userID: String, at time: Instant, reason: String) throws -> Int {
        try session.execute(
            "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE user_id = ? AND ended_at IS NULL",
            [.instant(time), .text(reason), .text(userID)])
    }

    /// Adds a refresh token.
    public func insert(_ token: StoredRefreshToken) throws {
        try session.execute(
            "INSERT INTO refresh_tokens (hash, session_id, issued_at, used_at) VALUES (?, ?, ?, ?)",
            [
                .text(token.hash), .text(token.sessionID), .instant(token.issuedAt),
                .optional(token.usedAt),
            ])
    }

    /// The refresh token of a hash; nil when there is none.
    public func findToken(hash: String) throws -> StoredRefreshToken? {
        try session.first(
            "SELECT hash, session_id, issued_at, used_at FROM refresh_tokens WHERE hash = ? LIMIT 1",
            [.text(hash)]
        ) { row in
            var token = StoredRefreshToken(
                hash: try row.text(0), sessionID: try row.text(1), issuedAt: try row.instant(2))
            token.usedAt = try row.optionalInstant(3)
            return token
        }
    }

    /// Uses a refresh token up.
    ///
    /// - Returns: whether it had not been used before.
    public func use(hash: String, at time: Instant) throws -> Bool {
        try session.execute(
            "UPDATE refresh_tokens SET used_at = ? WHERE hash = ? AND used_at IS NULL",
            [.instant(time), .text(hash)]) == 1
    }

    /// Removes sessions, with their tokens, that were over before a moment.
    ///
    /// - Returns: how many sessions.
    @discardableResult
    public func removeExpired(before time: Instant) throws -> Int {
        try session.execute(
            """
            DELETE FROM refresh_tokens WHERE session_id IN \
            (SELECT id FROM sessions WHERE expires_at < ?)
            """, [.instant(time)])
        return try session.execute("DELETE FROM sessions WHERE expires_at < ?", [.instant(time)])
    }
}

extension StoreTransaction {
    /// Sessions of users, and their refresh tokens.
    public var sessions: SessionRepository { SessionRepository(session: session) }
}
