internal import ArgumentParser

/// `tradewind signals`: what forecasters say, as series.
struct SignalsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signals", abstract: "Signals of a forecaster: ask a model for those of a run.",
        subcommands: [SignalsFetchCommand.self])
}
