internal import Markets
internal import Simulation
internal import Units

/// What a report is made of.
public struct ReportInput: Sendable {
    /// The outcome of the run, with its records.
    public let result: BacktestResult
    /// Its statistics.
    public let statistics: BacktestStatistics
    /// Prices of the instruments that are drawn, in the order in which they are drawn.
    public let prices: [PriceTrack]
    /// Name and version of the program: `tradewind 1.0.0`.
    public let producer: String
    /// The execution model and the parameters in words.
    public let model: ReportModel

    /// An input.
    ///
    /// - Parameter model: nil takes that of the result.
    public init(
        result: BacktestResult, statistics: BacktestStatistics, prices: [PriceTrack], producer: String,
        model: ReportModel? = nil
    ) {
        (self.result, self.statistics, self.prices, self.producer) = (result, statistics, prices, producer)
        self.model = model ?? ReportModel(result)
    }
}

/// The report of one backtest as one file of HTML, with its style and drawings in it.
///
/// Equal inputs give equal bytes. It holds neither the time of its making nor that of the run's execution.
public struct HTMLReport {
    let input: ReportInput
    var result: BacktestResult { input.result }
    var statistics: BacktestStatistics { input.statistics }
    var unit: String { result.plan.shareClass.symbol }

    /// A report.
    public init(_ input: ReportInput) { self.input = input }

    /// The page.
    public func render() -> String {
        var page = HTMLText()
        head(&page)
        header(&page)
        tiles(&page)
        notes(&page)
        equitySection(&page)
        yieldSection(&page)
        riskSection(&page)
        rebalanceSection(&page)
        priceSections(&page)
        monthsSection(&page)
        attributionSection(&page)
        tradesSection(&page)
        accountsSection(&page)
        statisticsSection(&page)
        modelSection(&page)
        dataSection(&page)
        verificationSection(&page)
        page.raw("</main>\n<footer>")
        page.raw("Made by \(HTMLText.escape(input.producer, limit: 80)). ")
        page.raw("A backtest is what would have been, under the model stated here; it promises nothing.")
        page.raw("</footer>\n<script>\(ReportStyle.script)</script>\n</body>\n</html>\n")
        return page.text
    }

    private func head(_ page: inout HTMLText) {
        let name = HTMLText.escape(result.plan.name, limit: 120)
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
        page.raw(
            "<title>\(name) – backtest</title>\n<style>\n\(ReportStyle.sheet)</style>\n</head>\n<body>\n")
        page.raw(ReportStyle.shapes + "<main>\n")
    }

    private func header(_ page: inout HTMLText) {
        let strategies = result.plan.strategies.map(\.strategy).joined(separator: " + ")
        let shown = result.instruments.prefix(4).map(\.id.description).joined(separator: ", ")
        let rest = result.instruments.count - 4
        let instruments = rest > 0 ? shown + " and \(NumberText.count(rest)) more" : shown
        page.raw(
            "<header><div><p class=\"eyebrow\">Backtest · \(HTMLText.escape(strategies, limit: 120))</p>\n")
        page.element("h1", String(result.plan.name.prefix(120)))
        var words = [
            instruments, "\(NumberText.moment(result.start)) to \(NumberText.moment(result.end)) UTC",
        ]
        words.append(
            "\(NumberText.count(result.steps, "step")), fills at \(result.plan.execution.fill.rawValue)")
        page.element("p", words.filter { !$0.isEmpty }.joined(separator: " · "), attributes: "class=\"sub\"")
        page.raw("</div>\n<p class=\"verdict\"><b class=\"\(tone(statistics.totalReturn))\">")
        page.raw(display(NumberText.percent(statistics.totalReturn, signed: true)) + "</b><span>")
        page.raw("\(display(NumberText.money(result.initialEquity))) → ")
        page.raw(
            "\(display(NumberText.money(result.finalEquity))) \(HTMLText.escape(unit))</span></p></header>\n")
    }

    private func tiles(_ page: inout HTMLText) {
        let returns = statistics.returns
        let tiles = [
            ("Annualised return", NumberText.percent(returns.annualizedReturn, signed: true)),
            ("Sharpe", NumberText.ratio(returns.sharpe)), ("Sortino", NumberText.ratio(returns.sortino)),
            ("Volatility", NumberText.percent(returns.volatility)),
            ("Max drawdown", NumberText.percent(statistics.maxDrawdown)),
            ("Round trips", NumberText.count(result.tradeCount)),
            ("Hit rate", NumberText.percent(statistics.trades.hitRate, 1)),
            ("Fees, \(unit)", NumberText.money(result.fees)),
        ]
        page.raw("<dl class=\"tiles\">")
        for (name, value) in tiles {
            let figure = StatisticFigure.all.first { name.hasPrefix($0.title) || $0.title.hasPrefix(name) }
            let hover = figure.map { " title=\"\(HTMLText.escape($0.definition))\"" } ?? ""
            page.raw("<div\(hover)><dt>\(HTMLText.escape(name))</dt><dd>\(display(value))</dd></div>")
        }
        page.raw("</dl>\n")
    }

    private func notes(_ page: inout HTMLText) {
        var lines: [String] = []
        if let idealisation = ExecutionText.idealisation(result.plan.execution.fill) {
            lines.append(idealisation)
        }
        if !result.attributionResidual.isZero {
            lines.append("The attribution leaves a residual of \(result.attributionResidual): a defect.")
        }
        lines += result.data.warnings.prefix(3).map { String($0.prefix(400)) }
        let rest = result.data.warnings.count - 3
        if rest > 0 {
            lines.append(
                NumberText.count(rest, "more warning stands", "more warnings stand") + " under “Data”.")
        }
        guard !lines.isEmpty else { return }
        page.raw("<div class=\"note\" role=\"note\">")
        for line in lines { page.element("p", line) }
        page.raw("</div>\n")
    }

    /// Opens a section with a heading and a sentence below it.
    func begin(_ page: inout HTMLText, _ title: String, _ lead: String = "") {
        page.raw("<section>\n")
        page.element("h2", title)
        if !lead.isEmpty { page.element("p", lead, attributes: "class=\"lead\"") }
    }

    /// The class that colours a number by its sign.
    func tone(_ value: Double?) -> String {
        guard let value, value != 0 else { return "" }
        return value > 0 ? "up" : "down"
    }

    /// A number for reading: a real minus sign.
    func display(_ text: String) -> String {
        NumberText.typeset(HTMLText.escape(text))
    }
}
