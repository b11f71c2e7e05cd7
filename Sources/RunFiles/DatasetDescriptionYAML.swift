public import MarketData
internal import Markets
internal import Units
internal import Yams

extension DatasetDescription {
    /// Reads a description from YAML. The format is described in `Documentation/data-sets.md`.
    ///
    /// - Throws: ``DatasetDescriptionError`` with everything that is wrong, each with its line.
    public init(yaml: String) throws(DatasetDescriptionError) {
        var decoder = DatasetDescriptionDecoder()
        let description = decoder.decode(yaml)
        guard let description, decoder.nodes.problems.isEmpty else {
            var problems = decoder.nodes.problems.sorted { $0.line < $1.line }
            if problems.isEmpty { problems = [.init(line: 1, message: "the description is empty")] }
            throw DatasetDescriptionError(problems: problems)
        }
        self = description
    }

    /// The keys of one series, for completion, schemas and tests.
    public static var seriesKeys: [String] { DatasetDescriptionDecoder.seriesKeys }
}

/// Turns YAML into a description.
struct DatasetDescriptionDecoder {
    var nodes = DescriptionNodes()

    static let rootKeys = ["name", "source", "note", "defaults", "series", "tables"]
    static let defaultKeys = [
        "kind", "timeframe", "columns", "zone", "time-format", "stamp", "shift", "price", "one-sided",
        "unit", "price-divisor", "quantity-divisor", "where", "calendar", "decimals", "strict",
    ]
    static let seriesKeys = ["file", "instrument", "variant", "factors", "note"] + defaultKeys

    mutating func decode(_ yaml: String) -> DatasetDescription? {
        // The parser outlives the nodes, as they hold their anchors weakly.
        var parser: Parser?
        defer { withExtendedLifetime(parser) {} }
        let root: Node
        do {
            let made = try Parser(yaml: yaml)
            parser = made
            guard let found = try made.singleRoot() else {
                nodes.refuse(nil, "the description is empty")
                return nil
            }
            root = found
        } catch {
            refuseSyntax(error)
            return nil
        }
        guard nodes.hasNoAnchors(root) else { return nil }
        return description(root)
    }

    private mutating func refuseSyntax(_ error: any Error) {
        let (line, problem): (Int, String) =
            switch error {
            case YamlError.scanner(_, let problem, let mark, _): (mark.line, problem)
            case YamlError.parser(_, let problem, let mark, _): (mark.line, problem)
            case YamlError.composer(_, let problem, let mark, _): (mark.line, problem)
            case YamlError.duplicatedKeysInMapping(let keys, let context):
                (context.mark.line, "keys given twice: " + keys.sorted().joined(separator: ", "))
            case YamlError.reader(let problem, _, _, _): (1, problem)
            default: (1, "cannot be read")
            }
        nodes.refuse(
            line: line, "not valid YAML: \(problem)",
            remedy: "quote texts with braces, colons or leading signs")
    }

    private mutating func description(_ root: Node) -> DatasetDescription? {
        let pairs = nodes.map(root, "the description", known: Self.rootKeys)
        var result = DatasetDescription(name: "", series: [])
        var defaults = SeriesDraft()
        for (key, value) in pairs where key == "defaults" {
            for (key, value) in nodes.map(value, "defaults", known: Self.defaultKeys) {
                set(key, value, &defaults)
            }
        }
        for (key, value) in pairs {
            switch key {
            case "name": result.name = nodes.text(value, "name") ?? ""
            case "source": result.source = nodes.text(value, "source")
            case "note": result.note = nodes.text(value, "note")
            case "series":
                for item in nodes.list(value, "series") {
                    if let entry = entry(item, defaults) { result.series.append(entry) }
                }
            case "tables":
                result.tables = nodes.list(value, "tables").compactMap { table($0) }
            default: break
            }
        }
        if !pairs.contains(where: { $0.key == "name" }) { nodes.refuse(root, "key 'name' is missing") }
        if !pairs.contains(where: { $0.key == "series" || $0.key == "tables" }) {
            nodes.refuse(root, "key 'series' is missing", remedy: "list the files under 'series:'")
        }
        return result
    }

    private mutating func table(_ node: Node) -> TableEntry? {
        var entry = TableEntry(file: "", line: node.mark?.line ?? 1)
        for (key, value) in nodes.map(node, "a table", known: ["file", "note"]) {
            switch key {
            case "file": entry.file = nodes.text(value, "file") ?? ""
            default: entry.note = nodes.text(value, "note")
            }
        }
        if entry.file.isEmpty { nodes.refuse(node, "key 'file' of a table is missing") }
        return entry
    }

    private mutating func entry(_ node: Node, _ defaults: SeriesDraft) -> SeriesEntry? {
        var draft = defaults
        let pairs = nodes.map(node, "a series", known: Self.seriesKeys)
        for (key, value) in pairs { set(key, value, &draft) }
        for key in ["file", "instrument"] where !pairs.contains(where: { $0.key == key }) {
            nodes.refuse(node, "key '\(key)' of a series is missing")
        }
        guard let kind = draft.kind else {
            if !pairs.contains(where: { $0.key == "kind" }) {
                nodes.refuse(
                    node, "key 'kind' of a series is missing",
                    remedy: "one of " + SeriesKind.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return nil
        }
        draft.spec.kind = kind
        checkColumns(node, draft)
        guard let file = draft.file, let instrument = draft.instrument else { return nil }
        return SeriesEntry(
            file: file, instrument: instrument, spec: draft.spec, variant: draft.variant,
            factors: draft.factors, note: draft.note, line: node.mark?.line ?? 1)
    }

    private mutating func checkColumns(_ node: Node, _ draft: SeriesDraft) {
        let kind = draft.spec.kind
        let roles = ["time", "milliseconds"] + ColumnRoles.known(kind).map(\.role)
        for choice in draft.spec.columns where !roles.contains(choice.role) {
            if ColumnRoles.takesNamedValues(kind) && isWord(choice.role) { continue }
            let nearest = NearestKey.find(choice.role, in: roles)
            nodes.refuse(
                draft.columnsNode ?? node, "unknown column role '\(choice.role)' for \(kind.rawValue)",
                remedy: nearest.map { "did you mean '\($0)'?" } ?? "roles: " + roles.joined(separator: ", "))
        }
    }

    /// Lower-case words joined by hyphens.
    private func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D
            }
    }
}
