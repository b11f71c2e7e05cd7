internal import ArgumentParser
internal import Events
internal import Settings
internal import Storage
internal import TradewindCommands

/// `tradewind migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Change the schema of the database, or say how it stands.",
        subcommands: [
            MigrateUpCommand.self, MigrateDownCommand.self, MigrateStatusCommand.self,
            MigrateCheckCommand.self, MigrateNewCommand.self,
        ])
}

/// `tradewind migrate up`.
struct MigrateUpCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Make the steps that are pending.",
        discussion: """
            A database that holds something is copied first, and the copy verified. Each step is one \
            transaction: what a failing one did is undone, those before it stay. On a developer's machine \
            serve does this by itself.
            """)

    @Option(help: ArgumentHelp("Make at most so many steps.", valueName: "count"))
    var limit: Int?
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.load(nil, context)
        try await StoreCommand.withStore(loaded, context, creating: true) { store in
            let report = try await MigrationRunner(store).up(limit: limit)
            try context.output.result(
                format.json ? MigrationOutput.json(report) : MigrationOutput.text(report, of: store))
        }
    }
}

/// `tradewind migrate down`.
struct MigrateDownCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Undo the last step of the schema; its tables and rows are gone.",
        discussion: """
            The database is copied first, and the copy verified. Outside local and ci a reason is needed, \
            which is kept in the table schema_history and in the event log.
            """)

    @Option(help: ArgumentHelp("Undo so many steps.", valueName: "count"))
    var steps = 1
    @Option(
        help: ArgumentHelp("Why this must be done outside local and ci; it is kept.", valueName: "reason"))
    var breakGlass: String?
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws {
        if steps < 1 { throw ValidationError("--steps is at least 1") }
    }

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.load(nil, context)
        let permission: MigrationRunner.Permission
        if let breakGlass {
            permission = .breakGlass(reason: breakGlass)
        } else if loaded.environment.allowsUnguardedMigrations {
            permission = .unguarded
        } else {
            throw CommandFailure(
                StorageError(
                    .migrationRefused,
                    "a step of the schema is not undone in \(loaded.environment.rawValue): what its tables "
                        + "hold would be gone",
                    remedy: "correct the schema by another step; when it must be, give the reason: "
                        + "--break-glass \"why\""))
        }
        let actor = context.environment["USER"] ?? context.environment["LOGNAME"] ?? "local"
        try await StoreCommand.withStore(loaded, context) { store in
            let report = try await MigrationRunner(store).down(
                steps: steps, permission: permission, actor: actor, id: { EventID.random() })
            try context.output.result(
                format.json ? MigrationOutput.json(report) : MigrationOutput.text(report, of: store))
        }
    }
}

/// `tradewind migrate status`.
struct MigrateStatusCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "List the steps of the schema: made, pending, changed, unknown.",
        discussion: "Exit code 0 whatever it finds; migrate check is for scripts.")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.load(nil, context)
        do {
            try await StoreCommand.withStore(loaded, context) { store in
                try report(try await MigrationRunner(store).status(), of: store.location, context)
            }
        } catch let failure as CommandFailure
            where failure.problems.first?.code == StorageError.Code.absent.rawValue
        {
            let place = try Stores.path(
                of: loaded.settings.database.url, workingDirectory: context.workingDirectory)
            try report(MigrationRunner.statusOfNothing(), of: place + " (not there yet)", context)
        }
    }

    private func report(
        _ status: [MigrationStatus], of location: String, _ context: ServerContext
    ) throws {
        try context.output.result(
            format.json
                ? MigrationOutput.json(status, of: location) : MigrationOutput.text(status, of: location))
    }
}

/// `tradewind migrate check`.
struct MigrateCheckCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check that the schema is exactly what this program needs.",
        discussion: """
            Exit code 78 when a step is pending, reads differently than when it was made, or is not known \
            to this program; 65 when the file is damaged.
            """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.load(nil, context)
        try await StoreCommand.withStore(loaded, context) { store in
            try await store.checkIntegrity()
            try await MigrationRunner(store).check()
            let count = Migration.all.count
            let json = JSONText.object([
                JSONMember("ok", .flag(true)), JSONMember("database", .string(store.location)),
                JSONMember("steps", .integer(count)),
            ])
            try context.output.result(
                format.json
                    ? json.compact + "\n"
                    : "the schema of \(store.location) is up to date: \(count) steps; its pages are whole\n")
        }
    }
}
