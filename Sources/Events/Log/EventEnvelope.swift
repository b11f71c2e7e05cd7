public import Units

/// What every event carries around its payload.
public struct EventEnvelope: Hashable, Sendable {
    /// Names this event for ever; the log holds each id once.
    public let id: EventID
    /// Whether something happened, or is asked for.
    public let kind: EventKind
    /// What happened, as in `run.Started`; at most 100 bytes.
    public let type: EventType
    /// The version of the payload's fields.
    public let version: String
    /// The run that it belongs to; nil for the platform's own events.
    public let runID: String?
    /// Everything that one request or decision caused has the same.
    public let correlationID: String
    /// The event that caused this one.
    public let causationID: EventID?
    /// The trace of W3C Trace Context that it belongs to, 32 hexadecimal digits.
    public let traceID: String?
    /// When it happened.
    public let time: Instant
    /// What wrote it, as in `controlplane.runs`.
    public let producer: String
    /// Further facts about the event that are no part of what happened.
    public let headers: [String: String]
    /// What happened; an object.
    public let payload: JSONText

    /// An event.
    public init(
        id: EventID, kind: EventKind = .event, type: EventType, version: String = "1", runID: String? = nil,
        correlationID: String, causationID: EventID? = nil, traceID: String? = nil, time: Instant,
        producer: String, headers: [String: String] = [:], payload: JSONText = .object([])
    ) {
        (self.id, self.kind, self.type, self.version) = (id, kind, type, version)
        (self.runID, self.correlationID) = (runID, correlationID)
        (self.causationID, self.traceID) = (causationID, traceID)
        (self.time, self.producer, self.headers, self.payload) = (time, producer, headers, payload)
    }

    /// An event that another one caused: it keeps run, correlation and trace, and names its cause.
    public init(
        derivedFrom source: EventEnvelope, id: EventID, kind: EventKind = .event, type: EventType,
        version: String = "1", time: Instant, producer: String, headers: [String: String] = [:],
        payload: JSONText = .object([])
    ) {
        self.init(
            id: id, kind: kind, type: type, version: version, runID: source.runID,
            correlationID: source.correlationID, causationID: source.id, traceID: source.traceID, time: time,
            producer: producer, headers: headers, payload: payload)
    }

    /// The same event with another type, headers or payload.
    package func replacing(type: EventType, headers: [String: String], payload: JSONText) -> EventEnvelope {
        EventEnvelope(
            id: id, kind: kind, type: type, version: version, runID: runID, correlationID: correlationID,
            causationID: causationID, traceID: traceID, time: time, producer: producer, headers: headers,
            payload: payload)
    }
}

/// An event with its place in the log and the hash of the chain up to it.
public struct LoggedEvent: Hashable, Sendable {
    /// Its place.
    public let offset: EventOffset
    /// The event.
    public let envelope: EventEnvelope
    /// SHA-256 over the hash of the event before it and the stored bytes of this one.
    public let hash: Digest

    /// An event of the log.
    public init(offset: EventOffset, envelope: EventEnvelope, hash: Digest) {
        (self.offset, self.envelope, self.hash) = (offset, envelope, hash)
    }
}
