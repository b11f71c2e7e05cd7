internal import ArgumentParser
internal import TradewindCommands

/// The `tradewind-server` command: the root of all that runs or observes services.
///
/// `tradewind` hands these commands over; users type that one name.
struct TradewindServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tradewind-server",
        abstract: "Services: settings, secrets, supervision, health.",
        discussion: """
            Exit codes: 0 done, 1 failed, 64 wrong usage, 65 bad or absent data, 69 a service is \
            unavailable, 74 output cannot be written, 78 configuration is wrong, 130 interrupted.
            """,
        version: ProductVersion.text,
        subcommands: [
            ServeCommand.self, HealthCommand.self, DoctorCommand.self, ConfigCommand.self,
            StoredEventsCommand.self,
            BackupCommand.self,
            DeployCommand.self,
            InitCommand.self,
            KillSwitchCommand.self,
            LogsCommand.self,
            MigrateCommand.self,
            RestartCommand.self,
            RestoreCommand.self,
            RunBacktestCommand.self,
            SecretsCommand.self,
            StartCommand.self,
            StatusCommand.self,
            StopCommand.self,
            SuperviseCommand.self,
            SystemdCommand.self,
            TryBacktestCommand.self,
            UsersCommand.self,
        ])

    /// Runs a command line.
    ///
    /// - Parameter arguments: what follows the name of the program.
    /// - Returns: how the process should end.
    static func run(_ arguments: [String], _ context: ServerContext) async -> ExitStatus {
        let dispatch = CommandDispatch(
            root: TradewindServerCommand.self, output: context.output,
            translate: { CommandFailure(translatingServer: $0) })
        if let failure = dispatch.unknownCommand(arguments) {
            return dispatch.status(reporting: failure, arguments: arguments)
        }
        do {
            var command = try parseAsRoot(arguments)
            if var known = command as? any ServerCommand {
                try await known.run(context)
            } else {
                try command.run()
            }
            return .done
        } catch {
            return dispatch.status(reporting: error, arguments: arguments)
        }
    }
}
