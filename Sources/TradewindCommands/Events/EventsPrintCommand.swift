internal import ArgumentParser
internal import Events

/// `tradewind events print`: the log of a run as JSON lines.
struct EventsPrintCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "print", abstract: "Print the event log of a run as JSON lines.",
        discussion: """
            One object a record: sequence, time and type, then the fields of the type. Quantities, prices \
            and fees are decimal strings. A broken log is printed up to where it breaks, with exit code 65.
            """)

    @Argument(help: "A log, or the folder that backtest --output wrote.")
    var file: String

    // The records are JSON anyway, so --json only decides how a failure is printed.
    @OptionGroup var format: OutputFormat

    /// Text is handed on in pieces of about this size.
    private static let pieceSize = 65_536

    func run(_ context: CommandContext) throws {
        let log = try RunLogFile(file, context.files)
        var lines = EventLines()
        var text = ""
        do {
            try log.read { (record) throws(CommandFailure) in
                text += lines.line(record)
                if text.utf8.count >= EventsPrintCommand.pieceSize {
                    try context.output.result(text)
                    text = ""
                }
            }
        } catch {
            if !text.isEmpty && error.exitStatus == .badData { try context.output.result(text) }
            throw error
        }
        try context.output.result(text)
    }
}
