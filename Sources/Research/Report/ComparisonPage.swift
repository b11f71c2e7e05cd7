internal import Units

extension Comparison {
    /// The comparison as one page of HTML that loads nothing from elsewhere. Definitions stand below the
    /// table, and show under the pointer.
    ///
    /// - Parameter producer: name and version of the program.
    public func page(producer: String) -> String {
        var page = HTMLText()
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
        page.raw("<title>Comparison of \(runs.count) runs</title>\n<style>\n\(ReportStyle.sheet)</style>\n")
        page.raw("</head>\n<body>\n<main>\n<header><div><p class=\"eyebrow\">Comparison</p>\n")
        page.element("h1", runs.map { String($0.name.prefix(60)) }.joined(separator: " · "))
        page.raw("</div></header>\n")
        if !notes.isEmpty {
            page.raw("<div class=\"note\" role=\"note\">")
            for note in notes { page.element("p", note) }
            page.raw("</div>\n")
        }
        let head = runs.enumerated().map { "#\($0.offset + 1) \($0.element.name.prefix(40))" }
        curves(&page)
        figures(&page, head)
        settings(&page, runs.enumerated().map { "\($0.offset + 1) \($0.element.name.prefix(40))" })
        definitions(&page)
        page.raw("</main>\n<footer>Made by \(HTMLText.escape(producer, limit: 80)). ")
        page.raw("The best value of a figure is green and has an asterisk.</footer>\n</body>\n</html>\n")
        return page.text
    }

    /// Growth of each run over time, where its folder holds the curve.
    private func curves(_ page: inout HTMLText) {
        let known = runs.enumerated().filter { $0.element.growth.count >= 2 }.prefix(Comparison.drawn)
        let all = known.flatMap(\.element.growth)
        guard !known.isEmpty, let start = all.map(\.time).min(), let end = all.map(\.time).max(),
            let low = all.map(\.growth).min(), let high = all.map(\.growth).max()
        else { return }
        let room = (high - low) * 0.05
        let axis = ValueAxis((low - 1 - room)...(high - 1 + room), count: 6, isPercent: true)
        var drawing = ChartDrawing(from: start.nanoseconds, to: end.nanoseconds, axis: axis, height: 280)
        drawing.level(0, style: "base")
        var keys = ""
        for (place, run) in known {
            let points = run.growth.map { ChartPoint(time: $0.time.nanoseconds, value: $0.growth - 1) }
            drawing.line(points, style: "run r\(place)")
            keys += "<span class=\"key k\(place)\">\(place + 1) "
            keys += "\(HTMLText.escape(run.name, limit: 40))</span> &nbsp; "
        }
        page.raw("<section>\n")
        page.element("h2", "Equity")
        page.raw(
            "<div class=\"card\"><div class=\"fig\"><p class=\"cap\"><span><b>Change of equity</b> since ")
        page.raw("the start</span><span>\(keys)</span></p>")
        page.raw(
            drawing.markup(
                id: "growth", title: "Change of equity of the runs",
                description: "\(known.count) curves between \(NumberText.percent(low - 1)) and "
                    + "\(NumberText.percent(high - 1)).", unit: "%", showsTime: true))
        page.raw("</div></div></section>\n")
    }

    private func figures(_ page: inout HTMLText, _ head: [String]) {
        page.raw("<section>\n")
        page.element("h2", "Figures")
        page.raw("<div class=\"card\">")
        let cells = rows.map { row in
            [
                "<span title=\"\(HTMLText.escape(row.figure.definition))\">"
                    + "\(HTMLText.escape(row.figure.title))</span>"
            ]
                + runs.indices.map { place in
                    let value = HTMLText.escape(row.figure.text(row.values[place]))
                    // The asterisk takes its room in every cell, so that numbers stand below each other.
                    return row.best.contains(place)
                        ? "<b class=\"up\">\(value) *</b>" : value + "<span class=\"ghost\"> *</span>"
                }
        }
        page.table("Figures of the runs", head: ["Figure"] + head, rows: cells, style: "tight")
        page.raw("</div></section>\n")
    }

    private func settings(_ page: inout HTMLText, _ head: [String]) {
        page.raw("<section>\n")
        page.element("h2", "Settings")
        page.element("p", "What differs is in bold.", attributes: "class=\"lead\"")
        page.raw("<div class=\"card\">")
        let paths = [HTMLText.escape("folder")] + runs.map { HTMLText.escape($0.path, limit: 200) }
        let cells = settings.map { setting in
            [HTMLText.escape(setting.name, limit: 120)]
                + setting.values.map { value in
                    let text = HTMLText.escape(value ?? NumberText.absent, limit: 300)
                    return setting.differs ? "<b>\(text)</b>" : "<span class=\"dim\">\(text)</span>"
                }
        }
        page.table("Settings of the runs", head: ["Setting"] + head, rows: [paths] + cells)
        page.raw("</div></section>\n")
    }

    private func definitions(_ page: inout HTMLText) {
        page.raw("<section>\n")
        page.element("h2", "Definitions")
        page.raw("<div class=\"card\">")
        page.table(
            "Definitions of the figures", head: ["Figure", "Definition"],
            rows: rows.map {
                [HTMLText.escape($0.figure.title), HTMLText.escape($0.figure.definition)]
            }, style: "defined")
        page.raw("</div></section>\n")
    }
}
