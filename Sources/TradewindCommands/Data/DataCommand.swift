internal import ArgumentParser

/// `tradewind data`: market data on this machine.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Check, import and list market data.",
        subcommands: [DataCheckCommand.self, DataImportCommand.self, DataListCommand.self])
}
