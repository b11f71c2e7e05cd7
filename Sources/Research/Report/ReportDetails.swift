internal import Simulation
internal import StrategyKit
internal import Units

extension HTMLReport {
    /// All statistics, each with its definition.
    func statisticsSection(_ page: inout HTMLText) {
        let span = result.periodsAreBars ? "bar" : "UTC day"
        begin(
            &page, "Statistics",
            "From \(NumberText.count(statistics.returns.periods)) returns, one a \(span), "
                + "time-weighted; \(NumberText.fixed(statistics.returns.periodsPerYear, 0)) periods a year; "
                + "risk-free rate 0. A dash means: not defined for this run.")
        page.raw("<div class=\"card\">")
        page.table(
            "Statistics with definitions", head: ["Figure", "#Value", "Definition"],
            rows: (returnFigures + tradeFigures).map { figure in
                [HTMLText.escape(figure.0), display(figure.1), HTMLText.escape(figure.2)]
            }, style: "defined")
        page.raw("</div></section>\n")
    }

    private typealias Figure = (String, String, String)

    private var returnFigures: [Figure] {
        let figures = statistics.returns
        return [
            ("Total return", NumberText.percent(figures.totalReturn), "Product of (1 + r), less 1."),
            (
                "Annualised return", NumberText.percent(figures.annualizedReturn),
                "(1 + total return) to the power of periods a year over periods, less 1."
            ),
            (
                "Volatility", NumberText.percent(figures.volatility),
                "Sample standard deviation of returns (n − 1) × √ periods a year."
            ),
            (
                "Sharpe ratio", NumberText.ratio(figures.sharpe),
                "Mean over standard deviation of returns × √ periods a year (Sharpe 1994)."
            ),
            (
                "Sortino ratio", NumberText.ratio(figures.sortino),
                "Mean over downside deviation × √ periods a year; the downside deviation is the root of the "
                    + "mean of min(r, 0)² over all periods (Sortino and van der Meer 1991)."
            ),
            (
                "Max drawdown", NumberText.percent(statistics.maxDrawdown),
                "Deepest fall below the preceding peak, divided by that peak, over every step."
            ),
            (
                "Longest drawdown", NumberText.duration(statistics.longestDrawdown),
                "Longest time from a peak until equity is back at it, or until the end."
            ),
            (
                "Calmar ratio", NumberText.ratio(statistics.calmar),
                "Annualised return over max drawdown, over the whole run (Young 1991)."
            ),
            (
                "Expected shortfall 5 %", NumberText.percent(figures.expectedShortfall),
                "Mean of the lowest 5 % of returns, historical (Acerbi and Tasche 2002)."
            ),
            ("Best period", NumberText.percent(figures.best), "Highest return of one period."),
            ("Worst period", NumberText.percent(figures.worst), "Lowest return of one period."),
            (
                "Periods with a gain", NumberText.percent(figures.positivePeriods, 1),
                "Share of periods with a return above 0."
            ),
        ]
    }

    private var tradeFigures: [Figure] {
        let figures = statistics.trades
        let held = figures.averageHoldingSeconds.flatMap { Int64(exactly: ($0 * 1e9).rounded()) }
        return [
            (
                "Hit rate", NumberText.percent(figures.hitRate, 1),
                "Share of round trips with a profit above 0 after fees."
            ),
            (
                "Profit factor", NumberText.ratio(figures.profitFactor),
                "Profits of the winners over losses of the losers."
            ),
            (
                "Mean win", figures.averageWin.map { NumberText.fixed($0, 2) } ?? NumberText.absent,
                "Mean profit of the winners, \(unit)."
            ),
            (
                "Mean loss", figures.averageLoss.map { NumberText.fixed($0, 2) } ?? NumberText.absent,
                "Mean loss of the losers, \(unit)."
            ),
            (
                "Mean holding time",
                held.map { NumberText.duration(Timespan(nanoseconds: $0)) } ?? NumberText.absent,
                "From the first to the last fill of a round trip."
            ),
            (
                "Time in the market", NumberText.percent(statistics.exposure, 1),
                "Share of steps with something else than \(unit) in hand."
            ),
            (
                "Turnover a year",
                figures.turnover.map { NumberText.fixed($0, 1) + " ×" } ?? NumberText.absent,
                "Traded notional of a year over mean equity."
            ),
        ]
    }

    /// Execution model and parameters.
    func modelSection(_ page: inout HTMLText) {
        begin(&page, "Model and parameters")
        page.raw("<div class=\"card pair\"><div>")
        page.element("h3", "Execution")
        var lines = ExecutionText.lines(result.plan).map { ($0.name, $0.value) }
        lines.append(("Days a year", String(result.daysPerYear)))
        words(&page, "Execution model", lines)
        page.raw("</div><div>")
        for (index, planned) in result.plan.strategies.prefix(20).enumerated() {
            page.element("h3", "Parameters of \(planned.strategy.prefix(80))")
            let entries = result.parameters.indices.contains(index) ? result.parameters[index].entries : []
            if entries.isEmpty { page.element("p", "It has none.", attributes: "class=\"lead\"") }
            words(
                &page, "Parameters of \(planned.account.prefix(80))",
                entries.prefix(100).map { ($0.name, ExecutionText.value($0.value)) })
        }
        page.raw("</div></div></section>\n")
    }

    private func words(_ page: inout HTMLText, _ caption: String, _ lines: [(String, String)]) {
        guard !lines.isEmpty else { return }
        page.table(
            caption, head: ["Name", "Value"],
            rows: lines.map { [HTMLText.escape($0.0, limit: 120), HTMLText.escape($0.1, limit: 400)] },
            style: "words")
    }

    /// Data, risk and warnings.
    func dataSection(_ page: inout HTMLText) {
        let data = result.data
        begin(&page, "Data")
        page.raw("<div class=\"card\">")
        var lines = [
            ("Series", NumberText.count(data.series)), ("Rows used", NumberText.count(data.rows)),
            ("First row", NumberText.moment(data.first) + " UTC"),
            ("Last row", NumberText.moment(data.last) + " UTC"),
        ]
        let risk = result.risk
        if let value = risk.worstHealthFactor {
            lines.append(("Worst health factor", NumberText.ratio(value)))
        }
        if let value = risk.worstMarginRatio {
            lines.append(("Worst margin ratio", NumberText.percent(value)))
        }
        if let value = risk.maxAbsDelta {
            lines.append(("Largest net exposure", NumberText.percent(value) + " of equity"))
        }
        if risk.liquidations > 0 { lines.append(("Liquidations", NumberText.count(risk.liquidations))) }
        words(&page, "Data used", lines)
        if data.warnings.isEmpty {
            page.element("p", "No warnings.", attributes: "class=\"lead\" style=\"margin:12px 0 0\"")
        } else {
            page.element("h3", "Warnings")
            page.raw("<ul>")
            for warning in data.warnings.prefix(100) { page.element("li", String(warning.prefix(500))) }
            page.raw("</ul>\n")
            let rest = data.warnings.count - 100
            if rest > 0 { page.element("p", "\(NumberText.count(rest)) more stand in summary.json.") }
        }
        page.raw("</div></section>\n")
    }

    /// The hash of the log and what it is good for.
    func verificationSection(_ page: inout HTMLText) {
        begin(&page, "How to verify this report")
        page.raw("<div class=\"card\"><p class=\"lead\" style=\"margin:0\">SHA-256 of the event log, which ")
        page.raw("begins with the SHA-256 of every input series:</p>")
        page.element("p", result.logHash.description, attributes: "class=\"hash\"")
        page.raw(
            "<ol><li>Run the same run file over the same data: the hash must be equal, byte for byte, on ")
        page.raw("any machine and any number of cores.</li>")
        page.raw("<li>Run <code>tradewind events verify</code> on the folder of this report: it follows the ")
        page.raw(
            "chain of hashes through every record of <code>events.log</code> and compares the hash above; ")
        page.raw("<code>tradewind events print</code> shows the records.</li>")
        page.raw("<li>Sum the amounts of <code>ledger.csv</code> by <code>sequence</code> and asset: each ")
        page.raw("transaction comes to zero.</li>")
        page.raw("<li>Sum the attribution above: it is final less initial equity less net deposits, to the ")
        page.raw("last decimal.</li></ol></div></section>\n")
    }
}
