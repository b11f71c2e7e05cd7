internal import Accounting
internal import Markets
internal import Simulation
internal import Units

/// How a report is printed on a terminal.
public struct TerminalStyle: Hashable, Sendable {
    /// Whether colour is welcome: a terminal, and `NO_COLOR` not set.
    public let color: Bool
    /// Columns; reports use 72 to 100.
    public let width: Int

    /// A style.
    public init(color: Bool, width: Int = 80) {
        (self.color, self.width) = (color, min(100, max(72, width)))
    }
}

/// The report of one backtest for a terminal.
public struct TerminalReport {
    private let result: BacktestResult
    private let statistics: BacktestStatistics
    private let style: TerminalStyle
    private let unit: String

    /// A report.
    public init(_ result: BacktestResult, statistics: BacktestStatistics, style: TerminalStyle) {
        (self.result, self.statistics, self.style) = (result, statistics, style)
        unit = result.plan.shareClass.symbol
    }

    /// The text, with a line end at its end.
    public func render() -> String {
        var text = TerminalText(color: style.color, width: style.width)
        title(&text)
        equity(&text)
        figures(&text)
        benchmark(&text)
        risk(&text)
        attribution(&text)
        subAccounts(&text)
        positions(&text)
        notes(&text)
        closing(&text)
        return text.text
    }

    private func title(_ text: inout TerminalText) {
        let name = TerminalText.clean(result.plan.name, width: style.width / 2)
        let strategies = result.plan.strategies.map(\.strategy).joined(separator: " + ")
        text.line()
        text.line(
            " " + text.styled(name, .strong)
                + text.styled(
                    "  " + TerminalText.clean(strategies, width: style.width - name.count - 4), .accent))
        let instruments = result.instruments.prefix(3).map(\.id.description).joined(separator: ", ")
        let more = result.instruments.count > 3 ? " and \(result.instruments.count - 3) more" : ""
        text.line(text.styled(" " + TerminalText.clean(instruments + more, width: style.width - 2), .faint))
        text.line(
            text.styled(
                " \(NumberText.moment(result.start)) to \(NumberText.moment(result.end)) UTC  ·  "
                    + "\(NumberText.count(result.steps)) steps  ·  \(result.plan.execution.fill.rawValue)",
                .faint))
    }

    private func equity(_ text: inout TerminalText) {
        text.line()
        let change = result.finalEquity.approximateDouble - result.initialEquity.approximateDouble
        text.line(
            " Equity  \(NumberText.money(result.initialEquity)) → "
                + text.styled(NumberText.money(result.finalEquity), .strong) + " \(unit)   "
                + text.styled(
                    NumberText.percent(statistics.totalReturn, signed: true), change < 0 ? .loss : .gain))
        let values = result.equity.points.map { WideArithmetic.approximateDouble($0.equity) }
        text.line(" " + text.styled(BlockCharts.sparkline(values, width: style.width - 2), .accent))
    }

    private func figures(_ text: inout TerminalText) {
        let returns = statistics.returns
        let trades = statistics.trades
        let columns: [[(String, String)]] = [
            [
                ("Total return", NumberText.percent(returns.totalReturn)),
                ("Annualised", NumberText.percent(returns.annualizedReturn)),
                ("Volatility", NumberText.percent(returns.volatility)),
                ("Best period", NumberText.percent(returns.best)),
                ("Worst period", NumberText.percent(returns.worst)),
                ("Exp. shortfall", NumberText.percent(returns.expectedShortfall)),
                ("Skewness", NumberText.ratio(returns.skewness)),
            ],
            [
                ("Sharpe", NumberText.ratio(returns.sharpe)),
                ("Probab. Sharpe", NumberText.percent(returns.probabilisticSharpe, 1)),
                ("Sortino", NumberText.ratio(returns.sortino)),
                ("Calmar", NumberText.ratio(statistics.calmar)),
                ("Max drawdown", NumberText.percent(statistics.maxDrawdown)),
                ("Longest", NumberText.duration(statistics.longestDrawdown)),
                ("Tail ratio", NumberText.ratio(returns.tailRatio)),
            ],
            [
                ("Round trips", NumberText.count(result.tradeCount)),
                ("Fills", NumberText.count(result.fillCount)),
                ("Hit rate", NumberText.percent(trades.hitRate, 1)),
                ("Profit factor", NumberText.ratio(trades.profitFactor)),
                ("Turnover", trades.turnover.map { NumberText.fixed($0, 1) + " ×" } ?? NumberText.absent),
                ("In the market", NumberText.percent(statistics.exposure, 1)),
                ("Fees", NumberText.money(result.fees)),
            ],
        ]
        let room = (style.width - 2 - 2 * 3) / 3
        text.line()
        for row in columns[0].indices {
            let cells = columns.map { column in
                let (name, value) = column[row]
                let gap = max(1, room - name.count - value.count)
                return text.styled(name, .faint) + String(repeating: " ", count: gap) + value
            }
            text.line(" " + cells.joined(separator: "   "))
        }
    }

    private func attribution(_ text: inout TerminalText) {
        text.heading("Where the change of equity came from, in \(unit)")
        let amounts = zip(Cause.attributed, result.attribution).filter { !$0.1.isZero }
        let largest = amounts.map { abs($0.1.approximateDouble) }.max() ?? 0
        let figures = TerminalText.alignedAtPoint(amounts.map { NumberText.exact($0.1) })
        let room = min(36, max(12, figures.map(\.count).max() ?? 12))
        let bars = style.width - room - 22
        for (index, entry) in amounts.enumerated() {
            let value = entry.1.approximateDouble
            text.line(
                " " + TerminalText.left(TerminalReport.words(entry.0), 16)
                    + TerminalText.right(figures[index], room) + "  "
                    + text.styled(
                        BlockCharts.bar(abs(value) / largest, width: bars), value < 0 ? .loss : .gain))
        }
        if amounts.isEmpty { text.line(" nothing changed") }
        let exact = result.attributionResidual.isZero
        text.line(
            " " + TerminalText.left("residual", 16)
                + TerminalText.right(result.attributionResidual.description, room) + "  "
                + (exact ? text.styled("exact", .faint) : text.styled("NOT ZERO: please report this", .loss)))
    }

    /// The words of a cause: `supply interest`.
    static func words(_ cause: Cause) -> String {
        cause.key.split(separator: "_").joined(separator: " ")
    }

    private func benchmark(_ text: inout TerminalText) {
        guard let curve = result.benchmark, let figures = statistics.benchmark else { return }
        text.heading("Beside \(TerminalText.clean(curve.instrument.description, width: style.width - 12))")
        pairs(
            &text,
            [
                ("Its return", NumberText.percent(figures.totalReturn, signed: true)),
                ("Alpha", NumberText.percent(figures.alpha)), ("Beta", NumberText.ratio(figures.beta)),
                ("Correlation", NumberText.ratio(figures.correlation)),
                ("Tracking err.", NumberText.percent(figures.trackingError)),
                ("Inform. ratio", NumberText.ratio(figures.informationRatio)),
            ])
    }

    /// Worst figures of margin and exposure, where the run has such.
    private func risk(_ text: inout TerminalText) {
        let risk = result.risk
        var cells: [(String, String)] = []
        if let value = risk.worstMarginRatio { cells.append(("Worst margin", NumberText.percent(value))) }
        if let value = risk.worstHealthFactor { cells.append(("Worst health", NumberText.ratio(value))) }
        if let value = risk.maxAbsDelta { cells.append(("Net exposure", NumberText.percent(value))) }
        if cells.isEmpty && risk.liquidations == 0 { return }
        cells.append(("Liquidations", NumberText.count(risk.liquidations)))
        text.heading("Risk")
        pairs(&text, cells)
    }

    /// Names with their values, three a line.
    private func pairs(_ text: inout TerminalText, _ cells: [(String, String)]) {
        let room = (style.width - 2 - 2 * 3) / 3
        for start in stride(from: 0, to: cells.count, by: 3) {
            let line = cells[start..<min(cells.count, start + 3)].map { name, value in
                text.styled(name, .faint) + TerminalText.right(value, max(value.count + 1, room - name.count))
            }
            text.line(" " + line.joined(separator: "   "))
        }
    }

    private func subAccounts(_ text: inout TerminalText) {
        guard result.subAccounts.count > 1 else { return }
        text.heading("Sub-accounts")
        for account in result.subAccounts.prefix(20) {
            text.line(
                " " + TerminalText.left(TerminalText.clean(account.account, width: 26), 28)
                    + TerminalText.right(NumberText.money(account.initialEquity), 16) + " →"
                    + TerminalText.right(NumberText.money(account.finalEquity), 16)
                    + TerminalText.right(NumberText.count(account.fillCount), 9) + " fills")
        }
    }

    private func positions(_ text: inout TerminalText) {
        guard !result.finalPositions.isEmpty else { return }
        text.heading("Held at the end")
        for position in result.finalPositions.prefix(12) {
            text.line(
                " " + TerminalText.left(TerminalText.clean(position.instrument, width: 30), 32)
                    + TerminalText.right(NumberText.exact(position.quantity), 20) + "  "
                    + TerminalText.right(NumberText.money(position.value) + " \(unit)", style.width - 56))
        }
        let rest = result.finalPositions.count - 12
        if rest > 0 { text.line(text.styled(" and \(NumberText.count(rest)) more", .faint)) }
    }

    private func notes(_ text: inout TerminalText) {
        let idealisation = ExecutionText.idealisation(result.plan.execution.fill)
        let warnings = result.data.warnings
        guard idealisation != nil || !warnings.isEmpty else { return }
        text.heading(warnings.isEmpty ? "Note" : "Notes and warnings")
        if let idealisation { text.paragraph(idealisation, mark: "! ", tone: .warning) }
        for warning in warnings.prefix(8) {
            text.paragraph(TerminalText.clean(warning), mark: "! ", tone: .warning)
        }
        if warnings.count > 8 {
            text.line(
                text.styled(" and \(NumberText.count(warnings.count - 8)) more in summary.json", .faint))
        }
    }

    private func closing(_ text: inout TerminalText) {
        text.line()
        let speed = result.eventsPerSecond.map { NumberText.fixed($0, 0) + " rows/s" } ?? "no measurable time"
        text.line(
            text.styled(
                " \(NumberText.count(result.data.rows)) rows of "
                    + "\(NumberText.count(result.data.series)) series, " + speed, .faint))
        text.line(text.styled(" log  ", .faint) + result.logHash.description)
    }
}
