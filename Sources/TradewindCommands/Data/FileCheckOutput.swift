internal import MarketData
internal import Markets
internal import Units

/// The result of a check as JSON.
enum FileCheckJSON {
    /// One object for one file; `{"files": [...]}` for several.
    static func text(_ results: [FileCheck]) -> String {
        if results.count == 1 { return object(results[0]) + "\n" }
        return "{\"files\": [\n" + results.map(object).joined(separator: ",\n") + "\n]}\n"
    }

    private static func object(_ check: FileCheck) -> String {
        var fields: [(String, String)] = [
            ("file", JSONEscape.quoted(check.file)),
            ("kind", JSONEscape.quoted(check.kind)),
            ("timeframe", check.timeframe.map { JSONEscape.quoted($0.description) } ?? "null"),
            ("series", String(check.series)),
            ("rows", String(check.rows)),
            ("first", check.first.map { JSONEscape.quoted($0.description) } ?? "null"),
            ("last", check.last.map { JSONEscape.quoted($0.description) } ?? "null"),
        ]
        for (key, count) in FileCheckText.counts(check) { fields.append((key, String(count))) }
        let findings = check.findings.map { finding in
            "{\"line\": \(finding.line), \"kind\": \(JSONEscape.quoted(finding.kind.rawValue)), "
                + "\"message\": \(JSONEscape.quoted(finding.message))}"
        }
        fields.append(("findings", "[" + findings.joined(separator: ", ") + "]"))
        let totals = FindingKind.allCases.filter { check.log.count($0) > 0 }.map {
            "\(JSONEscape.quoted($0.rawValue)): \(check.log.count($0))"
        }
        fields.append(("finding_totals", "{" + totals.joined(separator: ", ") + "}"))
        fields.append(("error", check.failure.map(error) ?? "null"))
        return "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
    }

    private static func error(_ error: MarketDataError) -> String {
        "{\"code\": \(JSONEscape.quoted(error.code)), \"message\": \(JSONEscape.quoted(error.message)), "
            + "\"file\": \(JSONEscape.quoted(error.file)), "
            + "\"line\": \(error.line.map(String.init) ?? "null"), "
            + "\"remedy\": \(JSONEscape.quoted(error.remedy))}"
    }
}

/// The result of a check for people.
enum FileCheckText {
    /// The counts in their order, by the names that JSON gives them.
    static func counts(_ check: FileCheck) -> [(String, Int)] {
        [
            ("gaps", check.gaps), ("missing", check.missing),
            ("duplicates_same", check.log.count(.duplicateSame)),
            ("duplicates_conflicting", check.log.count(.duplicateConflicting)),
            ("out_of_order", check.log.count(.outOfOrder)), ("nan", check.log.count(.nan)),
            ("negative", check.log.count(.negative)),
            ("high_below_low", check.log.count(.highBelowLow)), ("bad_rows", check.badRows),
        ]
    }

    static func text(_ check: FileCheck) -> String {
        var text = "\(check.file): \(check.isClean ? "clean" : "faults found")\n"
        var lines: [(String, String)] = [("kind", check.kind)]
        if let timeframe = check.timeframe { lines.append(("timeframe", timeframe.description)) }
        if check.series > 1 { lines.append(("series", String(check.series))) }
        lines.append(("rows", String(check.rows)))
        if let first = check.first, let last = check.last {
            lines.append(("first", first.description))
            lines.append(("last", last.description))
        }
        for (key, count) in counts(check) where count > 0 {
            lines.append((key.split(separator: "_").joined(separator: " "), String(count)))
        }
        let rounded = check.log.count(.rounded)
        if rounded > 0 { lines.append(("rows with more than the kept decimals", String(rounded))) }
        let width = lines.map(\.0.count).max() ?? 0
        for (label, value) in lines {
            text += "  \(label)\(String(repeating: " ", count: width - label.count + 2))\(value)\n"
        }
        text += findings(check)
        if let failure = check.failure {
            text += "  error: \(failure.line.map { "line \($0): " } ?? "")\(failure.message)\n"
            text += "  remedy: \(failure.remedy)\n"
        }
        return text
    }

    private static func findings(_ check: FileCheck) -> String {
        let shown = check.findings.filter { $0.kind != .rounded }.prefix(20)
        if shown.isEmpty { return "" }
        let width = shown.map { String($0.line).count }.max() ?? 1
        let kindWidth = shown.map(\.kind.rawValue.count).max() ?? 1
        var text = "  findings\n"
        for finding in shown {
            let line = String(finding.line)
            let kind = finding.kind.rawValue
            text += "    line " + String(repeating: " ", count: width - line.count) + line + "  " + kind
            text += String(repeating: " ", count: kindWidth - kind.count) + "  \(finding.message)\n"
        }
        if check.log.total > shown.count { text += "    and \(check.log.total - shown.count) more\n" }
        return text
    }
}
