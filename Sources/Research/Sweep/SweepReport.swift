internal import Markets
internal import Simulation
internal import StrategyKit
internal import Units

/// The report of a sweep as one file of HTML in the style of the report of a backtest.
///
/// Equal results give equal bytes. It is read without script.
public struct SweepReport {
    private let result: SweepResult
    private let producer: String

    private static let listed = 20

    /// A report.
    ///
    /// - Parameter producer: name and version of the program.
    public init(_ result: SweepResult, producer: String) { (self.result, self.producer) = (result, producer) }

    /// The page.
    public func render() -> String {
        var page = HTMLText()
        head(&page)
        tiles(&page)
        verdict(&page)
        map(&page)
        distribution(&page)
        top(&page)
        settings(&page)
        page.raw("</main>\n<footer>Made by \(HTMLText.escape(producer, limit: 80)). ")
        page.raw("A backtest is what would have been, under the model stated here; it promises nothing.")
        page.raw("</footer>\n</body>\n</html>\n")
        return page.text
    }

    private func head(_ page: inout HTMLText) {
        let name = HTMLText.escape(result.plan.name, limit: 120)
        let strategies = result.plan.strategies.map(\.strategy).joined(separator: " + ")
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
        page.raw(
            "<title>\(name) – sweep</title>\n<style>\n\(ReportStyle.sheet)\(SweepReport.sheet)</style>\n")
        page.raw("</head>\n<body>\n<main>\n<header><div><p class=\"eyebrow\">Sweep · ")
        page.raw("\(HTMLText.escape(strategies, limit: 120))</p>\n")
        page.element("h1", String(result.plan.name.prefix(120)))
        page.element("p", SweepText.counts(result), attributes: "class=\"sub\"")
        page.raw("</div>\n")
        if let best = result.best {
            let objective = result.sweep.objective
            let figure = SweepText.figure(result.points[best].figures?[objective.ratio], objective)
            page.raw("<p class=\"verdict\"><b>\(shown(figure))</b><span>in-sample best ")
            page.raw("\(HTMLText.escape(objective.rawValue))<br>")
            page.raw("\(HTMLText.escape(SweepText.parameters(result, best), limit: 80))</span></p>")
        }
        page.raw("</header>\n")
    }

    private func tiles(_ page: inout HTMLText) {
        let objective = result.sweep.objective
        let gains = result.points.count { ($0.figures?[.totalReturn] ?? 0) > 0 }
        let tiles = [
            ("Points", NumberText.count(result.points.count)),
            ("Middle \(objective.rawValue)", SweepText.figure(result.medianObjective, objective)),
            ("Points with a gain", NumberText.percent(Double(gains) / Double(result.points.count), 1)),
            ("Deflated Sharpe", NumberText.percent(result.deflatedSharpe?.value, 1)),
        ]
        page.raw("<dl class=\"tiles\">")
        for (name, value) in tiles {
            page.raw("<div><dt>\(HTMLText.escape(name))</dt><dd>\(shown(value))</dd></div>")
        }
        page.raw("</dl>\n")
    }

    private func verdict(_ page: inout HTMLText) {
        page.raw("<div class=\"note\" role=\"note\">")
        let lines = SweepText.verdict(result) + result.data.warnings.prefix(3).map { String($0.prefix(400)) }
        for line in lines { page.element("p", line) }
        page.raw("</div>\n")
    }

    private func map(_ page: inout HTMLText) {
        guard let map = HeatMap(result, maximumRows: 60, maximumColumns: 80) else { return }
        let objective = result.sweep.objective
        section(
            &page, "Map",
            SweepText.mapTitle(result) + ". A broad even area is worth more than a lone peak; "
                + "the framed cell holds the in-sample best.")
        page.raw(
            "<div class=\"card\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"map\">")
        SweepMapDrawing(map: map, objective: objective, axes: result.sweep.axes).draw(&page)
        page.raw("</div><p class=\"cap ramp\"><span>\(shown(SweepText.figure(map.lowest, objective)))</span>")
        for step in 0..<SweepMapDrawing.steps { page.raw("<i class=\"h\(step)\"></i>") }
        page.raw("<span>\(shown(SweepText.figure(map.highest, objective)))</span></p></div>\n</section>\n")
    }

    /// How the objective is spread over the points.
    private func distribution(_ page: inout HTMLText) {
        let values = result.objectives
        guard values.count >= 10, let low = values.first, let high = values.last, high > low else { return }
        let bins = 40
        var counts = [Int](repeating: 0, count: bins)
        for value in values {
            counts[min(bins - 1, Int((value - low) / (high - low) * Double(bins)))] += 1
        }
        let objective = result.sweep.objective
        section(
            &page, "Distribution",
            "Points by \(objective.rawValue), from \(SweepText.figure(low, objective)) to "
                + "\(SweepText.figure(high, objective)). "
                + "The best of many is far out even when none has skill."
        )
        page.raw("<div class=\"card\"><svg class=\"bins\" viewBox=\"0 0 800 160\" role=\"img\" ")
        page.raw("aria-label=\"Points by objective\" preserveAspectRatio=\"none\">")
        let most = Double(counts.max() ?? 1)
        for (bin, count) in counts.enumerated() where count > 0 {
            let height = NumberText.fixed(max(1, 150 * Double(count) / most), 1)
            let top = NumberText.fixed(160 - max(1, 150 * Double(count) / most), 1)
            let from = low + (high - low) * Double(bin) / Double(bins)
            let to = low + (high - low) * Double(bin + 1) / Double(bins)
            let range = "\(SweepText.figure(from, objective)) to \(SweepText.figure(to, objective))"
            page.raw("<rect x=\"\(bin * 20 + 1)\" y=\"\(top)\" width=\"18\" height=\"\(height)\">")
            page.raw("<title>\(HTMLText.escape(range)): \(count)</title></rect>")
        }
        page.raw("</svg></div>\n</section>\n")
    }

    private func top(_ page: inout HTMLText) {
        let ranking = result.ranking(SweepReport.listed)
        guard !ranking.isEmpty else { return }
        section(
            &page, "Best in sample", "By \(result.sweep.objective.rawValue); all points are in results.csv.")
        let figures = [
            "#Return", "#A year", "#Sharpe", "#Sortino", "#Calmar", "#Drawdown", "#Trips", "#Fees",
        ]
        let rows = ranking.compactMap { place -> [String]? in
            let point = result.points[place]
            guard let figures = point.figures else { return nil }
            let levels = result.space.levels(of: point.combination)
            let parameters = zip(result.sweep.axes, levels).map { HTMLText.escape($0.text($1), limit: 60) }
            return parameters
                + [
                    NumberText.percent(figures[.totalReturn], signed: true),
                    NumberText.percent(figures[.annualizedReturn], 1, signed: true),
                    NumberText.ratio(figures[.sharpe]), NumberText.ratio(figures[.sortino]),
                    NumberText.ratio(figures[.calmar]), NumberText.percent(figures[.maxDrawdown]),
                    NumberText.count(figures.trades), NumberText.money(figures.fees),
                ].map(shown)
        }
        let head = result.sweep.axes.map { "#" + String($0.name.prefix(60)) } + figures
        page.table("Best points in sample", head: head, rows: rows, style: "tight")
        page.raw("</section>\n")
    }

    private func settings(_ page: inout HTMLText) {
        section(&page, "Settings")
        var rows = result.sweep.axes.map { axis in
            (axis.name, "\(String(axis.description.prefix(400))) (\(NumberText.count(axis.count)) values)")
        }
        rows.append(("Search", SweepText.counts(result)))
        rows.append(
            (
                "Data",
                "\(NumberText.count(result.data.series)) series, \(NumberText.count(result.data.rows)) rows, "
                    + "\(NumberText.moment(result.data.first)) to \(NumberText.moment(result.data.last)) UTC"
            ))
        rows.append(
            (
                "Window",
                "\(NumberText.moment(result.plan.start)) to \(NumberText.moment(result.plan.end)) UTC"
            ))
        rows.append(("Fills", result.plan.execution.fill.rawValue))
        rows.append(("Capital", "\(result.plan.capital) \(result.plan.shareClass)"))
        page.table(
            "Settings", head: ["What", "Value"],
            rows: rows.map { [HTMLText.escape($0.0, limit: 60), HTMLText.escape($0.1)] }, style: "words")
        page.raw("</section>\n")
    }

    private func section(_ page: inout HTMLText, _ title: String, _ lead: String = "") {
        page.raw("<section>\n")
        page.element("h2", title)
        if !lead.isEmpty { page.element("p", lead, attributes: "class=\"lead\"") }
    }

    /// A number for reading, with a real minus sign.
    private func shown(_ text: String) -> String {
        let escaped = HTMLText.escape(text)
        return escaped.hasPrefix("-") ? "−" + escaped.dropFirst() : escaped
    }

    /// The steps of the map's colours: blue to yellow, told apart by any colour vision, in print and in dark.
    static let sheet = """
        .map { display:block; min-width:480px; width:100%; height:auto }
        .map text { fill:var(--dim); font-size:11px }
        .map .best { fill:none; stroke:#d81b60; stroke-width:3 }
        .bins { display:block; width:100%; height:160px }
        .bins rect { fill:var(--accent) }
        .ramp { justify-content:flex-start; align-items:center; gap:2px; margin:12px 0 0 }
        .ramp i { width:22px; height:12px; display:inline-block }
        .ramp span { padding:0 8px }
        .h0 { fill:#00204d; background:#00204d } .h1 { fill:#0b3370; background:#0b3370 }
        .h2 { fill:#38476b; background:#38476b } .h3 { fill:#575c6d; background:#575c6d }
        .h4 { fill:#707173; background:#707173 } .h5 { fill:#8a8779; background:#8a8779 }
        .h6 { fill:#a69d75; background:#a69d75 } .h7 { fill:#c4b56c; background:#c4b56c }
        .h8 { fill:#e4cf5b; background:#e4cf5b } .h9 { fill:#ffea46; background:#ffea46 }

        """
}

/// The map of a sweep as a drawing.
struct SweepMapDrawing {
    let map: HeatMap
    let objective: SweepObjective
    let axes: [SweepAxis]

    /// Colours from the lowest to the highest value.
    static let steps = 10

    func draw(_ page: inout HTMLText) {
        let (left, top, size) = (64, 26, 24)
        let width = left + map.columns.count * size + 4
        let height = top + map.rows.count * size + 6
        page.raw("<svg class=\"map\" viewBox=\"0 0 \(width) \(height)\" role=\"img\" ")
        page.raw("style=\"max-width:\(max(480, width * 3 / 2))px\" aria-label=\"")
        page.raw(HTMLText.escape("Map of \(objective.rawValue)") + "\">")
        let every = max(1, (map.columns.map(\.count).max() ?? 1) * 8 / size + 1)
        for (column, heading) in map.columns.enumerated() where column % every == 0 {
            page.raw("<text x=\"\(left + column * size + size / 2)\" y=\"18\" text-anchor=\"middle\">")
            page.raw("\(HTMLText.escape(heading, limit: 12))</text>")
        }
        for (row, cells) in map.cells.enumerated() {
            let y = top + row * size
            page.raw("<text x=\"\(left - 8)\" y=\"\(y + 16)\" text-anchor=\"end\">")
            page.raw("\(HTMLText.escape(map.rows[row], limit: 10))</text>\n")
            for (column, value) in cells.enumerated() {
                guard let value else { continue }
                let step = min(
                    SweepMapDrawing.steps - 1, Int(map.share(value) * Double(SweepMapDrawing.steps)))
                page.raw("<rect class=\"h\(step)\" x=\"\(left + column * size)\" y=\"\(y)\" ")
                page.raw("width=\"\(size - 1)\" height=\"\(size - 1)\"><title>")
                page.raw("\(HTMLText.escape(label(row, column, value)))</title></rect>")
            }
        }
        if let best = map.best {
            let (x, y) = (left + best.column * size, top + best.row * size)
            page.raw(
                "<rect class=\"best\" x=\"\(x)\" y=\"\(y)\" width=\"\(size - 1)\" height=\"\(size - 1)\"/>")
        }
        page.raw("</svg>")
    }

    private func label(_ row: Int, _ column: Int, _ value: Double) -> String {
        let figure = SweepText.figure(value, objective)
        guard axes.count > 1 else { return "\(axes[0].name) \(map.columns[column]): \(figure)" }
        return "\(axes[0].name) \(map.rows[row]), \(axes[1].name) \(map.columns[column]): \(figure)"
    }
}
