internal import Units

/// Several backtests side by side, for a terminal.
public struct ComparisonTable {
    private let rows: [(result: BacktestResult, statistics: BacktestStatistics)]
    private let style: TerminalStyle

    /// A table of results in the given order.
    public init(_ rows: [(result: BacktestResult, statistics: BacktestStatistics)], style: TerminalStyle) {
        (self.rows, self.style) = (rows, style)
    }

    /// The text, with a line end at its end.
    public func render() -> String {
        var text = TerminalText(color: style.color, width: style.width)
        let headings = ["return", "a year", "Sharpe", "drawdown", "trips"]
        let widths = [9, 9, 7, 9, 8]
        let picture = 12
        let name = style.width - widths.reduce(0, +) - picture - 4
        var head = " " + TerminalText.left("run", name)
        for (heading, width) in zip(headings, widths) { head += TerminalText.right(heading, width) }
        text.line(text.styled(head + "  equity", .faint))
        text.line(text.styled(" " + String(repeating: "─", count: style.width - 2), .faint))
        for (result, statistics) in rows {
            let total = statistics.totalReturn
            let cells = [
                NumberText.percent(total, signed: true),
                NumberText.percent(statistics.returns.annualizedReturn, 1, signed: true),
                NumberText.ratio(statistics.returns.sharpe),
                NumberText.percent(statistics.maxDrawdown),
                NumberText.count(result.tradeCount),
            ]
            var line = " " + TerminalText.left(TerminalText.clean(result.plan.name, width: name - 1), name)
            for (index, cell) in cells.enumerated() {
                let fitted = TerminalText.right(cell, widths[index])
                let tone: TerminalText.Tone = (total ?? 0) < 0 ? .loss : .gain
                line += index == 0 && total != nil ? text.styled(fitted, tone) : fitted
            }
            let values = result.equity.points.map { WideArithmetic.approximateDouble($0.equity) }
            line += "  " + text.styled(BlockCharts.sparkline(values, width: picture), .accent)
            text.line(line)
        }
        return text.text
    }
}
