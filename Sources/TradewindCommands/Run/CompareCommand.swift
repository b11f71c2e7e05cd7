internal import ArgumentParser
internal import Events
internal import MarketData
internal import Research

/// `tradewind compare`: runs side by side.
struct CompareCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Put the results of several runs side by side.",
        discussion: """
            Shows every figure of the runs with the best marked, and the settings in which they differ. The \
            execution model is compared when all results are folders of backtests. Of a walk-forward the \
            figures out of sample stand beside the others, of a sweep those of its in-sample best.
            """)

    @Argument(
        help: "Two or more folders that backtest, walk-forward or sweep wrote, or their summary.json files.")
    var results: [String] = []

    @Option(name: .long, help: "Also write the comparison to this file, as one page of HTML.")
    var html: String?

    @OptionGroup var format: OutputFormat

    func validate() throws {
        if results.count < 2 { throw ValidationError("give two or more results to compare") }
        if results.count > 100 { throw ValidationError("at most 100 results are compared at once") }
    }

    func run(_ context: CommandContext) throws {
        var runs: [ComparedRun] = []
        var problems: [FailureProblem] = []
        for path in results {
            try ResultFolder.recoverAny(path, context.files)
            do throws(ResultReadError) {
                runs.append(try ComparedRun(anyAt: path, context.files))
            } catch {
                problems.append(FailureProblem(error))
            }
        }
        if !problems.isEmpty { throw CommandFailure(.badData, problems: problems) }
        let comparison = Comparison(runs)
        if let html {
            try context.files.replace(
                html, with: comparison.page(producer: "tradewind \(ProductVersion.text)"))
        }
        try context.output.result(
            format.json
                ? comparison.json.pretty : comparison.render(FinishedRun.style(context.output)))
        if let html, !format.json { try context.output.result(" Written to \(html)\n") }
    }
}
