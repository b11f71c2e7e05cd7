internal import Accounting
internal import Trading
internal import Units

/// What runs with contracts have beside others: exposure of positions, margin and funding.
extension HTMLReport {
    private func points(_ value: (RiskPoint) -> Double?) -> [ChartPoint] {
        let all = (result.riskCurve?.points ?? []).compactMap { point in
            value(point).map { ChartPoint(time: point.time.nanoseconds, value: $0) }
        }
        return ChartThinning.thin(all, buckets: HTMLReport.parts)
    }

    /// The stretches of the curve in which a value is defined, each thinned in proportion to its length.
    private func stretches(_ value: (RiskPoint) -> Double?) -> [[ChartPoint]] {
        let all = result.riskCurve?.points ?? []
        let parts = all.split(whereSeparator: { value($0) == nil }).map { part in
            part.compactMap { point in
                value(point).map { ChartPoint(time: point.time.nanoseconds, value: $0) }
            }
        }
        return parts.map {
            ChartThinning.thin($0, buckets: max(1, HTMLReport.parts * $0.count / max(1, all.count)))
        }
    }

    /// Gross and net value of the positions over equity.
    func contractExposure(_ page: inout HTMLText, from start: Int64, to end: Int64) {
        func bounded(_ value: Double) -> Double { min(20, max(-20, value)) }
        let gross = points { bounded($0.gross) }
        let net = points { bounded($0.net) }
        let levels = gross.map(\.value) + net.map(\.value) + [0]
        let (low, high) = (levels.min() ?? 0, levels.max() ?? 0)
        let axis = ValueAxis(low == high ? 0...1 : (low * 1.04)...(high * 1.04), count: 4, isPercent: true)
        var drawing = ChartDrawing(from: start, to: end, axis: axis, height: 120)
        drawing.area(gross, to: 0, style: "held", steps: true)
        drawing.level(0, style: "zero")
        drawing.line(gross, style: "thin", steps: true)
        drawing.line(net, style: "quiet", steps: true)
        let most = NumberText.percent(gross.map(\.value).max(), 1)
        let furthest = NumberText.percent(result.riskCurve?.maxAbsDelta, 2)
        let markup = drawing.markup(
            id: "exposure", title: "Exposure over time",
            description: "The positions' gross value reaches \(most) of equity, their net value \(furthest).",
            unit: "%", showsTime: true)
        figure(
            &page, "Exposure", ": gross value of all positions as a share of equity; grey: net",
            note: "gross at most \(most), net at most \(furthest)", markup)
    }

    /// Margin ratio and funding over time, with the worst figures.
    func riskSection(_ page: inout HTMLText) {
        let points = result.riskCurve?.points ?? []
        guard let first = points.first, let last = points.last, points.count >= 2 else { return }
        begin(&page, "Risk and funding", "Each point holds the extremes of the steps since the one before.")
        page.raw("<div class=\"card\">")
        margin(&page, from: first.time.nanoseconds, to: last.time.nanoseconds)
        health(&page, from: first.time.nanoseconds, to: last.time.nanoseconds)
        delta(&page, from: first.time.nanoseconds, to: last.time.nanoseconds)
        funding(&page, from: first.time.nanoseconds, to: last.time.nanoseconds)
        page.raw("</div></section>\n")
    }

    private func margin(_ page: inout HTMLText, from start: Int64, to end: Int64) {
        // Without a position a ratio is not defined; a small position has a very high one.
        let ratios = stretches { $0.marginRatio.map { min(5, max(-1, $0)) } }
        let levels = ratios.joined().map(\.value)
        guard levels.count >= 2, let low = levels.min(), let high = levels.max() else { return }
        let axis = ValueAxis(min(0, low)...max(0.1, high * 1.04), count: 4, isPercent: true)
        var drawing = ChartDrawing(from: start, to: end, axis: axis, height: 140)
        drawing.level(0, style: "zero")
        bands(result.plan.bands.marginRatio, on: &drawing)
        drawing.line(ratios, style: "thin", steps: true)
        let worst = NumberText.typeset(
            NumberText.percent(result.risk.worstMarginRatio ?? result.riskCurve?.worstMarginRatio))
        let count = result.risk.liquidations
        let forced = count == 0 ? "no liquidation" : NumberText.count(count, "liquidation")
        let markup = drawing.markup(
            id: "margin", title: "Margin ratio over time",
            description: "The lowest margin ratio of any venue falls to \(worst), with \(forced).", unit: "%",
            showsTime: false)
        figure(
            &page, "Margin ratio",
            " of the worst venue: margin with unrealised profit over the value of its positions; "
                + bandWords(result.plan.bands.marginRatio, isPercent: true),
            note: "lowest \(worst), \(forced)", markup)
    }

    /// The bounds of a measure across a drawing.
    private func bands(_ bounds: RiskBounds, on drawing: inout ChartDrawing) {
        drawing.level(bounds.warning.approximateDouble, style: "warned")
        drawing.level(bounds.reduce.approximateDouble, style: "reduced")
        drawing.level(bounds.critical.approximateDouble, style: "urgent")
    }

    private func bandWords(_ bounds: RiskBounds, isPercent: Bool) -> String {
        func text(_ value: ExactDecimal) -> String {
            isPercent ? NumberText.percent(value.approximateDouble, 0) : value.description
        }
        return "lines: warning \(text(bounds.warning)), reduce \(text(bounds.reduce)), critical "
            + text(bounds.critical)
    }

    /// The health factor of the loan; nothing in runs without one.
    private func health(_ page: inout HTMLText, from start: Int64, to end: Int64) {
        let factors = stretches { $0.healthFactor.map { min(5, max(0, $0)) } }
        let levels = factors.joined().map(\.value)
        guard levels.count >= 2, let low = levels.min(), let high = levels.max() else { return }
        let axis = ValueAxis(min(0.98, low)...max(1.2, high * 1.02), count: 4)
        var drawing = ChartDrawing(from: start, to: end, axis: axis, height: 140)
        bands(result.plan.bands.healthFactor, on: &drawing)
        drawing.line(factors, style: "thin", steps: true)
        let worst = NumberText.typeset(
            NumberText.ratio(result.risk.worstHealthFactor ?? result.riskCurve?.worstHealthFactor))
        let markup = drawing.markup(
            id: "health", title: "Health factor over time",
            description: "The health factor of the loan falls to \(worst).", unit: "", showsTime: false)
        figure(
            &page, "Health factor",
            " of the loan; " + bandWords(result.plan.bands.healthFactor, isPercent: false),
            note: "lowest \(worst)", markup)
    }

    /// Net delta in the share class; nothing where no asset could have one.
    private func delta(_ page: inout HTMLText, from start: Int64, to end: Int64) {
        let deltas = points { $0.netDelta }
        let values = deltas.map(\.value)
        guard deltas.count >= 2, let low = values.min(), let high = values.max() else { return }
        let axis = ValueAxis(low == high ? -1...1 : padded(min(0, low), max(0, high)), count: 4)
        var drawing = ChartDrawing(from: start, to: end, axis: axis, height: 120)
        drawing.level(0, style: "zero")
        drawing.line(deltas, style: "thin", steps: true)
        let most = fixed(values.map(abs).max() ?? 0)
        let markup = drawing.markup(
            id: "delta", title: "Net delta over time",
            description: "Net delta reaches \(most) \(unit) at most.", unit: unit, showsTime: false)
        let bound = NumberText.percent(result.plan.bands.deltaDrift.warning.approximateDouble, 1)
        figure(
            &page, "Net delta",
            ", \(unit): value of what is held, less what is owed and sold short; of an account that hedges, "
                + "a drift of more than \(bound) of equity warns",
            note: "furthest \(most)", markup)
    }

    /// What strategies changed and why: how often for which reason, and the last of them.
    func rebalanceSection(_ page: inout HTMLText) {
        let lines = result.rebalances
        if lines.isEmpty { return }
        begin(
            &page, "Rebalancing",
            "\(NumberText.count(lines.count, "change")) of positions, each decided for one reason. All of "
                + "them are in rebalances.csv.")
        page.raw("<div class=\"card\">")
        var counts: [(reason: String, count: Int)] = []
        for line in lines {
            if let place = counts.firstIndex(where: { $0.reason == line.reason }) {
                counts[place].count += 1
            } else {
                counts.append((line.reason, 1))
            }
        }
        let words = counts.map { "\($0.reason) \(NumberText.count($0.count))" }.joined(separator: ", ")
        page.element("p", "Reasons: \(words).", attributes: "class=\"lead\"")
        let shown = lines.prefix(HTMLReport.shownRebalances)
        page.table(
            "What was changed, when and why",
            head: ["Time", "What", "Why", "#Net delta before, \(unit)", "#Margin ratio", "#Health factor"],
            rows: shown.map { line in
                [
                    HTMLText.escape(NumberText.moment(line.time)), HTMLText.escape(line.action),
                    HTMLText.escape(line.reason), line.netDelta.map { fixed($0) } ?? "",
                    display(line.marginRatio.map { NumberText.percent($0) } ?? ""),
                    display(line.healthFactor.map { NumberText.fixed($0, 3) } ?? ""),
                ]
            }, style: "tight")
        if lines.count > shown.count {
            page.element(
                "p", "The first \(shown.count) of \(NumberText.count(lines.count)).",
                attributes: "class=\"lead\"")
        }
        page.raw("</div></section>\n")
    }

    /// The most changes that the page lists.
    private static let shownRebalances = 60

    /// Yields that nobody traded, beside the result.
    func yieldSection(_ page: inout HTMLText) {
        let curves = result.yields.prefix(Comparison.drawn - 1)
        guard !curves.isEmpty, let first = result.equity.periods.first, let last = result.equity.periods.last
        else { return }
        begin(
            &page, "Beside plain yields",
            "What one unit would have become in yields that need no trading, without costs.")
        page.raw("<div class=\"card\">")
        let own = growth()
        let lines = curves.map { curve in
            curve.points.map { ChartPoint(time: $0.time.nanoseconds, value: $0.growth) }
        }
        let levels = (lines.joined() + own).map(\.value)
        let axis = ValueAxis(padded(levels.min() ?? 1, levels.max() ?? 1), count: 5)
        var drawing = ChartDrawing(
            from: first.time.nanoseconds, to: last.time.nanoseconds, axis: axis, height: 200)
        drawing.level(1, style: "base")
        drawing.line(own, style: "run r0")
        for (index, line) in lines.enumerated() { drawing.line(line, style: "run r\(index + 1)") }
        var keys = "<span class=\"key k0\">this run</span>"
        var rows = [
            ["this run", display(NumberText.percent(statistics.returns.annualizedReturn, signed: true))]
        ]
        for (index, curve) in curves.enumerated() {
            keys += " &nbsp; <span class=\"key k\(index + 1)\">\(HTMLText.escape(curve.name))</span>"
            rows.append([
                HTMLText.escape(curve.name), display(NumberText.percent(curve.annualized, signed: true)),
            ])
        }
        page.raw("<p class=\"cap\"><span><b>Growth of one \(HTMLText.escape(unit))</b></span>")
        page.raw("<span>\(keys)</span></p>")
        page.raw(
            drawing.markup(
                id: "yields", title: "Growth beside plain yields",
                description: "The run beside \(curves.map(\.name).joined(separator: ", ")).", unit: "",
                showsTime: true))
        page.table("Yields a year", head: ["What", "#Yield a year"], rows: rows)
        page.raw("</div></section>\n")
    }

    /// One unit of money in the run, time-weighted between flows.
    private func growth() -> [ChartPoint] {
        var level = 1.0
        var points: [ChartPoint] = []
        for (index, period) in result.equity.periods.enumerated() {
            if index > 0 { level *= 1 + (result.equity.periodReturns[index - 1] ?? 0) }
            points.append(ChartPoint(time: period.time.nanoseconds, value: level))
        }
        return points
    }

    private func funding(_ page: inout HTMLText, from start: Int64, to end: Int64) {
        let received = points { $0.funding }
        let values = received.map(\.value)
        guard let low = values.min(), let high = values.max(), low < high else { return }
        let axis = ValueAxis(padded(min(0, low), max(0, high)), count: 4)
        var drawing = ChartDrawing(from: start, to: end, axis: axis, height: 140)
        drawing.area(received, to: 0, style: "held", steps: true)
        drawing.level(0, style: "zero")
        drawing.line(received, style: "thin", steps: true)
        let place = Cause.attributed.firstIndex { $0.key == "funding" }
        let total = NumberText.typeset(
            place.map { NumberText.money(result.attribution[$0], signed: true) } ?? NumberText.absent)
        let markup = drawing.markup(
            id: "funding", title: "Funding over time",
            description: "Funding received less funding paid comes to \(total) \(unit).", unit: unit,
            showsTime: true)
        figure(
            &page, "Funding", ", \(unit): received less paid since the start", note: "in all \(total)", markup
        )
    }
}
