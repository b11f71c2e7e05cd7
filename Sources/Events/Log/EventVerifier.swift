public import Units

/// A record of the log as storage keeps it: the text that is hashed, and what stands beside it to be found.
public struct StoredRecord: Hashable, Sendable {
    /// Its place.
    public let offset: EventOffset
    /// The id in the envelope.
    public let id: EventID
    /// How it belongs to an event.
    public let form: PayloadParts.Form
    /// The type that readers ask for.
    public let type: EventType
    /// The run in the envelope.
    public let runID: String?
    /// The correlation id in the envelope.
    public let correlationID: String
    /// The canonical text of the envelope.
    public let text: String
    /// The hash of the chain up to and including it.
    public let hash: Digest

    /// A record.
    public init(
        offset: EventOffset, id: EventID, form: PayloadParts.Form, type: EventType, runID: String?,
        correlationID: String, text: String, hash: Digest
    ) {
        (self.offset, self.id, self.form, self.type) = (offset, id, form, type)
        (self.runID, self.correlationID, self.text, self.hash) = (runID, correlationID, text, hash)
    }
}

/// Verifies records in order: none missing, none changed, none moved.
public struct EventVerifier: Sendable {
    private let start: EventCheckpoint
    private var chain: EventChain
    private var records = 0
    /// Pieces since the last whole event, and the event that they are of.
    private var pieces = 0
    private var piecesOf: String?

    /// Verifies what follows a checkpoint.
    public init(after checkpoint: EventCheckpoint) {
        start = checkpoint
        chain = EventChain(after: checkpoint)
    }

    /// Checks the next record.
    ///
    /// - Throws: ``EventChainBreak`` naming the offset that is missing or wrong.
    public mutating func check(_ record: StoredRecord) throws(EventChainBreak) {
        let due = chain.end.offset.next
        guard record.offset == due else {
            throw EventChainBreak(offset: due, reason: "it is missing; the next one kept is \(record.offset)")
        }
        guard chain.add(record.text).hash == record.hash else {
            throw EventChainBreak(
                offset: due, reason: "its content was changed or moved: the hash of the chain does not match")
        }
        let envelope: EventEnvelope
        do throws(EventProblem) {
            envelope = try EventEnvelope(canonicalText: record.text)
        } catch {
            throw EventChainBreak(offset: due, reason: "it cannot be read: \(error)")
        }
        guard let form = PayloadParts.Form(envelope), form == record.form, envelope.id == record.id,
            envelope.runID == record.runID, envelope.correlationID == record.correlationID
        else {
            throw EventChainBreak(
                offset: due, reason: "the columns it is found by do not say what the event says")
        }
        let type = form == .pieces ? EventType(envelope.payload["type"]?.text ?? "") : envelope.type
        guard type == record.type else {
            throw EventChainBreak(offset: due, reason: "it is kept as a \(record.type) but is a \(type)")
        }
        try follow(envelope, form, at: due)
        records += 1
    }

    private mutating func follow(
        _ envelope: EventEnvelope, _ form: PayloadParts.Form, at due: EventOffset
    ) throws(EventChainBreak) {
        if form == .piece {
            let of = envelope.payload["of"]?.text
            guard envelope.payload["index"]?.wholeNumber == pieces, piecesOf == nil || piecesOf == of else {
                throw EventChainBreak(offset: due, reason: "a piece of a payload that is not the next one")
            }
            pieces += 1
            piecesOf = of
            return
        }
        if form == .pieces {
            guard envelope.payload["total"]?.wholeNumber == pieces, piecesOf == envelope.id.description else {
                throw EventChainBreak(offset: due, reason: "the pieces of its payload are not before it")
            }
        } else if pieces > 0 {
            throw EventChainBreak(offset: due, reason: "it stands between the pieces of another event")
        }
        pieces = 0
        piecesOf = nil
    }

    /// Ends the verification.
    ///
    /// - Parameter head: where the log's own record says that it ends.
    /// - Throws: ``EventChainBreak`` when the last events are missing.
    public func finish(at head: EventCheckpoint) throws(EventChainBreak) -> EventVerification {
        guard chain.end.offset >= head.offset else {
            throw EventChainBreak(
                offset: chain.end.offset.next,
                reason: "it is missing; the log was written up to \(head.offset)")
        }
        guard chain.end == head else {
            throw EventChainBreak(
                offset: chain.end.offset, reason: "the log ends with another event than was written last")
        }
        return EventVerification(start: start, end: chain.end, records: records)
    }
}
