internal import ArgumentParser

/// `tradewind events`: the log of a run, and that of the platform.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print, follow or verify event logs: of a run, or of the platform.",
        subcommands: [EventsPrintCommand.self, EventsVerifyCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "Platform", subcommands: ServiceCommands.ofEvents)
        ])
}
