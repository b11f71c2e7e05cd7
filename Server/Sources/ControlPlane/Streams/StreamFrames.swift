internal import Events
internal import Units

/// Turns events into frames of `text/event-stream`, and leaves out what a client would not miss: of reports
/// that come more often than ``framesPerSecond`` for one run, the latest counts.
struct StreamFrames {
    /// Frames of one run within a second.
    static let framesPerSecond = 10
    /// Bytes of a frame that are sent; what is larger is read by its offset.
    static let payloadBytes = 65_536
    /// Reports of a state, each of which makes the one before it old.
    static let coalesced: Set<EventType> = [
        .runProgress, .runHeartbeat, .clockTick, .marketBar, .marketQuote, .marketTrade,
    ]

    private struct Key: Hashable {
        let run: String?
        let type: EventType
    }

    /// When the next frame of a kind may go out.
    private var due: [Key: Duration] = [:]
    /// What waits for its time, the latest of each kind.
    private var held: [Key: LoggedEvent] = [:]
    /// Between two frames of a kind.
    static let spacing = Duration.milliseconds(1_000 / Int64(framesPerSecond))

    /// The events that go out now, in order.
    mutating func admit(_ events: [LoggedEvent], at now: Duration) -> [LoggedEvent] {
        var out: [LoggedEvent] = []
        for event in events {
            let key = Key(run: event.envelope.runID, type: event.envelope.type)
            guard Self.coalesced.contains(key.type) else {
                // What is held of the run comes before what follows it, so that offsets only rise.
                out += release(before: event.offset)
                out.append(event)
                continue
            }
            if now >= due[key] ?? .zero {
                held[key] = nil
                out += release(before: event.offset)
                due[key] = now + Self.spacing
                out.append(event)
            } else {
                held[key] = event
            }
        }
        forget(now)
        return out
    }

    /// What was held and may go out now.
    mutating func ripe(at now: Duration) -> [LoggedEvent] {
        if held.isEmpty { return [] }
        guard held.keys.contains(where: { now >= due[$0] ?? .zero }) else { return [] }
        let out = release(before: nil)
        for event in out {
            due[Key(run: event.envelope.runID, type: event.envelope.type)] = now + Self.spacing
        }
        return out
    }

    /// Whether something waits for its time.
    var isHolding: Bool { !held.isEmpty }

    private mutating func release(before offset: EventOffset?) -> [LoggedEvent] {
        if held.isEmpty { return [] }
        let out = held.values.filter { offset == nil || $0.offset < offset ?? $0.offset }
            .sorted { $0.offset < $1.offset }
        held = held.filter { item in !out.contains { $0.offset == item.value.offset } }
        return out
    }

    /// Runs that are quiet take no room.
    private mutating func forget(_ now: Duration) {
        if due.count > 256 { due = due.filter { $0.value > now } }
    }

    /// One frame.
    static func text(_ event: LoggedEvent) -> String {
        let envelope = event.envelope
        var data = Self.data(envelope, envelope.payload)
        if data.utf8.count > payloadBytes {
            data = Self.data(
                envelope,
                .object([
                    JSONMember("run_id", .optional(envelope.runID)), JSONMember("truncated", .flag(true)),
                ]))
        }
        let type = envelope.type.text.filter { $0 != "\n" && $0 != "\r" }
        return "id: \(event.offset.value)\nevent: \(type)\ndata: \(data)\n\n"
    }

    private static func data(_ envelope: EventEnvelope, _ payload: JSONText) -> String {
        JSONText.object([
            JSONMember("id", .string(envelope.id.description)),
            JSONMember("run_id", .optional(envelope.runID)),
            JSONMember("correlation_id", .string(envelope.correlationID)),
            JSONMember("time", .time(envelope.time)), JSONMember("payload", payload),
        ]).compact
    }

    /// Says that events were left out, and where it goes on.
    static func skipped(from: EventOffset, to: EventOffset) -> String {
        let data = JSONText.object([
            JSONMember("from", .integer(Int(from.value))), JSONMember("to", .integer(Int(to.value))),
            JSONMember(
                "reason", .string("the client read too slowly; read the events in between by their offsets")),
        ])
        return "id: \(to.value)\nevent: stream.Skipped\ndata: \(data.compact)\n\n"
    }

    /// How long a client waits before it comes back, in milliseconds.
    static let opening = "retry: 3000\n: connected\n\n"
    static let heartbeat = ": heartbeat\n\n"
}
