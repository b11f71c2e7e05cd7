internal import ArgumentParser

/// `tradewind data`: market data in and out of catalogues.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Market data: check, import, make samples, list.",
        subcommands: [
            DataCheckCommand.self, DataImportCommand.self, DataListCommand.self, SampleCommand.self,
        ])
}
