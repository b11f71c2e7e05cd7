internal import Events
internal import Logging
internal import Units

/// One log entry as one line of JSON: `time`, `level`, `service`, `logger`, `message`, then those of
/// ``lifted`` that the metadata hold, `error`, and the rest under `metadata`.
///
/// A line is bounded: long texts are cut, and what is nested or numerous beyond reason is left out;
/// `truncated` says so.
struct LogLine {
    /// Keys of metadata that stand beside the message rather than under `metadata`.
    static let lifted = [
        "event", "run_id", "correlation_id", "request_id", "strategy", "trace_id", "span_id", "duration_ms",
        "status",
    ]
    static let maximumMessage = 8_192
    static let maximumValue = 2_048
    static let maximumEntries = 64
    static let maximumDepth = 4

    private let redact: (String) -> String
    private var isCut = false
    private var entriesLeft = maximumEntries

    init(redact: @escaping (String) -> String) { self.redact = redact }

    /// A line, for programs and for people, both with line ends.
    struct Rendered {
        private let members: [JSONMember]

        fileprivate init(_ members: [JSONMember]) { self.members = members }

        var json: [UInt8] { JSONText.object(members).bytes + [0x0A] }

        /// `08:00:00.123456 warning tradewind.http: message status=503`.
        var text: [UInt8] {
            var bytes: [UInt8] = []
            for member in members where member.key != "service" {
                switch (member.key, member.value) {
                case ("time", .string(let time)): bytes += Array(time.dropFirst(11).dropLast().utf8)
                case ("level", .string(let level)): bytes += Array((" " + level).utf8)
                case ("logger", .string(let logger)): bytes += Array((" " + logger + ": ").utf8)
                // Escaped as in JSON, so that no message can steer a terminal or look like two.
                case ("message", let value): bytes += value.bytes.dropFirst().dropLast()
                case (let key, let value): bytes += Array(" \(key)=".utf8) + value.bytes
                }
            }
            return bytes + [0x0A]
        }
    }

    static func rendered(
        _ event: LogEvent, metadata: Logger.Metadata, time: Instant, service: String, label: String,
        redact: @escaping (String) -> String
    ) -> Rendered {
        var line = LogLine(redact: redact)
        var members: [JSONMember] = [
            JSONMember("time", .string(timestamp(time))), JSONMember("level", .string(event.level.rawValue)),
            JSONMember("service", .string(service)),
            JSONMember("logger", .string(line.text(label, maximum: 256))),
            JSONMember("message", .string(line.text(event.message.description, maximum: maximumMessage))),
        ]
        for key in lifted {
            if let value = metadata[key] { members.append(JSONMember(key, line.json(value, depth: 0))) }
        }
        if let error = event.error {
            members.append(JSONMember("error", .string(line.text("\(error)", maximum: maximumValue))))
        }
        let rest = metadata.filter { !lifted.contains($0.key) }
        if !rest.isEmpty { members.append(JSONMember("metadata", line.json(.dictionary(rest), depth: 0))) }
        if line.isCut { members.append(JSONMember("truncated", .flag(true))) }
        return Rendered(members)
    }

    /// ISO 8601 in UTC with six decimals always, so that text sorts as time does.
    static func timestamp(_ time: Instant) -> String {
        var micros = (time.nanoseconds % 1_000_000_000) / 1_000
        if micros < 0 { micros += 1_000_000 }
        let digits = String(micros)
        let second = Instant(nanoseconds: time.nanoseconds - micros * 1_000 - time.nanoseconds % 1_000)
        return second.description.dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits
            + "Z"
    }

    /// Hides secrets first and cuts afterwards, so that no piece of one is left at the cut.
    private mutating func text(_ text: String, maximum: Int) -> String {
        let hidden = redact(text)
        guard hidden.utf8.count > maximum else { return hidden }
        isCut = true
        // Between characters, so that the text stays valid.
        var end = hidden.utf8.index(hidden.startIndex, offsetBy: maximum)
        while end > hidden.startIndex, String.Index(end, within: hidden) == nil {
            end = hidden.utf8.index(before: end)
        }
        return String(hidden[..<end])
    }

    private mutating func json(_ value: Logger.MetadataValue, depth: Int) -> JSONText {
        guard depth < Self.maximumDepth else {
            isCut = true
            return .string("…")
        }
        switch value {
        case .string(let string): return .string(text(string, maximum: Self.maximumValue))
        case .stringConvertible(let value): return convertible(value)
        case .dictionary(let entries):
            var members: [JSONMember] = []
            for key in entries.keys.sorted() {
                guard takeEntry(), let value = entries[key] else { break }
                members.append(JSONMember(text(key, maximum: 256), json(value, depth: depth + 1)))
            }
            return .object(members)
        case .array(let entries):
            var values: [JSONText] = []
            for entry in entries {
                guard takeEntry() else { break }
                values.append(json(entry, depth: depth + 1))
            }
            return .list(values)
        }
    }

    /// Numbers and truth values stay what they are.
    private mutating func convertible(_ value: any CustomStringConvertible) -> JSONText {
        switch value {
        case let number as Int: .integer(number)
        case let number as Int64: .integer(Int(number))
        case let number as Int32: .integer(Int(number))
        case let number as Double: .number(number)
        case let flag as Bool: .flag(flag)
        default: .string(text(value.description, maximum: Self.maximumValue))
        }
    }

    private mutating func takeEntry() -> Bool {
        guard entriesLeft > 0 else {
            isCut = true
            return false
        }
        entriesLeft -= 1
        return true
    }
}
