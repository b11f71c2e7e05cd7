/// A page that is being written. Text from outside goes through ``escape(_:limit:)``.
struct HTMLText {
    private(set) var text = ""

    /// Adds markup as it is.
    mutating func raw(_ markup: String) { text += markup }

    /// Adds an element with escaped text in it.
    mutating func element(_ tag: String, _ content: String, attributes: String = "") {
        text += "<" + tag + (attributes.isEmpty ? "" : " " + attributes) + ">"
        text += HTMLText.escape(content) + "</" + tag + ">\n"
    }

    /// A text that is text in HTML and SVG, in elements and in quoted attributes, without control and
    /// direction-changing characters; cut at a number of characters.
    static func escape(_ text: String, limit: Int = 2_000) -> String {
        var result = ""
        for scalar in TerminalText.clean(text, width: limit).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A table.
    ///
    /// - Parameters:
    ///   - caption: what it shows, for those who hear the page.
    ///   - head: column headings; those that begin with `#` are aligned right.
    ///   - rows: cells as markup, already escaped.
    mutating func table(_ caption: String, head: [String], rows: [[String]], style: String = "") {
        raw(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(HTMLText.escape(caption))\">"
        )
        raw("<table class=\"\(style)\"><caption>\(HTMLText.escape(caption))</caption>\n<thead><tr>")
        for heading in head {
            let isNumber = heading.hasPrefix("#")
            raw("<th scope=\"col\"\(isNumber ? " class=\"n\"" : "")>")
            raw(HTMLText.escape(isNumber ? String(heading.dropFirst()) : heading) + "</th>")
        }
        raw("</tr></thead>\n<tbody>\n")
        for row in rows {
            raw("<tr>")
            for (index, cell) in row.enumerated() {
                let isNumber = index < head.count && head[index].hasPrefix("#")
                if index == 0 {
                    raw("<th scope=\"row\"\(isNumber ? " class=\"n\"" : "")>\(cell)</th>")
                } else {
                    raw("<td\(isNumber ? " class=\"n\"" : "")>\(cell)</td>")
                }
            }
            raw("</tr>\n")
        }
        raw("</tbody></table></div>\n")
    }
}
