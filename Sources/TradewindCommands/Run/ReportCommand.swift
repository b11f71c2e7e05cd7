internal import ArgumentParser
internal import Events
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

    @Argument(help: "The folder that --output of backtest, sweep or walk-forward wrote.")
    var result: String

    @Option(name: .long, help: "File to write the page to, in place of report.html of the folder.")
    var output: String?

    @OptionGroup var format: OutputFormat

    /// A report in its three forms.
    private struct Made {
        let page: String
        let summary: JSONText
        let text: String
    }

    func run(_ context: CommandContext) throws {
        try ResultFolder.recoverAny(result, context.files)
        let made = try make(context)
        let page = output ?? FilePath.join(result, "report.html")
        try context.files.replace(page, with: made.page)
        if format.json { return try context.output.result(made.summary.pretty) }
        try context.output.result(made.text)
        try context.output.result(" Written to \(page)\n")
    }

    private func make(_ context: CommandContext) throws -> Made {
        let producer = "tradewind \(ProductVersion.text)"
        let style = FinishedRun.style(context.output)
        switch try ResultKind.of(result, context.files) {
        case .backtest:
            let recorded = try RecordedResult(folder: result, producer: producer, context.files)
            let text = TerminalReport(
                recorded.input.result, statistics: recorded.input.statistics, style: style)
            return Made(
                page: HTMLReport(recorded.input).render(), summary: recorded.summary, text: text.render())
        case .sweep:
            let recorded = try RecordedSweep(folder: result, context.files)
            return Made(
                page: SweepReport(recorded.result, producer: producer).render(),
                summary: recorded.summary,
                text: SweepTerminal(recorded.result, style: style).render() + "\n")
        case .walkForward:
            throw ResultReadError(
                path: result, "it holds a walk-forward, whose report is not made again from its files",
                remedy: "open the report.html in it, or run the walk-forward again with --output")
        }
    }
}
