internal import ArgumentParser
internal import ControlPlane
internal import Events
internal import Operations
internal import Settings
internal import Storage
internal import TradewindCommands
internal import Units

/// What the commands of users have in common: the store, the audit, and who acts.
struct UsersDesk {
    let users: UserService
    let actor: AuditActor
    private let output: CommandOutput

    /// Opens the store, hands the desk over, and closes it.
    ///
    /// - Throws: `CommandFailure`.
    static func with(
        _ options: SettingsOptions, _ context: ServerContext, _ body: (UsersDesk) async throws -> Void
    ) async throws {
        try await AuditedStore.with(options, context) { audited in
            let users = UserService(store: audited.store, hasher: PasswordHasher(), audit: audited.audit)
            do {
                try await body(UsersDesk(users: users, actor: audited.actor, output: context.output))
            } catch let error as APIError {
                throw CommandFailure(error)
            }
        }
    }

    /// Changes a user and says what came of it.
    static func change(
        _ name: String, _ change: UserService.Change, _ what: String, asJSON: Bool,
        _ options: SettingsOptions, _ context: ServerContext
    ) async throws {
        try await with(options, context) { desk in
            let user = try await desk.users.change(.name(name), change, by: desk.actor)
            try desk.tell(user, what, asJSON: asJSON)
        }
    }

    // MARK: Output

    /// Says what was done.
    func tell(_ user: StoredUser, _ what: String, asJSON: Bool) throws {
        try output.result(
            asJSON ? Self.json(user).compact + "\n" : "\(user.name) (\(user.role)) \(what)\n")
    }

    static func json(_ user: StoredUser) -> JSONText {
        .object([
            JSONMember("id", .string(user.id)), JSONMember("name", .string(user.name)),
            JSONMember("role", .string(user.role)), JSONMember("disabled", .flag(user.isDisabled)),
            JSONMember("created_at", .time(user.createdAt)),
            JSONMember("password_set_at", .time(user.passwordSetAt)),
            JSONMember("last_login_at", .time(user.lastLoginAt)),
        ])
    }

    static func table(_ users: [StoredUser]) -> String {
        let rows =
            [["name", "role", "state", "last login"]]
            + users.map { user in
                [
                    user.name, user.role, user.isDisabled ? "disabled" : "active",
                    user.lastLoginAt?.description ?? "never",
                ]
            }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    @Sendable static func readRole(_ text: String) throws -> RouteRole {
        if let role = RouteRole(rawValue: text) { return role }
        throw ValidationError("roles are \(RouteRole.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}

extension CommandFailure {
    /// What the control plane refuses, for a person at the machine.
    init(_ error: APIError) {
        let status: ExitStatus =
            switch error.code {
            case .validationFailed: .usage
            case .notFound: .badData
            case .backpressure: .unavailable
            default: .failed
            }
        let remedy =
            switch error.code {
            case .notFound: "tradewind users list shows who there is"
            case .validationFailed: "give another one"
            default: error.code.remedy
            }
        self.init(status, code: error.code.rawValue, message: error.message, remedy: remedy)
    }
}
