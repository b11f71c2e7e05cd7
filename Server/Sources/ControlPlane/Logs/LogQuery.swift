internal import Events
internal import Storage

extension FieldReader {
    /// Which lines a query asks for.
    mutating func logSelection() -> LogSelection {
        var selection = LogSelection()
        for name in list("level") {
            if let severity = LogSeverity(name: name) {
                selection.severities.insert(severity)
            } else {
                refuseLevel("level", name)
            }
        }
        if let name = text("minimum_level") {
            if let minimum = LogSeverity(name: name) {
                let above = Set(LogSeverity.allCases.filter { $0 >= minimum })
                selection.severities =
                    selection.severities.isEmpty ? above : selection.severities.intersection(above)
                if selection.severities.isEmpty {
                    refuse("level", "holds nothing that is as severe as minimum_level")
                }
            } else {
                refuseLevel("minimum_level", name)
            }
        }
        selection.event = text("event")
        selection.logger = text("logger")
        selection.service = text("service")
        selection.runID = text("run_id")
        selection.strategyID = text("strategy_id")
        selection.correlationID = text("correlation_id")
        selection.requestID = text("request_id")
        selection.traceID = text("trace_id")
        selection.text = text("search")
        period(&selection)
        return selection
    }

    /// The time that a query asks for.
    mutating func period(_ selection: inout LogSelection) {
        (selection.start, selection.end) = (moment("start"), moment("end"))
        if let start = selection.start, let end = selection.end, end <= start {
            refuse("end", "must be after start")
        }
    }

    /// Where a list goes on.
    mutating func logCursor() -> LogCursor? {
        guard let text = text("cursor") else { return nil }
        let cursor = LogCursor(text: text)
        if cursor == nil { refuse("cursor", "must be the next_cursor of an earlier answer") }
        return cursor
    }

    private mutating func refuseLevel(_ key: String, _ name: String) {
        refuse(
            key,
            "holds \"\(name.prefix(64))\"; allowed: "
                + LogSeverity.allCases.map(\.name).joined(separator: ", "))
    }
}
