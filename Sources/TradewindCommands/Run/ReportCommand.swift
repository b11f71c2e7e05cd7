internal import ArgumentParser
internal import MarketData
internal import Research

/// `tradewind report`: the report of a result, made again.
struct ReportCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Rebuild the report of a result folder.",
        discussion: """
            Prints the report and writes report.html, from the other files of the folder and without the \
            data of the run. Equal results give equal bytes.
            """)

    @Argument(help: "The folder that backtest --output wrote.")
    var result: String

    @Option(name: .long, help: "File to write the page to, in place of report.html of the folder.")
    var output: String?

    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        try ResultFolder.recover(result, context.files)
        let recorded = try RecordedResult(
            folder: result, producer: "tradewind \(ProductVersion.text)", context.files)
        let page = output ?? FilePath.join(result, "report.html")
        try context.files.replace(page, with: HTMLReport(recorded.input).render())
        if format.json {
            try context.output.result(recorded.summary.pretty)
            return
        }
        let report = TerminalReport(
            recorded.input.result, statistics: recorded.input.statistics,
            style: FinishedRun.style(context.output))
        try context.output.result(report.render())
        try context.output.result(" Written to \(page)\n")
    }
}
