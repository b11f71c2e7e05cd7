internal import Events

/// The document of the API as a page for people: whole in itself, without scripts and other hosts.
enum OpenAPIPage {
    static func html(_ document: JSONText) -> String {
        let info = document["info"]
        var body = "<h1>\(text(info?["title"])) \(text(info?["version"]))</h1>"
        body += "<p>\(text(info?["description"]))</p>"
        body += "<p>For programs: <a href=\"/openapi.json\">openapi.json</a> (OpenAPI 3.1)</p>"
        let tags = (document["tags"]?.items ?? []).compactMap { $0["name"]?.text }
        body += "<nav aria-label=\"Sections\"><ul>"
        for tag in tags { body += "<li><a href=\"#\(anchor(tag))\">\(escaped(tag))</a></li>" }
        body += "</ul></nav><main>"
        for tag in tags {
            body += "<section aria-labelledby=\"\(anchor(tag))\">"
            body += "<h2 id=\"\(anchor(tag))\">\(escaped(tag))</h2>"
            for path in document["paths"]?.members ?? [] {
                for operation in path.value.members ?? []
                where operation.value["tags"]?.items?.first?.text == tag {
                    body += operationHTML(operation.key, path.key, operation.value)
                }
            }
            body += "</section>"
        }
        body += "</main>" + schemas(document)
        return page(title: text(info?["title"]) + " API", body)
    }

    private static func operationHTML(_ method: String, _ path: String, _ operation: JSONText) -> String {
        var html = "<article id=\"\(text(operation["operationId"]))\">"
        html += "<h3><span class=\"method \(method)\">\(method.uppercased())</span> "
        html += "<code>\(escaped(path))</code></h3><p><strong>\(text(operation["summary"]))</strong>"
        if let role = operation["x-required-role"]?.text { html += " · needs \(escaped(role))" }
        html += "</p>"
        if let more = operation["description"] { html += "<p>\(text(more))</p>" }
        let parameters = operation["parameters"]?.items ?? []
        if !parameters.isEmpty {
            html += table(
                ["Parameter", "In", "Kind", "Meaning"],
                parameters.map { parameter in
                    let mark = parameter["required"] == .flag(true) ? " *" : ""
                    return [
                        "<code>\(text(parameter["name"]))</code>\(mark)", text(parameter["in"]),
                        kind(parameter["schema"]), text(parameter["description"]),
                    ]
                })
        }
        if let content = operation["requestBody"]?["content"]?.members?.first {
            html += "<p>Body, \(escaped(content.key)):</p>" + shape(content.value["schema"])
        }
        let responses = (operation["responses"]?.members ?? []).map { response in
            [
                "<code>\(escaped(response.key))</code>", text(response.value["description"]),
                kind(response.value["content"]?.members?.first?.value["schema"]),
            ]
        }
        return html + table(["Status", "When", "Body"], responses) + "</article>"
    }

    private static func schemas(_ document: JSONText) -> String {
        var html = "<section aria-labelledby=\"schemas\"><h2 id=\"schemas\">Shapes</h2>"
        for schema in document["components"]?["schemas"]?.members ?? [] {
            html += "<details id=\"schema-\(anchor(schema.key))\"><summary>\(escaped(schema.key))</summary>"
            html += shape(schema.value) + "</details>"
        }
        return html + "</section>"
    }

    /// The members of an object as a table; another schema in words.
    private static func shape(_ schema: JSONText?) -> String {
        guard let members = schema?["properties"]?.members, !members.isEmpty else {
            return "<p>\(kind(schema))</p>"
        }
        let required = schema?["required"]?.items ?? []
        return table(
            ["Key", "Kind", "Meaning"],
            members.map { member in
                let mark = required.contains(.string(member.key)) ? " *" : ""
                return [
                    "<code>\(escaped(member.key))</code>\(mark)", kind(member.value),
                    text(member.value["description"]),
                ]
            })
    }

    private static func kind(_ schema: JSONText?) -> String {
        guard let schema else { return "" }
        if let name = schema["$ref"]?.text?.split(separator: "/").last {
            return "<a href=\"#schema-\(anchor(String(name)))\">\(escaped(String(name)))</a>"
        }
        if let allowed = schema["enum"]?.items {
            return allowed.map { "<code>\(escaped($0.text ?? $0.compact))</code>" }.joined(separator: ", ")
        }
        if let either = schema["anyOf"]?.items ?? schema["oneOf"]?.items {
            return either.map(kind).filter { !$0.isEmpty }.joined(separator: " or ")
        }
        let types = schema["type"]?.text.map { [$0] } ?? schema["type"]?.items?.compactMap(\.text) ?? []
        var words = types.joined(separator: " or ")
        if types == ["array"] { words = "list of " + kind(schema["items"]) }
        if let format = schema["format"]?.text { words += " (\(escaped(format)))" }
        if let least = schema["minimum"]?.compact, let most = schema["maximum"]?.compact {
            words += most.utf8.count > 12 ? " from \(least)" : " from \(least) to \(most)"
        }
        return words
    }

    private static func table(_ heads: [String], _ rows: [[String]]) -> String {
        let head = heads.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let body = rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined()
        return
            "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>"
    }

    private static func text(_ value: JSONText?) -> String { escaped(value?.text ?? "") }

    private static func anchor(_ text: String) -> String {
        String(text.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }

    static func escaped(_ text: String) -> String {
        var html = ""
        for character in text {
            switch character {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.append(character)
            }
        }
        return html
    }

    private static func page(title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(title)</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <style>
        :root { color-scheme: light dark; --line: #8886; --soft: #8882; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
        table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
        th, td { text-align: left; border-bottom: 1px solid var(--line); padding: 0.3rem 0.5rem; \
        vertical-align: top; }
        .wide { overflow-x: auto; }
        article { border: 1px solid var(--line); border-radius: 0.5rem; padding: 0 1rem 0.5rem; \
        margin: 1rem 0; }
        code { font-size: 0.9em; overflow-wrap: anywhere; }
        .method { font: bold 0.8rem monospace; background: var(--soft); padding: 0.2rem 0.5rem; \
        border-radius: 0.3rem; }
        nav ul { columns: 3 10rem; padding-left: 1.2rem; }
        </style></head><body>
        \(body)
        </body></html>

        """
    }
}
