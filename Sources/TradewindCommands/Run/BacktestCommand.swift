internal import ArgumentParser
internal import MarketData
internal import Research
internal import RunFiles

/// `tradewind backtest`: one run.
struct BacktestCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest", abstract: "Run one backtest and print its report.",
        discussion: """
            The run file names the strategy, its parameters, the capital and the data. With --output the \
            results are also written as files: summary.json, equity.csv, fills.csv, ledger.csv, the event \
            log and report.html.
            """)

    @OptionGroup var runFile: RunFileOptions

    @Option(name: .long, help: "Folder to write the results to; an older result there is replaced.")
    var output: String?

    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        let run = try runFile.load(context)
        if let output { _ = try ResultFolder.isReplaceable(output, context.files) }
        let data = try RunSeriesLoader(files: context.files, strategies: context.strategies).load(run)
        let finished = try RunExecution(context: context).execute(
            run, data, keepsRecords: true, keepsFolder: output != nil)
        if let output { try finished.write(to: output, context) }
        try context.output.result(finished.text(asJSON: format.json, context))
        if let output, !format.json { try context.output.result(" Written to \(output)\n") }
    }
}
