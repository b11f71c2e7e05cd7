internal import Units

extension EventEnvelope {
    /// Bytes of a name: type, producer, version, run.
    package static let maximumNameBytes = 100
    /// Bytes of a correlation id.
    package static let maximumCorrelationBytes = 200
    /// Headers, and the bytes of each key and value.
    package static let maximumHeaders = (count: 32, bytes: 1_000)

    /// The canonical JSON text that the log stores and hashes: keys in one order, headers sorted, no blanks,
    /// what is absent left out.
    public var canonicalText: String {
        var members = [
            JSONMember("id", .string(id.description)), JSONMember("kind", .string(kind.rawValue)),
            JSONMember("type", .string(type.text)), JSONMember("version", .string(version)),
        ]
        if let runID { members.append(JSONMember("run_id", .string(runID))) }
        members.append(JSONMember("corr_id", .string(correlationID)))
        if let causationID { members.append(JSONMember("causation_id", .string(causationID.description))) }
        if let traceID { members.append(JSONMember("trace_id", .string(traceID))) }
        members.append(JSONMember("ts", .string(time.description)))
        members.append(JSONMember("producer", .string(producer)))
        let sorted = headers.keys.sorted().map { JSONMember($0, .string(headers[$0] ?? "")) }
        members.append(JSONMember("headers", .object(sorted)))
        members.append(JSONMember("payload", payload))
        return JSONText.object(members).compact
    }

    /// Reads an envelope back from its text.
    ///
    /// - Throws: ``EventProblem`` with code `malformed`, naming the field.
    public init(canonicalText source: String) throws(EventProblem) {
        let json: JSONText
        do throws(JSONError) { json = try JSONText(parsing: source) } catch {
            throw EventProblem(.malformed, "the envelope is not JSON: \(error)")
        }
        guard case .object(let members) = json else {
            throw EventProblem(.malformed, "the envelope is not an object")
        }
        let known = [
            "id", "kind", "type", "version", "run_id", "corr_id", "causation_id", "trace_id", "ts",
            "producer", "headers", "payload",
        ]
        if let unknown = members.first(where: { !known.contains($0.key) }) {
            throw EventProblem(.malformed, "the envelope has an unknown field '\(unknown.key)'")
        }
        func text(_ key: String) throws(EventProblem) -> String {
            guard let value = json[key]?.text else {
                throw EventProblem(.malformed, "the envelope's \(key) is missing or no text")
            }
            return value
        }
        func optional<Value>(
            _ key: String, _ read: (String) -> Value?
        ) throws(EventProblem) -> Value? {
            if json[key] == nil { return nil }
            guard let value = read(try text(key)) else {
                throw EventProblem(.malformed, "the envelope's \(key) cannot be read")
            }
            return value
        }
        func required<Value>(_ key: String, _ read: (String) -> Value?) throws(EventProblem) -> Value {
            guard let value = read(try text(key)) else {
                throw EventProblem(.malformed, "the envelope's \(key) cannot be read")
            }
            return value
        }
        guard let payload = json["payload"], case .object = payload else {
            throw EventProblem(.malformed, "the envelope's payload is missing or no object")
        }
        self.init(
            id: try required("id") { EventID($0) }, kind: try required("kind", EventKind.init(rawValue:)),
            type: EventType(try text("type")), version: try text("version"),
            runID: try optional("run_id") { $0 }, correlationID: try text("corr_id"),
            causationID: try optional("causation_id") { EventID($0) },
            traceID: try optional("trace_id") { $0 }, time: try required("ts") { Instant(iso8601: $0) },
            producer: try text("producer"), headers: try EventEnvelope.headers(json["headers"]),
            payload: payload)
    }

    private static func headers(_ json: JSONText?) throws(EventProblem) -> [String: String] {
        guard let members = json?.members else {
            throw EventProblem(.malformed, "the envelope's headers are missing or no object")
        }
        var headers: [String: String] = [:]
        for member in members {
            guard let text = member.value.text, headers.updateValue(text, forKey: member.key) == nil else {
                throw EventProblem(.malformed, "the envelope's header '\(member.key)' is no single text")
            }
        }
        return headers
    }

    /// Checks what the envelope itself promises, whatever its type.
    ///
    /// - Throws: ``EventProblem`` with code `envelope` or `payload`.
    package func check() throws(EventProblem) {
        let names = [("type", type.text), ("version", version), ("producer", producer)]
        for (name, value) in names + (runID.map { [("run_id", $0)] } ?? []) {
            try EventEnvelope.check(name, value, maximum: Self.maximumNameBytes)
        }
        try EventEnvelope.check("corr_id", correlationID, maximum: Self.maximumCorrelationBytes)
        if let traceID { try EventEnvelope.check("trace_id", traceID, maximum: Self.maximumNameBytes) }
        guard Instant(iso8601: time.description) == time else {
            throw EventProblem(.envelope, "the time of a \(type) is outside the years 1678 to 2261")
        }
        guard headers.count <= Self.maximumHeaders.count else {
            throw EventProblem(.envelope, "a \(type) has \(headers.count) headers; at most 32 are allowed")
        }
        for key in headers.keys.sorted() {
            try EventEnvelope.check("header", key, maximum: Self.maximumHeaders.bytes)
            if key == PayloadParts.header {
                throw EventProblem(.envelope, "the header \(key) belongs to the log")
            }
            guard (headers[key] ?? "").utf8.count <= Self.maximumHeaders.bytes else {
                throw EventProblem(.envelope, "the header \(key) is longer than 1000 bytes")
            }
        }
        guard case .object = payload else {
            throw EventProblem(.payload, "the payload of a \(type) is no object")
        }
    }

    private static func check(_ name: String, _ value: String, maximum: Int) throws(EventProblem) {
        guard !value.isEmpty, value.utf8.count <= maximum else {
            throw EventProblem(
                .envelope, "\(name) has \(value.utf8.count) bytes; 1 to \(maximum) are allowed")
        }
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw EventProblem(.envelope, "\(name) holds a control character")
        }
    }
}
