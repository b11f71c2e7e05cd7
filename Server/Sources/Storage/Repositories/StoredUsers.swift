public import Units

/// A user as it is stored.
public struct StoredUser: Hashable, Sendable {
    /// Names the user for ever.
    public var id: String
    /// What the user logs in with: lower case, and there once.
    public var name: String
    /// `viewer`, `trader` or `admin`.
    public var role: String
    /// The password as a hash with its salt and parameters; never the password.
    public var password: String
    /// Counts what makes tokens void: a change of role or password, a disabling. Tokens name it.
    public var version = 1
    /// Whether the user may not log in.
    public var isDisabled = false
    /// When the user was created.
    public var createdAt: Instant
    /// When anything but the last login changed.
    public var updatedAt: Instant
    /// When the password was set.
    public var passwordSetAt: Instant
    /// The last login that succeeded.
    public var lastLoginAt: Instant?

    /// A user who was just created.
    public init(id: String, name: String, role: String, password: String, createdAt: Instant) {
        (self.id, self.name, self.role, self.password) = (id, name, role, password)
        (self.createdAt, updatedAt, passwordSetAt) = (createdAt, createdAt, createdAt)
    }
}

/// Users.
public struct UserRepository {
    let session: any SQLSession

    private static let columns = """
        id, name, role, password, version, is_disabled, created_at, updated_at, password_set_at, last_login_at
        """

    /// Adds a user.
    ///
    /// - Throws: ``StorageError`` with code `constraint` when the name is taken.
    public func insert(_ user: StoredUser) throws {
        try session.execute(
            "INSERT INTO users (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(user.id), .text(user.name), .text(user.role), .text(user.password),
                .integer(Int64(user.version)), .flag(user.isDisabled), .instant(user.createdAt),
                .instant(user.updatedAt), .instant(user.passwordSetAt), .optional(user.lastLoginAt),
            ])
    }

    /// Writes what may change of a user.
    public func update(_ user: StoredUser) throws {
        try session.execute(
            """
            UPDATE users SET role = ?, password = ?, version = ?, is_disabled = ?, updated_at = ?, \
            password_set_at = ?, last_login_at = ? WHERE id = ?
            """,
            [
                .text(user.role), .text(user.password), .integer(Int64(user.version)),
                .flag(user.isDisabled), .instant(user.updatedAt), .instant(user.passwordSetAt),
                .optional(user.lastLoginAt), .text(user.id),
            ])
    }

    /// The user of an id; nil when there is none.
    public func find(_ id: String) throws -> StoredUser? {
        try session.first(
            "SELECT \(Self.columns) FROM users WHERE id = ? LIMIT 1", [.text(id)], Self.read)
    }

    /// The user of a name; nil when there is none.
    public func find(name: String) throws -> StoredUser? {
        try session.first(
            "SELECT \(Self.columns) FROM users WHERE name = ? LIMIT 1", [.text(name)], Self.read)
    }

    /// Users by name.
    public func list(offset: Int = 0, limit: Int) throws -> [StoredUser] {
        try session.all(
            "SELECT \(Self.columns) FROM users ORDER BY name LIMIT ? OFFSET ?",
            [.integer(Int64(limit)), .integer(Int64(offset))], Self.read)
    }

    /// How many users there are.
    public func count() throws -> Int {
        Int(try session.integer("SELECT count(*) FROM users") ?? 0)
    }

    /// How many users of a role may log in.
    public func countActive(role: String) throws -> Int {
        Int(
            try session.integer(
                "SELECT count(*) FROM users WHERE role = ? AND is_disabled = 0", [.text(role)]) ?? 0)
    }

    private static func read(_ row: SQLRow) throws -> StoredUser {
        var user = StoredUser(
            id: try row.text(0), name: try row.text(1), role: try row.text(2), password: try row.text(3),
            createdAt: try row.instant(6))
        user.version = Int(try row.integer(4))
        user.isDisabled = try row.flag(5)
        user.updatedAt = try row.instant(7)
        user.passwordSetAt = try row.instant(8)
        user.lastLoginAt = try row.optionalInstant(9)
        return user
    }
}

extension StoreTransaction {
    /// Users.
    public var users: UserRepository { UserRepository(session: session) }
}
