internal import Events
internal import MarketData
internal import Markets
internal import Research

/// A run that came to its end, with everything to print and write of it.
struct FinishedRun {
    let result: BacktestResult
    let statistics: BacktestStatistics
    let series: [MarketSeries]
    let log: RunLogBuffer
    /// Which execution it was, and how long the process took until the run had ended.
    let identity: RunIdentity

    /// What the command prints.
    func text(asJSON: Bool, _ context: CommandContext) -> String {
        if asJSON { return summary.pretty }
        return TerminalReport(
            result, statistics: statistics, style: FinishedRun.style(context.output)
        ).render()
    }

    /// Colour and width as the output welcomes them.
    static func style(_ output: CommandOutput) -> TerminalStyle {
        TerminalStyle(color: output.welcomesColor, width: output.columns)
    }

    /// The object of `--json` and of `summary.json`.
    var summary: JSONText { result.summary(identity, statistics: statistics) }

    /// What the page of `report.html` is made of.
    private var report: ReportInput {
        ReportInput(
            result: result, statistics: statistics, prices: PriceTrack.tracks(of: result, series),
            producer: "tradewind \(ProductVersion.text)")
    }

    /// Writes the result folder, whole or not at all; Ctrl-C meanwhile ends the process afterwards.
    func write(to folder: String, _ context: CommandContext) throws(FileError) {
        let held = Interruption.hold()
        defer { Interruption.release(held) }
        let files = report.files(summary: summary) { (write: ResultFile.Writer) throws(FileError) in
            try log.write(write)
        }
        try ResultFolder.write(files, to: folder, context.files)
    }
}
