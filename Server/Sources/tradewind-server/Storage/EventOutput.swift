internal import Events
internal import TradewindCommands
internal import Units

/// What the commands of the platform's event log print.
enum EventOutput {
    /// One line for people.
    static func text(_ event: LoggedEvent) -> String {
        let envelope = event.envelope
        let run = envelope.runID ?? "-"
        return "\(event.offset)  \(envelope.time)  \(envelope.type)  \(run)  \(envelope.producer)  "
            + shortened(envelope.payload.compact) + "\n"
    }

    /// JSON has no line ends, and its control characters are escaped.
    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 400 ? text : text.prefix(400) + " ..."
    }

    /// One line for programs: the envelope with its offset and hash.
    static func json(_ event: LoggedEvent) -> String {
        let envelope = event.envelope
        var members = [
            JSONMember("offset", .integer(Int(event.offset.value))),
            JSONMember("hash", .string(event.hash.description)),
            JSONMember("id", .string(envelope.id.description)),
            JSONMember("kind", .string(envelope.kind.rawValue)),
            JSONMember("type", .string(envelope.type.text)),
            JSONMember("version", .string(envelope.version)),
        ]
        members.append(JSONMember("run_id", envelope.runID.map { .string($0) } ?? .null))
        members.append(JSONMember("corr_id", .string(envelope.correlationID)))
        members.append(
            JSONMember("causation_id", envelope.causationID.map { .string($0.description) } ?? .null))
        members.append(JSONMember("trace_id", envelope.traceID.map { .string($0) } ?? .null))
        members.append(JSONMember("ts", .string(envelope.time.description)))
        members.append(JSONMember("producer", .string(envelope.producer)))
        let headers = envelope.headers.keys.sorted().map {
            JSONMember($0, .string(envelope.headers[$0] ?? ""))
        }
        members.append(JSONMember("headers", .object(headers)))
        members.append(JSONMember("payload", envelope.payload))
        return JSONText.object(members).compact + "\n"
    }

    /// A verified log, for people.
    static func text(_ found: EventVerification, of location: String) -> String {
        """
        the event log of \(location) is whole and unaltered
        records   \(found.records)
        from      \(found.start.offset)
        to        \(found.end.offset)
        hash      \(found.end.hash)

        """ + (found.snapshot.map { "snapshot  \($0), of what the events before left\n" } ?? "")
    }

    /// A verified log, for programs.
    static func json(_ found: EventVerification, of location: String) -> String {
        JSONText.object([
            JSONMember("ok", .flag(true)), JSONMember("database", .string(location)),
            JSONMember("records", .integer(found.records)),
            JSONMember("after", .integer(Int(found.start.offset.value))),
            JSONMember("last", .integer(Int(found.end.offset.value))),
            JSONMember("hash", .string(found.end.hash.description)),
            JSONMember("snapshot_hash", .optional(found.snapshot?.description)),
        ]).compact + "\n"
    }
}
