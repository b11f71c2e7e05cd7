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

    /// Colour on a terminal only, and its width within what reads well.
    static func style(_ output: CommandOutput) -> TerminalStyle {
        TerminalStyle(color: output.isTerminal, width: min(max(output.columns, 80), 120))
    }

    /// The object of `--json` and of `summary.json`.
    var summary: JSONText { result.summary(identity, statistics: statistics) }

    /// Writes the result folder, whole or not at all.
    func write(to folder: String, _ context: CommandContext) throws(FileError) {
        let files = [
            ResultFile("summary.json", text: summary.pretty),
            ResultFile("equity.csv", ResultTables.equity(result.equity)),
            ResultFile("fills.csv", ResultTables.fills(result, orderPrefix: result.inputsStem)),
            ResultFile("ledger.csv", ResultTables.ledger(result, orderPrefix: result.inputsStem)),
            ResultFile("events.log", pieces: log.pieces),
            ResultFile("report.html", text: page),
        ]
        try ResultFolder.write(files, to: folder, context.files)
    }

    /// `report.html`, with the prices of every instrument that was traded or has bars, quotes or trades.
    private var page: String {
        var prices: [PriceTrack] = []
        for (index, instrument) in result.instruments.enumerated() {
            let own = series.filter { $0.instrument == instrument.id }
            for one in own.sorted(by: { $0.kind < $1.kind }) {
                let track = PriceTrack(
                    one, instrument: InstrumentIndex(index), start: result.start, end: result.end)
                if let track {
                    prices.append(track)
                    break
                }
            }
        }
        let input = ReportInput(
            result: result, statistics: statistics, prices: prices,
            producer: "tradewind \(ProductVersion.text)")
        return HTMLReport(input).render()
    }
}
