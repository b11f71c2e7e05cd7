internal import Simulation
internal import StrategyKit
internal import Units

extension HTMLReport {
    /// All statistics, each with its definition.
    func statisticsSection(_ page: inout HTMLText) {
        let span = result.periodsAreBars ? "bar" : "UTC day"
        begin(
            &page, "Statistics",
            "From \(NumberText.count(statistics.returns.periods, "return")), one a \(span), "
                + "time-weighted; \(NumberText.fixed(statistics.returns.periodsPerYear, 0)) periods a year; "
                + "risk-free rate 0. A dash means: not defined for this run.")
        page.raw("<div class=\"card\">")
        let summary = result.summary(RunIdentity(runID: "", elapsedSeconds: 0), statistics: statistics)
        var figures = StatisticFigure.returns
        if statistics.deflatedSharpe != nil { figures += StatisticFigure.selection }
        figures += StatisticFigure.trading
        if statistics.benchmark != nil { figures += StatisticFigure.benchmark }
        // Present where the run has contracts or loans.
        let isContract = result.riskCurve != nil || result.risk.worstHealthFactor != nil
        if isContract { figures += StatisticFigure.risk.filter { $0.value(in: summary) != nil } }
        page.table(
            "Statistics with definitions", head: ["Figure", "#Value", "Definition"],
            rows: figures.map { figure in
                [
                    HTMLText.escape(figure.title), display(figure.text(figure.value(in: summary))),
                    HTMLText.escape(figure.definition),
                ]
            }, style: "defined")
        page.raw("</div></section>\n")
    }

    /// Execution model and parameters.
    func modelSection(_ page: inout HTMLText) {
        begin(&page, "Model and parameters")
        page.raw("<div class=\"card pair\"><div>")
        page.element("h3", "Execution")
        words(&page, "Execution model", input.model.execution.map { ($0.name, $0.value) })
        page.raw("</div><div>")
        for (index, planned) in result.plan.strategies.prefix(20).enumerated() {
            page.element("h3", "Parameters of \(planned.strategy.prefix(80))")
            let parameters = input.model.parameters
            let entries = parameters.indices.contains(index) ? parameters[index] : []
            if entries.isEmpty { page.element("p", "It has none.", attributes: "class=\"lead\"") }
            words(
                &page, "Parameters of \(planned.account.prefix(80))",
                entries.prefix(100).map { ($0.name, $0.value) })
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
