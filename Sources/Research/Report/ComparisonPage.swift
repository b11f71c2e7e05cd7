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
        figures(&page, head)
        settings(&page, runs.enumerated().map { "\($0.offset + 1) \($0.element.name.prefix(40))" })
        definitions(&page)
        page.raw("</main>\n<footer>Made by \(HTMLText.escape(producer, limit: 80)). ")
        page.raw("The best value of a figure is green and has an asterisk.</footer>\n</body>\n</html>\n")
        return page.text
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
                    return row.best.contains(place) ? "<b class=\"up\">\(value) *</b>" : value
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
                    let text = HTMLText.escape(value, limit: 300)
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
