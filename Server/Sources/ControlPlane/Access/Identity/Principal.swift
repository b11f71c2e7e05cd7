/// What somebody may do. Roles hold permissions; a token may hold fewer than its owner's role.
public enum Permission: String, Hashable, Comparable, Sendable, CaseIterable {
    /// To see what is no secret.
    case read
    /// To start and stop runs, and to trade.
    case trade
    /// To change users, settings and keys.
    case administer

    public static func < (a: Permission, b: Permission) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .read: 0
        case .trade: 1
        case .administer: 2
        }
    }
}

extension RouteRole {
    /// The permission that this role has and the one below it has not: what a route for this role needs.
    public var permission: Permission {
        switch self {
        case .viewer: .read
        case .trader: .trade
        case .admin: .administer
        }
    }

    /// Everything that this role may do.
    public var permissions: Set<Permission> {
        Set(RouteRole.allCases.filter { $0 <= self }.map(\.permission))
    }
}

/// Who asks. Handlers find it in ``APIContext/principal``.
public struct Principal: Hashable, Sendable {
    /// How it is known who asks.
    public enum Kind: String, Hashable, Sendable {
        /// It is not known.
        case anonymous
        /// A person at this machine, where no token is needed.
        case local
        /// A program with the static token.
        case token
        /// A user of this service.
        case user
        /// A user of another issuer of tokens.
        case external
    }

    /// How it is known who asks.
    public let kind: Kind
    /// Who it is, in audits and as the owner of what is made: `local`, `token`, the id of a user, or
    /// `external:` with the issuer's subject.
    public let id: String
    /// A name for people.
    public let name: String
    /// The highest role; nil for nobody in particular.
    public let role: RouteRole?
    /// What may be done: what the role allows, as far as the token does.
    public let permissions: Set<Permission>
    /// The session that a token of a user belongs to.
    public let sessionID: String?

    /// Somebody.
    ///
    /// - Parameters:
    ///   - scopes: what a token is limited to; nil when it is not limited.
    ///   - sessionID: the session that a token of a user belongs to.
    public init(
        kind: Kind, id: String, name: String, role: RouteRole?, scopes: Set<Permission>? = nil,
        sessionID: String? = nil
    ) {
        (self.kind, self.id, self.name, self.role) = (kind, id, name, role)
        self.sessionID = sessionID
        let granted = role?.permissions ?? []
        permissions = scopes.map { granted.intersection($0) } ?? granted
    }

    /// Nobody in particular, who may use what is open to everybody.
    public static let anonymous = Principal(kind: .anonymous, id: "anonymous", name: "anonymous", role: nil)
    /// The person at this machine, where no token is needed: an administrator.
    public static let local = Principal(kind: .local, id: "local", name: "local", role: .admin)
    /// A program with the static token: an administrator, as whoever holds the token set it.
    public static let token = Principal(kind: .token, id: "token", name: "static token", role: .admin)

    /// Whether a route with this access may be used.
    public func may(_ access: RouteAccess) -> Bool {
        switch access {
        case .open: true
        case .role(let role): permissions.contains(role.permission)
        }
    }
}
