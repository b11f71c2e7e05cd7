internal import Events
internal import Units

/// The events that a transaction appends: rows of the outbox, chained by hash.
///
/// One for each transaction on disk; a savepoint that is undone takes its events with it.
final class EventOutbox {
    /// The time of the transaction.
    let now: Instant
    private let registry: EventRegistry
    private let parts: PayloadParts
    private var chain: EventChain?
    /// Where the log ended before the first of them.
    private(set) var start: EventOffset?
    /// Events appended so far, to be told of after the commit.
    private(set) var appended: [LoggedEvent] = []

    init(now: Instant, registry: EventRegistry, parts: PayloadParts) {
        (self.now, self.registry, self.parts) = (now, registry, parts)
    }

    /// Where the log ends with what was appended; nil when nothing was.
    var end: EventOffset? { chain?.end.offset }

    /// A place to come back to.
    struct Mark {
        fileprivate let chain: EventChain?
        fileprivate let appended: Int
    }

    var mark: Mark { Mark(chain: chain, appended: appended.count) }

    /// Forgets what was appended after a mark.
    func rollBack(to mark: Mark) {
        chain = mark.chain
        appended.removeLast(appended.count - mark.appended)
    }

    func append(_ events: [EventEnvelope], _ session: any SQLSession) throws -> [EventOffset] {
        for event in events { try registry.check(event) }
        var offsets: [EventOffset] = []
        for event in events {
            if let known = try EventStatements.offset(of: event.id, session) {
                offsets.append(known)
            } else {
                offsets.append(try insert(event, session))
            }
        }
        return offsets
    }

    private func insert(_ event: EventEnvelope, _ session: any SQLSession) throws -> EventOffset {
        var chain = try chain ?? EventChain(after: try EventStatements.head(session))
        if appended.isEmpty { start = chain.end.offset }
        let stored = try parts.store(event)
        if let content = stored.content { try EventStatements.insert(content, now, session) }
        for record in stored.records {
            let end = chain.add(record.text)
            try EventStatements.insert(
                StoredRecord(
                    offset: end.offset, id: record.id, form: record.form, type: record.type,
                    runID: event.runID, correlationID: event.correlationID, text: record.text,
                    hash: end.hash), content: stored.content?.hash, now, session)
        }
        self.chain = chain
        appended.append(LoggedEvent(offset: chain.end.offset, envelope: event, hash: chain.end.hash))
        return chain.end.offset
    }

    /// Writes where the log ends now; once, before the commit.
    func finish(_ session: any SQLSession) throws {
        guard let chain, !appended.isEmpty else { return }
        try EventStatements.setHead(chain.end, session)
    }
}
