public import Units

/// Which lines of the logs a list holds.
public struct LogSelection: Hashable, Sendable {
    /// Logged at this moment or later.
    public var start: Instant?
    /// Logged before this moment.
    public var end: Instant?
    /// Only these severities; empty for all.
    public var severities: Set<LogSeverity> = []
    /// Only lines of this run.
    public var runID: String?
    /// Only lines of this work.
    public var correlationID: String?
    /// Only lines of this request.
    public var requestID: String?
    /// Only lines of this trace.
    public var traceID: String?
    /// Only lines about this strategy.
    public var strategyID: String?
    /// Only lines of this service.
    public var service: String?
    /// Only lines of this event.
    public var event: String?
    /// Only lines whose logger contains this, in any case.
    public var logger: String?
    /// Only lines whose message or payload contains this, in any case.
    public var text: String?

    /// All lines.
    public init() {}

    /// Whether every line must be looked at to find those that are wanted, as no index has them.
    public var needsLook: Bool {
        requestID != nil || traceID != nil || strategyID != nil || service != nil || event != nil
            || logger != nil || text != nil
    }

    /// What an index answers.
    func indexed() -> (conditions: [String], arguments: [SQLValue]) {
        var (conditions, arguments): ([String], [SQLValue]) = ([], [])
        if let start {
            conditions.append("logged_at >= ?")
            arguments.append(.instant(start))
        }
        if let end {
            conditions.append("logged_at < ?")
            arguments.append(.instant(end))
        }
        if !severities.isEmpty, severities.count < LogSeverity.allCases.count {
            let sorted = severities.sorted()
            // As in the condition of the partial index, so that it is used for what is rare.
            if sorted[0] >= .warning { conditions.append("severity >= 4") }
            // Of one severity an index has the order; of several the severities are looked at one by one.
            let names = sorted.map { String($0.rawValue) }.joined(separator: ", ")
            conditions.append(sorted.count == 1 ? "severity = \(names)" : "+severity IN (\(names))")
        }
        for (column, value) in [("run_id", runID), ("correlation_id", correlationID)] {
            guard let value else { continue }
            conditions.append("\(column) = ?")
            arguments.append(.text(value))
        }
        return (conditions, arguments)
    }

    /// What only a look at each line answers.
    func looked() -> (conditions: [String], arguments: [SQLValue]) {
        var (conditions, arguments): ([String], [SQLValue]) = ([], [])
        let equal = [
            ("request_id", requestID), ("trace_id", traceID), ("strategy_id", strategyID),
            ("service", service), ("event", event),
        ]
        for (column, value) in equal {
            guard let value else { continue }
            conditions.append("\(column) = ?")
            arguments.append(.text(value))
        }
        if let logger {
            conditions.append("lower(logger) LIKE ? ESCAPE '\\'")
            arguments.append(.text(Self.pattern(logger)))
        }
        if let text {
            conditions.append("(lower(message) LIKE ? ESCAPE '\\' OR lower(payload) LIKE ? ESCAPE '\\')")
            arguments += [.text(Self.pattern(text)), .text(Self.pattern(text))]
        }
        return (conditions, arguments)
    }

    /// A pattern for what contains a text; signs that mean something in a pattern mean themselves.
    static func pattern(_ text: String) -> String {
        var pattern = "%"
        // Engines fold letters beyond ASCII each in its own way, so only ASCII is folded.
        for character in text.unicodeScalars {
            if ["%", "_", "\\"].contains(character) { pattern.append("\\") }
            let isUpper = (0x41...0x5A).contains(character.value)
            pattern.unicodeScalars.append(
                isUpper ? Unicode.Scalar(UInt8(character.value + 0x20)) : character)
        }
        return pattern + "%"
    }
}

/// A place in the list of lines, the newest first.
public struct LogCursor: Hashable, Sendable {
    /// When the line at this place was logged.
    public let loggedAt: Instant
    /// The number of that line.
    public let id: Int64

    /// A place.
    public init(loggedAt: Instant, id: Int64) { (self.loggedAt, self.id) = (loggedAt, id) }
}

/// Lines that were found, the newest first.
public struct LogWindow: Hashable, Sendable {
    /// The lines.
    public var lines: [StoredLogLine]
    /// Where the search goes on; nil when there are no more.
    public var next: LogCursor?
}

/// What a number of lines say all together.
public struct LogSummary: Hashable, Sendable {
    /// How many lines there are of each severity; those of which there are none are left out.
    public var counts: [LogSeverity: Int] = [:]
    /// The loggers with the most lines, among the latest lines.
    public var loggers: [(name: String, count: Int)] { loggerCounts.map { ($0.name, $0.count) } }
    /// The events with the most lines, among the latest lines.
    public var events: [(name: String, count: Int)] { eventCounts.map { ($0.name, $0.count) } }
    /// The newest line.
    public var latest: StoredLogLine?
    /// The newest line that tells of a failure.
    public var latestError: StoredLogLine?
    /// The newest warning.
    public var latestWarning: StoredLogLine?

    struct Count: Hashable, Sendable {
        let name: String
        let count: Int
    }

    var loggerCounts: [Count] = []
    var eventCounts: [Count] = []

    /// How many lines there are.
    public var total: Int { counts.values.reduce(0, +) }
}
