internal import ArgumentParser

/// `tradewind events`: the log of a run.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print or verify the event log of a run.",
        subcommands: [EventsPrintCommand.self, EventsVerifyCommand.self])
}
