internal import ArgumentParser

/// A command that `tradewind-server` does: listed here so that one name and one `--help` show everything.
///
/// Its arguments are not read here; ``ServiceHandOff`` passes them on untouched.
protocol ServiceCommand: ContextCommand {}

extension ServiceCommand {
    /// Reached only where a command line is run within a process that must stay what it is.
    func run(_ context: CommandContext) throws {
        throw ServiceHandOff.inAnotherProcess(Self._commandName)
    }
}

/// The commands of `tradewind-server`, as `tradewind --help` lists them.
public enum ServiceCommands {
    /// In the order of the list.
    static let all: [any ServiceCommand.Type] = [
        BackupServiceCommand.self, DeployServiceCommand.self, DoctorServiceCommand.self,
        HealthServiceCommand.self, InitServiceCommand.self,
        KillSwitchServiceCommand.self,
        LogsServiceCommand.self, MigrateServiceCommand.self, RestartServiceCommand.self,
        RestoreServiceCommand.self,
        SecretsServiceCommand.self,
        ServeServiceCommand.self, StartServiceCommand.self, StatusServiceCommand.self,
        StopServiceCommand.self, SystemdServiceCommand.self, UsersServiceCommand.self,
    ]

    /// Those under `tradewind config`, beside its own.
    static let ofConfig: [any ServiceCommand.Type] = [
        ConfigCheckServiceCommand.self, ConfigExplainServiceCommand.self, ConfigShowServiceCommand.self,
    ]

    /// Those under `tradewind events`, beside its own: over the log of the platform instead of a run's.
    static let ofEvents: [any ServiceCommand.Type] = [
        EventsReplayServiceCommand.self, EventsTailServiceCommand.self,
    ]

    /// The path of each command that is handed to `tradewind-server`, as in `config check`, with what the
    /// help says about it.
    public static var listed: [(path: String, abstract: String)] {
        all.map { ($0._commandName, $0.configuration.abstract) }
            + ofConfig.map { ("config " + $0._commandName, $0.configuration.abstract) }
            + ofEvents.map { ("events " + $0._commandName, $0.configuration.abstract) }
    }

    /// Command lines that are handed over too, though their command is one of this executable.
    static let linesOfOthers = ["config schema settings"]
}

struct StartServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start the services of this host, and what watches them.")
}

struct StopServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop the services, in reverse order.")
}

struct RestartServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Stop and start again, in the same mode.")
}

struct StatusServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say which services run, and how they are.")
}

struct LogsServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the log of a service, or archive finished days.")
}

struct SystemdServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd", abstract: "Print a unit file for systemd.")
}

struct ServeServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the HTTP service in the foreground.")
}

struct HealthServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask the running service how it is.")
}

struct DoctorServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check this host; each failing row names the fix.")
}

struct InitServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write the settings file .env from the template.")
}

struct KillSwitchServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill-switch", abstract: "Stop all trading at once, or let it go on.")
}

struct SecretsServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Say where each secret comes from; read rotated ones now.")
}

struct MigrateServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Change the schema of the database, or say how it stands.")
}

struct BackupServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Make, list and prove backups.")
}

struct RestoreServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in place of the database.")
}

struct DeployServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Bring a version into service on this host, and take it back.")
}

struct EventsTailServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Print the latest events of the platform, and follow them.")
}

struct EventsReplayServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Have a consumer work again on everything after an offset.")
}

struct UsersServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Add, list and change who may log in.")
}

struct ConfigCheckServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the settings; every problem at once.")
}

struct ConfigShowServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the settings in effect and where they came from; no secret is printed.")
}

struct ConfigExplainServiceCommand: ServiceCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain one setting: meaning, variable, what is allowed, value and origin.")
}
