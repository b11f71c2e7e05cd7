internal import Accounting
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
        begin(&page, "Margin and funding", "Each point holds the extremes of the steps since the one before.")
        page.raw("<div class=\"card\">")
        margin(&page, from: first.time.nanoseconds, to: last.time.nanoseconds)
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
            " of the worst venue: margin balance with unrealised profit over the value of its positions",
            note: "lowest \(worst), \(forced)", markup)
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
