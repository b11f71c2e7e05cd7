internal import Events
package import Storage
package import Units

/// Makes a row of storage from a line of a log file: one JSON object, by the names that this product and
/// other programs give to its parts.
package struct LogLineReader {
    static let maximumMessage = 1_024
    static let maximumPayload = 16 * 1_024
    /// How far ahead of this machine's clock a line may be before its time is not believed.
    private static let maximumLead = Timespan.day

    /// When the line was read.
    package let now: Instant

    /// A reader of lines that were read at a moment.
    package init(now: Instant) { self.now = now }

    /// The row; nil for a line that is no JSON object.
    package func row(_ line: TailedLine) -> StoredLogLine? {
        guard line.bytes.first == 0x7B || line.bytes.first == 0x20,
            let text = String(validating: line.bytes, as: UTF8.self), let value = Self.parsed(text),
            let members = value.members
        else { return nil }
        var fields = LogFields(members)
        let hash = line.bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) }
        var row = StoredLogLine(
            loggedAt: now, ingestedAt: now, message: "", file: line.file, position: line.offset, hash: hash)
        if let time = fields.time(notAfter: now + Self.maximumLead) { row.loggedAt = time }
        row.severity = fields.severity()
        row.service = fields.name("service") ?? ""
        row.logger = fields.name("logger", "logger_name", "name") ?? ""
        row.event = fields.name("event")
        row.correlationID = fields.name("correlation_id", "correlationId")
        row.requestID = fields.name("request_id", "requestId")
        row.runID = fields.name("run_id", "runId")
        row.strategyID = fields.name("strategy_id", "strategy", "strategyId")
        row.traceID = fields.name("trace_id", "traceId")
        row.message = fields.message()
        row.payload = fields.rest()
        return row
    }

    private static func parsed(_ text: String) -> JSONText? {
        do throws(JSONError) { return try JSONText(parsing: text) } catch { return nil }
    }
}

/// The members of a line, from which those that have a column are taken.
private struct LogFields {
    private var members: [JSONMember]

    init(_ members: [JSONMember]) { self.members = members }

    /// A short text under the first of some names that is there, which is taken; a longer one stays where it
    /// is, and its beginning is taken.
    mutating func name(_ names: String...) -> String? {
        for name in names {
            guard let index = members.firstIndex(where: { $0.key == name }) else { continue }
            let text: String
            switch members[index].value {
            case .string(let value): text = value
            case .integer(let value): text = String(value)
            default: continue
            }
            if text.utf8.count <= 256 {
                members.remove(at: index)
                return text.isEmpty ? nil : text
            }
            return String(text.unicodeScalars.prefix(64))
        }
        return nil
    }

    /// When the line says that it was written; a time that cannot be is left where it is.
    mutating func time(notAfter latest: Instant) -> Instant? {
        for name in ["time", "timestamp", "ts", "@timestamp"] {
            guard let index = members.firstIndex(where: { $0.key == name }),
                let time = Self.time(members[index].value),
                time >= .epoch, time <= latest
            else { continue }
            members.remove(at: index)
            return time
        }
        return nil
    }

    /// ISO 8601, or seconds since 1970.
    private static func time(_ value: JSONText) -> Instant? {
        if let text = value.text { return Instant(iso8601: text) }
        guard let seconds = value.double, seconds.magnitude < 4e9 else { return nil }
        return Instant(nanoseconds: Int64(seconds * 1e9))
    }

    mutating func severity() -> LogSeverity {
        for name in ["level", "severity", "levelname"] {
            guard let index = members.firstIndex(where: { $0.key == name }),
                let severity = members[index].value.text.flatMap({ LogSeverity(name: $0) })
            else { continue }
            members.remove(at: index)
            return severity
        }
        return .info
    }

    /// The message; of a longer one than has room in its column the whole stays in the payload.
    mutating func message() -> String {
        for name in ["message", "msg"] {
            guard let index = members.firstIndex(where: { $0.key == name }),
                let text = members[index].value.text
            else { continue }
            let short = String(text.unicodeScalars.prefix(LogLineReader.maximumMessage))
            if short.utf8.count == text.utf8.count { members.remove(at: index) }
            return short
        }
        return ""
    }

    /// What is left, as a JSON object; nil when nothing is.
    func rest() -> String? {
        if members.isEmpty { return nil }
        let text = JSONText.object(members).compact
        if text.utf8.count <= LogLineReader.maximumPayload { return text }
        // Half of what there is room for: quotes within a text take two bytes each.
        let beginning = String(text.unicodeScalars.prefix(LogLineReader.maximumPayload / 8))
        return JSONText.object([
            JSONMember("truncated", .flag(true)), JSONMember("bytes", .integer(text.utf8.count)),
            JSONMember("beginning", .string(beginning)),
        ]).compact
    }
}
