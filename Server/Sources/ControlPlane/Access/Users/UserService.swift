internal import Events
internal import Operations
public import Settings
public import Storage
internal import Units

/// Users: made, listed and changed by administrators, over the API or at the machine itself.
public struct UserService: Sendable {
    let store: any Store
    let hasher: PasswordHasher
    let audit: AuditTrail
    private let changed: @Sendable () -> Void

    /// - Parameter changed: called after every change.
    public init(
        store: any Store, hasher: PasswordHasher, audit: AuditTrail,
        changed: @escaping @Sendable () -> Void = {}
    ) {
        (self.store, self.hasher, self.audit, self.changed) = (store, hasher, audit, changed)
    }

    /// Adds a user.
    ///
    /// - Throws: ``APIError``: `validation.failed` for name or password, `resource.conflict` for a name that
    ///   is taken.
    public func add(name: String, role: RouteRole, password: Secret, by actor: AuditActor) async throws
        -> StoredUser
    {
        guard let name = UserRules.name(name) else { throw Self.wrongName }
        try Self.check(password, of: name)
        let hash = try await hasher.hash(password)
        let user = try await store.write { transaction in
            guard try transaction.users.find(name: name) == nil else {
                throw APIError(.conflict, "there is a user \(name) already")
            }
            let user = StoredUser(
                id: "user-" + RandomHexadecimal.text(bytes: 8), name: name, role: role.rawValue,
                password: hash, createdAt: transaction.now)
            try transaction.users.insert(user)
            try audit.record(
                AuditChange("user.created", of: "user", user.id, changes: Self.summary(user)), by: actor,
                in: transaction)
            return user
        }
        changed()
        return user
    }

    /// Users by name, and how many there are.
    public func list(offset: Int = 0, limit: Int) async throws -> (users: [StoredUser], total: Int) {
        try await store.read { transaction in
            (try transaction.users.list(offset: offset, limit: limit), try transaction.users.count())
        }
    }

    /// What is to change of a user; nil leaves it.
    public struct Change: Hashable, Sendable {
        /// The role.
        public var role: RouteRole?
        /// Whether the user may not log in.
        public var isDisabled: Bool?

        /// Nothing.
        public init(role: RouteRole? = nil, isDisabled: Bool? = nil) {
            (self.role, self.isDisabled) = (role, isDisabled)
        }
    }

    /// Names a user.
    public enum Selector: Hashable, Sendable {
        /// By id.
        case id(String)
        /// By name.
        case name(String)
    }

    /// Changes a user. All sessions of the user end.
    ///
    /// - Throws: ``APIError``: `resource.not_found`; `resource.conflict` when nobody would be left who may
    ///   administer.
    public func change(_ selector: Selector, _ change: Change, by actor: AuditActor) async throws
        -> StoredUser
    {
        let user = try await store.write { transaction in
            var user = try Self.find(selector, transaction)
            let before = user
            if let role = change.role { user.role = role.rawValue }
            if let isDisabled = change.isDisabled { user.isDisabled = isDisabled }
            guard user != before else { return user }
            let wasAdmin = before.role == RouteRole.admin.rawValue && !before.isDisabled
            let isAdmin = user.role == RouteRole.admin.rawValue && !user.isDisabled
            if wasAdmin, !isAdmin,
                try transaction.users.countActive(role: RouteRole.admin.rawValue) <= 1
            {
                throw APIError(
                    .conflict, "\(user.name) is the last administrator who may log in; add another first")
            }
            try revise(&user, reason: "user_changed", transaction)
            try audit.record(
                AuditChange(
                    "user.changed", of: "user", user.id,
                    changes: .object([
                        JSONMember("before", Self.summary(before)), JSONMember("after", Self.summary(user)),
                    ])), by: actor, in: transaction)
            return user
        }
        changed()
        return user
    }

    /// Sets a password. All sessions of the user end.
    ///
    /// - Parameter current: must be the password before; nil when an administrator sets it.
    /// - Throws: ``APIError``.
    public func setPassword(
        _ selector: Selector, to password: Secret, current: Secret? = nil, by actor: AuditActor
    ) async throws {
        let known = try await store.read { try Self.find(selector, $0) }
        if let current, try await !hasher.verify(current, against: known.password).isRight {
            throw APIError(.authenticationFailed, "the current password is wrong")
        }
        try Self.check(password, of: known.name)
        let hash = try await hasher.hash(password)
        try await store.write { transaction in
            var user = try Self.find(.id(known.id), transaction)
            // Who knew the password before must not set one after it was reset.
            guard current == nil || user.version == known.version else {
                throw APIError(.conflict, "the user was changed meanwhile")
            }
            (user.password, user.passwordSetAt) = (hash, transaction.now)
            try revise(&user, reason: "password_set", transaction)
            try audit.record(
                AuditChange("user.password_set", of: "user", user.id, changes: Self.summary(user)), by: actor,
                in: transaction)
        }
        changed()
    }

    /// Makes all tokens of a user void.
    private func revise(_ user: inout StoredUser, reason: String, _ transaction: StoreTransaction) throws {
        user.version += 1
        user.updatedAt = transaction.now
        try transaction.users.update(user)
        try transaction.sessions.endAll(userID: user.id, at: transaction.now, reason: reason)
    }

    private static func find(_ selector: Selector, _ transaction: StoreTransaction) throws -> StoredUser {
        let found =
            switch selector {
            case .id(let id): try transaction.users.find(id)
            case .name(let name): try UserRules.name(name).flatMap { try transaction.users.find(name: $0) }
            }
        guard let found else { throw APIError(.notFound, "there is no such user") }
        return found
    }

    private static func check(_ password: Secret, of name: String) throws(APIError) {
        guard let fault = UserRules.fault(in: password, of: name) else { return }
        throw APIError(
            .validationFailed, fault,
            details: .object([
                JSONMember(
                    "problems",
                    .list([
                        .object([
                            JSONMember("key", .string("password")), JSONMember("message", .string(fault)),
                        ])
                    ])
                )
            ]))
    }

    static let wrongName: APIError = {
        let message = "a name has 1 to 64 letters, digits and . - _ @, and begins with a letter or digit"
        return APIError(
            .validationFailed, message,
            details: .object([
                JSONMember(
                    "problems",
                    .list([
                        .object([JSONMember("key", .string("name")), JSONMember("message", .string(message))])
                    ]))
            ]))
    }()

    private static func summary(_ user: StoredUser) -> JSONText {
        .object([
            JSONMember("name", .string(user.name)), JSONMember("role", .string(user.role)),
            JSONMember("disabled", .flag(user.isDisabled)),
        ])
    }
}
