internal import ArgumentParser
internal import MarketData
internal import Markets
internal import Units

/// Where catalogues are unless told otherwise.
enum CatalogueFolder {
    /// The folder under the current one.
    static let standard = ".tradewind/catalogue"
}

/// `tradewind data list`: what a catalogue holds.
struct DataListCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the series of a catalogue.")

    @Option(help: "The folder of the catalogue.")
    var catalogue = CatalogueFolder.standard

    @Flag(help: "Read every series and compare its content with its checksum.")
    var verify = false

    @Flag(help: "Show the warnings of each series.")
    var warnings = false

    @OptionGroup var format: OutputFormat

    func run(_ context: CommandContext) throws {
        let opened = try Catalogue.open(catalogue, files: context.files)
        let entries = try opened.entries
        if verify {
            var problems: [FailureProblem] = []
            for entry in entries {
                do {
                    _ = try opened.series(entry)
                } catch {
                    problems.append(FailureProblem(error))
                }
            }
            guard problems.isEmpty else { throw CommandFailure(.badData, problems: problems) }
        }
        try context.output.result(format.json ? CatalogueJSON.text(catalogue, entries) : text(entries))
        if verify && !format.json { context.output.remark("all \(entries.count) series are intact") }
    }

    private func text(_ entries: [CatalogueEntry]) -> String {
        if entries.isEmpty { return "the catalogue in \(catalogue) is empty\n" }
        let heads = ["instrument", "kind", "bar", "variant", "rows", "first", "last", "warnings"]
        let rows = entries.map { entry in
            [
                entry.key.instrument.description, entry.key.kind.rawValue,
                entry.key.timeframe?.description ?? "", entry.key.variant ?? "", String(entry.rows),
                entry.first.description, entry.last.description,
                entry.warnings.isEmpty ? "" : String(entry.warnings.count),
            ]
        }
        let table = [heads] + rows
        let widths = heads.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let shown = heads.indices.filter { column in rows.contains { !$0[column].isEmpty } }
        var text = ""
        for (index, row) in table.enumerated() {
            let cells = shown.map { column in
                let gap = String(repeating: " ", count: widths[column] - row[column].count)
                return heads[column] == "rows" || heads[column] == "warnings"
                    ? gap + row[column] : row[column] + gap
            }
            text += trimmed(cells.joined(separator: "  ")) + "\n"
            if warnings && index > 0 {
                for warning in entries[index - 1].warnings { text += "    \(warning)\n" }
            }
        }
        return text + "\(entries.count) series, \(entries.reduce(0) { $0 + $1.rows }) rows\n"
    }

    private func trimmed(_ line: String) -> String {
        var line = line[...]
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}

/// The series of a catalogue as JSON.
enum CatalogueJSON {
    static func text(_ directory: String, _ entries: [CatalogueEntry]) -> String {
        let series = entries.map(object).joined(separator: ",\n")
        return "{\"catalogue\": \(JSONEscape.quoted(directory)), "
            + "\"rows\": \(entries.reduce(0) { $0 + $1.rows }), \"series\": [\n\(series)\n]}\n"
    }

    static func object(_ entry: CatalogueEntry) -> String {
        func list(_ texts: [String]) -> String {
            "[" + texts.map(JSONEscape.quoted).joined(separator: ", ") + "]"
        }
        func text(_ value: String?) -> String { value.map(JSONEscape.quoted) ?? "null" }
        let fields = [
            ("instrument", text(entry.key.instrument.description)), ("kind", text(entry.key.kind.rawValue)),
            ("timeframe", text(entry.key.timeframe?.description)), ("variant", text(entry.key.variant)),
            ("rows", String(entry.rows)), ("first", text(entry.first.description)),
            ("last", text(entry.last.description)), ("price_scale", entry.priceScale.description),
            ("quantity_scale", entry.quantityScale.description), ("digest", text(entry.digest.description)),
            ("dataset", text(entry.dataset)), ("sources", list(entry.sources)),
            ("calendar", text(entry.calendar)), ("factors", text(entry.factors)), ("file", text(entry.path)),
            ("bytes", String(entry.bytes)),
            ("warnings", list(entry.warnings)),
        ]
        return "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
    }
}
