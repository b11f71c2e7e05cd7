internal import Markets
internal import Simulation
internal import StrategyKit
internal import Units

/// The report of a walk-forward as one file of HTML in the style of the report of a backtest. The headline is
/// what was earned out of sample.
///
/// Equal results give equal bytes. It holds neither the time of its making nor that of its execution.
public struct WalkForwardReport {
    let result: WalkForwardResult
    private let producer: String
    /// The report whose sections and words this one shares.
    private let frame: HTMLReport
    private var objective: SweepObjective { result.plan.sweep.objective }
    private var unit: String { result.base.shareClass.symbol }

    /// A report.
    ///
    /// - Parameter producer: name and version of the program.
    public init(_ result: WalkForwardResult, producer: String) {
        (self.result, self.producer) = (result, producer)
        frame = HTMLReport(
            ReportInput(
                result: result.outOfSample, statistics: result.statistics, prices: [], producer: producer))
    }

    /// The page.
    public func render() -> String {
        var page = HTMLText()
        head(&page)
        tiles(&page)
        verdict(&page)
        equity(&page)
        folds(&page)
        frame.monthsSection(&page)
        stability(&page)
        hindsight(&page)
        scenarios(&page)
        settings(&page)
        page.raw("</main>\n<footer>Made by \(HTMLText.escape(producer, limit: 80)). ")
        page.raw("A backtest is what would have been, under the model stated here; it promises nothing.")
        page.raw("</footer>\n<script>\(ReportStyle.script)</script>\n</body>\n</html>\n")
        return page.text
    }

    private func head(_ page: inout HTMLText) {
        let name = HTMLText.escape(result.base.name, limit: 120)
        let strategies = result.base.strategies.map(\.strategy).joined(separator: " + ")
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
        page.raw("<title>\(name) – walk-forward</title>\n<style>\n\(ReportStyle.sheet)\(SweepReport.sheet)")
        page.raw("\(WalkForwardReport.sheet)</style>\n</head>\n<body>\n\(ReportStyle.shapes)<main>\n")
        page.raw("<header><div><p class=\"eyebrow\">Walk-forward · ")
        page.raw("\(HTMLText.escape(strategies, limit: 120))</p>\n")
        page.element("h1", String(result.base.name.prefix(120)))
        let start = NumberText.moment(result.outOfSample.start)
        let end = NumberText.moment(result.outOfSample.end)
        let words = ["tested \(start) to \(end) UTC", WalkForwardText.scheme(result)]
        page.element("p", words.joined(separator: " · "), attributes: "class=\"sub\"")
        page.element("p", WalkForwardText.counts(result), attributes: "class=\"sub\"")
        let total = result.statistics.totalReturn
        page.raw("</div>\n<p class=\"verdict\"><b class=\"\(frame.tone(total))\">")
        page.raw(frame.display(NumberText.percent(total, signed: true)) + "</b><span>out of sample<br>")
        page.raw("\(frame.display(NumberText.money(result.outOfSample.initialEquity))) → ")
        page.raw("\(frame.display(NumberText.money(result.outOfSample.finalEquity))) ")
        page.raw("\(HTMLText.escape(unit))</span></p></header>\n")
    }

    private func tiles(_ page: inout HTMLText) {
        let returns = result.statistics.returns
        let tiles = [
            ("Annualised return", NumberText.percent(returns.annualizedReturn, signed: true)),
            ("Sharpe", NumberText.ratio(returns.sharpe)),
            ("Probability of skill", NumberText.percent(result.probabilisticSharpe?.value, 1)),
            ("Max drawdown", NumberText.percent(result.statistics.maxDrawdown)),
            ("Kept from training", NumberText.percent(result.efficiency, 0)),
            ("Probability of overfitting", NumberText.percent(result.overfitting?.probability, 1)),
            ("Round trips", NumberText.count(result.outOfSample.tradeCount)),
            ("Folds with a gain", gains),
        ]
        page.raw("<dl class=\"tiles\">")
        for (name, value) in tiles {
            page.raw("<div><dt>\(HTMLText.escape(name))</dt><dd>\(frame.display(value))</dd></div>")
        }
        page.raw("</dl>\n")
    }

    private var gains: String {
        let count = result.folds.count { ($0.statistics.totalReturn ?? 0) > 0 }
        return "\(count) of \(result.folds.count)"
    }

    private func verdict(_ page: inout HTMLText) {
        page.raw("<div class=\"note\" role=\"note\">")
        let lines = WalkForwardText.verdict(result) + result.warnings.prefix(6).map { String($0.prefix(400)) }
        for line in lines { page.element("p", line) }
        page.raw("</div>\n")
    }

    // MARK: Out of sample

    /// Equity out of sample over the bands of the folds, and its drawdown.
    private func equity(_ page: inout HTMLText) {
        let curve = result.outOfSample.equity
        let unitSize = WideArithmetic.approximateDouble(curve.scale.unit)
        let points = ChartThinning.thin(
            curve.points.map {
                ChartPoint(
                    time: $0.time.nanoseconds, value: WideArithmetic.approximateDouble($0.equity) / unitSize)
            }, buckets: 450)
        guard points.count >= 2, let first = points.first, let last = points.last else { return }
        frame.begin(
            &page, "Equity out of sample",
            "The test windows in order, each going on with what the one before left. Positions are valued "
                + "at the end of a window, and the next one begins flat.")
        page.raw("<div class=\"card\">")
        let values = points.map(\.value)
        let room = ((values.max() ?? 0) - (values.min() ?? 0)) * 0.05
        let axis = ValueAxis(((values.min() ?? 0) - room)...((values.max() ?? 0) + room), count: 4)
        var drawing = ChartDrawing(from: first.time, to: last.time, axis: axis, height: 280)
        bands(&drawing)
        drawing.level(first.value, style: "base")
        drawing.area(points, to: axis.low, style: "fill")
        drawing.line(points, style: "curve")
        let markup = drawing.markup(
            id: "equity", title: "Equity out of sample",
            description: "Equity moves from \(NumberText.money(result.outOfSample.initialEquity)) to "
                + "\(NumberText.money(result.outOfSample.finalEquity)) \(unit) over \(result.folds.count) "
                + "test windows.", unit: unit, showsTime: false)
        figure(&page, "Equity", ", \(unit); shaded: every other test window", "", markup)
        drawdown(&page, from: first.time, to: last.time)
        page.raw("</div></section>\n")
    }

    private func bands(_ drawing: inout ChartDrawing) {
        for (index, fold) in result.folds.enumerated() where index % 2 == 0 {
            drawing.band(
                from: fold.fold.test.start.nanoseconds, to: fold.fold.test.end.nanoseconds, style: "fold")
        }
    }

    private func drawdown(_ page: inout HTMLText, from start: Int64, to end: Int64) {
        let curve = result.outOfSample.equity
        let falls = ChartThinning.thin(
            zip(curve.points, curve.pointDrawdowns).compactMap { point, fall in
                fall.map { ChartPoint(time: point.time.nanoseconds, value: -$0) }
            }, buckets: 450)
        guard let deepest = falls.map(\.value).min() else { return }
        let axis = ValueAxis((deepest < 0 ? deepest * 1.04 : -0.01)...0, count: 3, isPercent: true)
        var drawing = ChartDrawing(from: start, to: end, axis: axis, height: 96)
        bands(&drawing)
        drawing.area(falls, to: 0, style: "hole")
        drawing.line(falls, style: "fall")
        let depth = NumberText.percent(result.statistics.maxDrawdown)
        let longest = NumberText.duration(result.statistics.longestDrawdown)
        let markup = drawing.markup(
            id: "drawdown", title: "Drawdown out of sample",
            description: "The deepest fall below a preceding peak is \(depth); the longest lasts \(longest).",
            unit: "%", showsTime: true)
        figure(&page, "Drawdown", " from the preceding peak", "deepest \(depth), longest \(longest)", markup)
    }

    private func figure(
        _ page: inout HTMLText, _ name: String, _ rest: String, _ note: String, _ markup: String
    ) {
        page.raw("<div class=\"fig\"><p class=\"cap\"><span><b>\(HTMLText.escape(name))</b>")
        page.raw("\(HTMLText.escape(rest))</span><span>\(HTMLText.escape(note))</span></p>\(markup)</div>")
    }

    private func folds(_ page: inout HTMLText) {
        frame.begin(
            &page, "Folds",
            "Each fold chose on its training windows alone; what the choice earned afterwards stands behind "
                + "the arrow. Everything is in folds.csv.")
        page.raw("<div class=\"card\">")
        let name = objective.rawValue
        let head =
            ["#Fold", "Test window, UTC"] + result.plan.sweep.axes.map { "#" + String($0.name.prefix(40)) }
            + ["#\(name) in sample", "#out of sample", "#Return", "#Drawdown", "#Trips"]
        let rows = result.folds.prefix(400).map { fold in
            let total = fold.statistics.totalReturn
            let cells = [
                SweepText.figure(fold.trainValue, objective), SweepText.figure(fold.testValue, objective),
            ]
            return ["\(fold.fold.number)", HTMLText.escape(WalkForwardText.window(fold.fold.test))]
                + result.texts(of: fold.point).map { HTMLText.escape($0, limit: 40) }
                + [frame.display(cells[0]), "→ " + frame.display(cells[1])]
                + [
                    "<span class=\"\(frame.tone(total))\">"
                        + "\(frame.display(NumberText.percent(total, signed: true)))</span>",
                    NumberText.percent(fold.statistics.maxDrawdown),
                    NumberText.count(fold.result.tradeCount),
                ]
        }
        page.table("Folds", head: head, rows: rows, style: "tight")
        page.raw("</div></section>\n")
    }

    // MARK: In sample

    private func stability(_ page: inout HTMLText) {
        let points = result.stability.points
        let most = points.max { $0.choices < $1.choices }
        let isSmaller = objective.isSmallerBetter
        guard
            let map = HeatMap(
                result.plan.sweep.axes,
                points: points.map { ($0.coordinates, $0.score.map { isSmaller ? -$0 : $0 }) },
                best: most?.coordinates, maximumRows: 60, maximumColumns: 80)
        else { return }
        let axes = result.plan.sweep.axes
        let title =
            axes.count > 1
            ? "\(objective.rawValue) by \(axes[0].name) (down) and \(axes[1].name) (across)"
                + (axes.count > 2 ? ", middle over the other parameters" : "")
            : "\(objective.rawValue) by \(axes[0].name)"
        frame.begin(
            &page, "Stability of the parameters",
            "Mean \(title) in the training windows. A broad even area is worth more than a lone peak; the "
                + "framed cell holds the point that most folds chose.")
        page.raw(
            "<div class=\"card\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"map\">")
        SweepMapDrawing(map: map, objective: objective, axes: axes).draw(&page)
        page.raw("</div><p class=\"cap ramp\"><span>")
        page.raw("\(frame.display(SweepText.figure(map.lowest, objective)))</span>")
        for step in 0..<SweepMapDrawing.steps { page.raw("<i class=\"h\(step)\"></i>") }
        page.raw("<span>\(frame.display(SweepText.figure(map.highest, objective)))</span></p>")
        chosenTable(&page)
        page.raw("</div></section>\n")
    }

    private func chosenTable(_ page: inout HTMLText) {
        let points = result.stability.points
        let chosen = points.indices.filter { points[$0].choices > 0 }.prefix(60)
        page.table(
            "Chosen points and their neighbours",
            head: ["Chosen", "#Folds", "#Mean score", "#Neighbours", "#Worst neighbour", "Shape", "Edge"],
            rows: chosen.map { index in
                let point = points[index]
                let figures = [point.score, point.neighbourMean, point.neighbourWorst].map {
                    frame.display(SweepText.figure($0, objective))
                }
                return [
                    HTMLText.escape(WalkForwardText.parameters(result, index), limit: 120),
                    NumberText.count(point.choices),
                ] + figures + [point.shape?.rawValue ?? NumberText.absent, point.isOnEdge ? "yes" : "no"]
            }, style: "tight")
    }

    private func hindsight(_ page: inout HTMLText) {
        guard let best = result.inSampleBest else { return }
        frame.begin(
            &page, "In-sample best",
            "The best point over all data, chosen with hindsight. Nobody could have had it; it is shown to "
                + "be compared with what was earned out of sample.")
        page.raw("<div class=\"card\">")
        let whole = best.figures
        let found = result.statistics
        let rows: [(String, String, String)] = [
            ("Parameters", "chosen anew in each fold", WalkForwardText.parameters(result, best.point)),
            (
                "Return", NumberText.percent(found.totalReturn, signed: true),
                NumberText.percent(whole.totalReturn, signed: true)
            ),
            (
                "Annualised", NumberText.percent(found.returns.annualizedReturn, signed: true),
                NumberText.percent(whole.returns.annualizedReturn, signed: true)
            ),
            ("Sharpe", NumberText.ratio(found.returns.sharpe), NumberText.ratio(whole.sharpe)),
            (
                "Max drawdown", NumberText.percent(found.maxDrawdown),
                NumberText.percent(whole.maxDrawdown)
            ),
            (
                "Probability of skill", NumberText.percent(result.probabilisticSharpe?.value, 1),
                NumberText.percent(best.deflatedSharpe?.value, 1)
                    + " deflated by \(NumberText.count(result.points.count)) trials"
            ),
        ]
        page.table(
            "Out of sample and in-sample best", head: ["Figure", "#Out of sample", "#In-sample best"],
            rows: rows.map { [HTMLText.escape($0.0), frame.display($0.1), frame.display($0.2)] })
        page.raw("</div></section>\n")
    }

    private func scenarios(_ page: inout HTMLText) {
        let rows = WalkForwardScenarios.rows(result.scenarios)
        guard !rows.isEmpty else { return }
        frame.begin(
            &page, "Monte Carlo",
            "The trades of the test windows drawn anew and in other orders, and the choices of the folds on "
                + "changed markets. One outcome in twenty is worse than the 5 % column.")
        page.raw("<div class=\"card\">")
        let head = [
            "Scenarios", "#Count", "#Return 5 %", "#25 %", "#50 %", "#75 %", "#95 %", "#Fall 50 %",
            "#Fall 95 %", "#Loss", "#Ruin",
        ]
        page.table(
            "Monte Carlo", head: head,
            rows: rows.map { name, outcomes in
                let returns = outcomes.totalReturn
                let figures =
                    [returns.p5, returns.p25, returns.p50, returns.p75, returns.p95].map {
                        NumberText.percent($0, signed: true)
                    } + [
                        NumberText.percent(outcomes.maxDrawdown.p50),
                        NumberText.percent(outcomes.maxDrawdown.p95),
                        NumberText.percent(outcomes.lossProbability, 1),
                        NumberText.percent(outcomes.ruinProbability, 1),
                    ]
                return [HTMLText.escape(name), NumberText.count(outcomes.count)] + figures.map(frame.display)
            }, style: "tight")
        page.raw("</div></section>\n")
    }

    private func settings(_ page: inout HTMLText) {
        frame.begin(&page, "Settings")
        page.raw("<div class=\"card\">")
        var rows = result.plan.sweep.axes.map { axis in
            (axis.name, "\(String(axis.description.prefix(400))) (\(NumberText.count(axis.count)) values)")
        }
        rows.append(("Folds", "\(result.plan.folds.scheme.name), \(WalkForwardText.scheme(result))"))
        rows.append(("Warm-up", result.plan.warmUp?.description ?? "as the strategy declares"))
        rows.append(("Choice", WalkForwardText.counts(result)))
        if let untested = result.plan.folds.untested {
            rows.append(("Not tested", WalkForwardText.window(untested) + " UTC"))
        }
        rows.append(("Capital of each window", "\(result.base.capital) \(result.base.shareClass)"))
        rows += ExecutionText.lines(result.base).map { ($0.name, $0.value) }
        page.table(
            "Settings", head: ["What", "Value"],
            rows: rows.map { [HTMLText.escape($0.0, limit: 60), HTMLText.escape($0.1)] }, style: "words")
        page.raw("</div></section>\n")
    }

    private static let sheet = ".fold { fill:var(--accent); fill-opacity:.07 }\n"
}
