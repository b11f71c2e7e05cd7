internal import Accounting
internal import Units

extension HTMLReport {
    /// The change of equity by cause, in all and over time.
    func attributionSection(_ page: inout HTMLText) {
        begin(
            &page, "Attribution",
            "Every change of equity has a cause, counted from the ledger's own postings and marks. "
                + "The causes add up to the change exactly; nothing is left as “the rest”.")
        page.raw("<div class=\"card fig\">")
        causes(&page)
        let change = result.finalEquity.approximateDouble - result.initialEquity.approximateDouble
        page.raw("<p class=\"cap\" style=\"margin:14px 0 0\"><span>")
        page.raw("Equity \(exact(result.initialEquity)) → ")
        page.raw("\(exact(result.finalEquity)) \(HTMLText.escape(unit)), net deposits ")
        page.raw("\(exact(result.netFlows))</span>")
        page.raw(
            "<span>change <b class=\"\(tone(change))\">\(display(NumberText.fixed(change, 2, signed: true)))")
        page.raw("</b>, residual <b>\(exact(result.attributionResidual))</b></span></p>")
        course(&page)
        page.raw("</div></section>\n")
    }

    /// Amounts with their points below each other, and which causes had none.
    private func causes(_ page: inout HTMLText) {
        let all = zip(Cause.attributed, result.attribution)
        let moved = all.filter { !$0.1.isZero }
        let still = all.filter { $0.1.isZero }.map { TerminalReport.words($0.0) }
        let largest = moved.map { abs($0.1.approximateDouble) }.max() ?? 0
        let amounts = TerminalText.alignedAtPoint(moved.map { NumberText.exact($0.1) })
        let rows = zip(moved, amounts).map { entry, amount in
            [
                HTMLText.escape(TerminalReport.words(entry.0)), HTMLReport.atPoint(display(amount)),
                bar(entry.1.approximateDouble, largest: largest),
            ]
        }
        if !rows.isEmpty {
            page.table(
                "Change of equity by cause, in \(unit)", head: ["Cause", "#Amount, \(unit)", ""], rows: rows,
                style: "attr")
        }
        if !still.isEmpty {
            page.element(
                "p", "Nothing by \(still.joined(separator: ", ")).",
                attributes: "class=\"lead\" style=\"margin:12px 0 0\"")
        }
    }

    /// Invisible digits in place of the spaces at the end, as wide as those that others have there.
    private static func atPoint(_ number: String) -> String {
        let digits = number.prefix { $0 != " " }
        let room = number.count - digits.count
        guard room > 0 else { return number }
        let ghost = (digits.contains(".") ? "" : ".") + String(repeating: "0", count: room)
        return digits + "<span class=\"ghost\">\(ghost.prefix(room))</span>"
    }

    func exact(_ value: ExactDecimal) -> String { display(NumberText.exact(value)) }

    /// A bar to the right of the middle for gains, to the left for losses.
    private func bar(_ value: Double, largest: Double) -> String {
        guard largest > 0, value.isFinite else { return "" }
        let breadth = max(0.3, abs(value) / largest * 50)
        let start = value < 0 ? 50 - breadth : 50
        return
            "<svg width=\"100%\" height=\"16\" aria-hidden=\"true\"><rect class=\"\(value < 0 ? "m" : "p")\" "
            + "x=\"\(NumberText.fixed(start, 2))%\" y=\"2\" width=\"\(NumberText.fixed(breadth, 2))%\" "
            + "height=\"13\" rx=\"2\"/><line class=\"zero\" x1=\"50%\" x2=\"50%\" y1=\"-7\" y2=\"24\"/></svg>"
    }

    /// What each cause came to over time, beside their sum.
    private func course(_ page: inout HTMLText) {
        guard let curve = result.attributionCurve, let first = curve.points.first,
            let last = curve.points.last,
            curve.points.count >= 3
        else { return }
        let reach = curve.causes.indices.map { place in
            curve.points.map { abs($0.amounts[place]) }.max() ?? 0
        }
        // As many as there are colours, those that reach furthest, in the order of the table.
        let ranked = reach.indices.sorted { reach[$0] == reach[$1] ? $0 < $1 : reach[$0] > reach[$1] }
        let drawn = ranked.prefix(Comparison.drawn).sorted()
        let total = points(curve) { $0.amounts.reduce(0, +) }
        let layers = AttributionStack(curve, drawn)
        let edges = (layers.lower + layers.upper).joined()
        let levels = (Array(edges) + total).map(\.value) + [0]
        let axis = ValueAxis(padded(levels.min() ?? 0, levels.max() ?? 0), count: 6)
        var drawing = ChartDrawing(
            from: first.time.nanoseconds, to: last.time.nanoseconds, axis: axis, height: 220)
        drawing.level(0, style: "zero")
        for color in drawn.indices {
            drawing.ribbon(
                from: layers.lower[color], to: layers.upper[color], style: "stack f\(color)")
        }
        drawing.line(total, style: "sum")
        var keys = "<span class=\"key sum\">all</span>"
        for (color, place) in drawn.enumerated() {
            let words = curve.causes[place].split(separator: "_").joined(separator: " ")
            keys += " &nbsp; <span class=\"key k\(color)\">\(HTMLText.escape(words))</span>"
        }
        page.raw("<p class=\"cap\" style=\"margin-top:22px\"><span><b>Attribution over time</b>, ")
        page.raw("\(HTMLText.escape(unit)), since the start, one on the other: gains up, losses down</span>")
        page.raw("<span>\(keys)</span></p>")
        let sum = NumberText.typeset(NumberText.fixed(total.last?.value ?? 0, 2, signed: true))
        page.raw(
            drawing.markup(
                id: "attribution", title: "Attribution over time",
                description: "The causes together come to \(sum) \(unit).", unit: unit, showsTime: true))
    }

    private func points(
        _ curve: AttributionCurve, _ value: (AttributionPoint) -> Double
    ) -> [ChartPoint] {
        curve.points.map { ChartPoint(time: $0.time.nanoseconds, value: value($0)) }
    }
}

/// Causes laid one on the other: gains upward from zero, losses downward.
private struct AttributionStack {
    /// By cause, the lower and the upper edge at each point.
    private(set) var lower: [[ChartPoint]] = []
    private(set) var upper: [[ChartPoint]] = []

    init(_ curve: AttributionCurve, _ causes: [Int]) {
        var gains = [Double](repeating: 0, count: curve.points.count)
        var losses = gains
        for cause in causes {
            var (below, above): ([ChartPoint], [ChartPoint]) = ([], [])
            for (index, point) in curve.points.enumerated() {
                let amount = point.amounts[cause]
                let base = amount < 0 ? losses[index] : gains[index]
                let end = base + amount
                if amount < 0 { losses[index] = end } else { gains[index] = end }
                let time = point.time.nanoseconds
                below.append(ChartPoint(time: time, value: min(base, end)))
                above.append(ChartPoint(time: time, value: max(base, end)))
            }
            lower.append(below)
            upper.append(above)
        }
    }
}
