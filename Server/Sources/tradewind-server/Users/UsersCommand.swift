internal import ArgumentParser
internal import ControlPlane
internal import Events
internal import Storage
internal import TradewindCommands

/// `tradewind users`.
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Add, list and change who may log in.",
        discussion: """
            Works on the database itself, whether the service runs or not; a running one follows within a \
            second. Each change is written to the audit. Passwords are read from the terminal, or from \
            standard input, and never from an argument.
            """,
        subcommands: [
            UsersAddCommand.self, UsersListCommand.self, UsersRoleCommand.self, UsersPasswordCommand.self,
            UsersDisableCommand.self, UsersEnableCommand.self,
        ])
}

/// `tradewind users add`.
struct UsersAddCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user.",
        discussion: "The password is asked for twice on a terminal; else it is the first line of the input.")

    @Argument(help: "What the user logs in with.")
    var name: String
    @Option(help: "What the user may do: viewer, trader or admin.", transform: UsersDesk.readRole)
    var role: RouteRole
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        guard UserRules.name(name) != nil else {
            throw CommandFailure(
                .usage, code: "user-name", message: "'\(name)' is no name of a user",
                remedy: "take 1 to 64 letters, digits and . - _ @, the first a letter or digit")
        }
        let password = try PasswordInput.read(for: "the new user \(name)", isNew: true)
        try await UsersDesk.with(settings, context) { desk in
            let user = try await desk.users.add(
                name: name, role: role, password: password, by: desk.actor)
            try desk.tell(user, "added", asJSON: format.json)
        }
    }
}

/// `tradewind users list`.
struct UsersListCommand: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List users.")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        try await UsersDesk.with(settings, context) { desk in
            let users = try await desk.users.list(limit: 100_000).users
            if format.json {
                let list = JSONText.object([JSONMember("users", .list(users.map(UsersDesk.json)))])
                try context.output.result(list.compact + "\n")
            } else if users.isEmpty {
                try context.output.result(
                    "there is no user; add one: tradewind users add NAME --role admin\n")
            } else {
                try context.output.result(UsersDesk.table(users))
            }
        }
    }
}

/// `tradewind users role`.
struct UsersRoleCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Change what a user may do; all sessions of the user end.")

    @Argument(help: "The user.")
    var name: String
    @Argument(help: "viewer, trader or admin.", transform: UsersDesk.readRole)
    var role: RouteRole
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        try await UsersDesk.change(
            name, .init(role: role), "is now \(role.rawValue)", asJSON: format.json, settings, context)
    }
}

/// `tradewind users password`.
struct UsersPasswordCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Set the password of a user; all sessions of the user end.",
        discussion: "The password is asked for twice on a terminal; else it is the first line of the input.")

    @Argument(help: "The user.")
    var name: String
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let password = try PasswordInput.read(for: name, isNew: true)
        try await UsersDesk.with(settings, context) { desk in
            try await desk.users.setPassword(.name(name), to: password, by: desk.actor)
            let user = try await desk.users.list(limit: 100_000).users.first { $0.name == name.lowercased() }
            if let user { try desk.tell(user, "has a new password", asJSON: format.json) }
        }
    }
}

/// `tradewind users disable`.
struct UsersDisableCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Let a user log in no more; all sessions of the user end.",
        discussion: "Users are never removed, as the audit names them.")

    @Argument(help: "The user.")
    var name: String
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        try await UsersDesk.change(
            name, .init(isDisabled: true), "is disabled", asJSON: format.json, settings, context)
    }
}

/// `tradewind users enable`.
struct UsersEnableCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a user who was disabled log in again.")

    @Argument(help: "The user.")
    var name: String
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        try await UsersDesk.change(
            name, .init(isDisabled: false), "may log in", asJSON: format.json, settings, context)
    }
}
