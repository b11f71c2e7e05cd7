internal import ArgumentParser
internal import Operations
internal import Settings
internal import TradewindCommands

/// `tradewind serve`.
struct ServeCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the HTTP service in the foreground.",
        discussion: """
            Starts in this order: metrics, settings, market data, the parts of the service, and last the HTTP server. \
            What fails ends the start with the name of the step. Logs go to standard error and to a file. SIGTERM and \
            Ctrl-C let requests finish first. `tradewind start` runs the same service in the background and watches it.
            """)

    @Option(
        help: ArgumentHelp(
            "The most that this process may do: backtest, paper or live; the setting execution.mode when not given.",
            valueName: "mode"),
        transform: ServeCommand.readMode)
    var mode: ExecutionMode?
    @OptionGroup var settings: SettingsOptions

    func run(_ context: ServerContext) async throws {
        do {
            try await APIService.run(context, settings: settings, mode: mode)
        } catch let failure as StartFailure {
            context.output.remark("tradewind: \(failure.place)")
            throw CommandFailure(start: failure)
        }
    }

    @Sendable private static func readMode(_ text: String) throws -> ExecutionMode {
        if let mode = ExecutionMode(rawValue: text) { return mode }
        throw ValidationError("modes are \(ExecutionMode.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}
