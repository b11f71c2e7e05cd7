internal import Synchronization
public import Units

/// The log in memory: for tests, and for what needs no durability.
public final class InMemoryEventLog: EventLog {
    private struct State {
        var records: [StoredRecord] = []
        var recordedAt: [Instant] = []
        var checkpoint = EventCheckpoint.genesis
        var chain = EventChain()
        var offsets: [EventID: EventOffset] = [:]
        var consumers: [String: (offset: EventOffset, updatedAt: Instant)] = [:]
        var content: [Digest: [UInt8]] = [:]
    }

    private let state = Mutex(State())
    private let registry: EventRegistry
    private let parts: PayloadParts
    private let now: @Sendable () -> Instant

    /// An empty log.
    ///
    /// - Parameters:
    ///   - registry: what events are checked against.
    ///   - parts: from which size payloads are cut or kept apart.
    ///   - now: the time at which events are recorded; retention goes by it.
    public init(
        registry: EventRegistry = .standard, parts: PayloadParts = PayloadParts(),
        now: @escaping @Sendable () -> Instant
    ) {
        (self.registry, self.parts, self.now) = (registry, parts, now)
    }

    @discardableResult
    public func append(_ events: [EventEnvelope]) async throws -> [EventOffset] {
        for event in events { try registry.check(event) }
        let stored = try events.map { try parts.store($0) }
        return state.withLock { state in
            zip(events, stored).map { event, stored in
                if let offset = state.offsets[event.id] { return offset }
                if let content = stored.content { state.content[content.hash] = content.bytes }
                for record in stored.records {
                    let end = state.chain.add(record.text)
                    state.records.append(
                        StoredRecord(
                            offset: end.offset, id: record.id, form: record.form, type: record.type,
                            runID: event.runID, correlationID: event.correlationID, text: record.text,
                            hash: end.hash))
                    state.recordedAt.append(now())
                    state.offsets[record.id] = end.offset
                }
                return state.chain.end.offset
            }
        }
    }

    public func read(
        after offset: EventOffset, limit: Int, where filter: EventFilter
    ) async throws -> [LoggedEvent] {
        try state.withLock { state in
            var found: [LoggedEvent] = []
            var index = offset.count(after: state.checkpoint.offset)
            while index < state.records.count, found.count < max(0, limit) {
                let record = state.records[index]
                if record.form != .piece {
                    let event = try InMemoryEventLog.event(index, state)
                    if filter.accepts(event) {
                        found.append(LoggedEvent(offset: record.offset, envelope: event, hash: record.hash))
                    }
                }
                index += 1
            }
            return found
        }
    }

    private static func event(_ index: Int, _ state: State) throws(EventProblem) -> EventEnvelope {
        let envelope = try EventEnvelope(canonicalText: state.records[index].text)
        switch state.records[index].form {
        case .whole, .piece: return envelope
        case .reference:
            return try PayloadParts.resolve(
                envelope, content: state.content[try PayloadParts.reference(of: envelope)] ?? [])
        case .pieces:
            let count = max(0, min(index, envelope.payload["total"]?.wholeNumber ?? 0))
            var pieces: [EventEnvelope] = []
            for piece in (index - count)..<index {
                pieces.append(try EventEnvelope(canonicalText: state.records[piece].text))
            }
            return try PayloadParts.assemble(envelope, pieces: pieces)
        }
    }

    public func last() async throws -> EventOffset { state.withLock { $0.chain.end.offset } }

    public func offset(of consumer: String) async throws -> EventOffset {
        state.withLock { $0.consumers[consumer]?.offset ?? .start }
    }

    public func commit(_ consumer: String, _ offset: EventOffset) async throws {
        try ConsumerLag.check(name: consumer)
        try state.withLock { state in
            try ConsumerLag.check(offset: offset, of: consumer, last: state.chain.end.offset)
            state.consumers[consumer] = (offset, now())
        }
    }

    public func lag() async throws -> [ConsumerLag] {
        state.withLock { state in
            state.consumers.keys.sorted().compactMap { name in
                state.consumers[name].map { consumer in
                    ConsumerLag(
                        consumer: name, offset: consumer.offset,
                        events: state.chain.end.offset.count(after: consumer.offset),
                        updatedAt: consumer.updatedAt)
                }
            }
        }
    }

    public func verify(from offset: EventOffset?) async throws -> EventVerification {
        try state.withLock { state in
            var first = 0
            var start = state.checkpoint
            if let offset, offset > start.offset {
                first = offset.count(after: start.offset)
                guard first <= state.records.count else {
                    throw EventProblem(.offset, "the log ends at \(state.chain.end.offset)")
                }
                start = EventCheckpoint(offset: offset, hash: state.records[first - 1].hash)
            }
            var verifier = EventVerifier(after: start)
            for record in state.records[first...] { try verifier.check(record) }
            return try verifier.finish(at: state.chain.end)
        }
    }

    public func prune(before moment: Instant) async throws -> PruneReport {
        state.withLock { state in
            let old = state.recordedAt.prefix { $0 < moment }.count
            let slowest = state.consumers.min { ($0.value.offset, $0.key) < ($1.value.offset, $1.key) }
            let allowed = slowest.map { $0.value.offset.count(after: state.checkpoint.offset) } ?? old
            var count = min(old, allowed)
            // Never between the pieces of an event.
            while count > 0, state.records[count - 1].form == .piece { count -= 1 }
            let heldBackBy = allowed < old ? slowest?.key : nil
            if count > 0 {
                state.checkpoint = EventCheckpoint(
                    offset: state.records[count - 1].offset, hash: state.records[count - 1].hash)
                for record in state.records[..<count] { state.offsets[record.id] = nil }
                state.records.removeFirst(count)
                state.recordedAt.removeFirst(count)
            }
            return PruneReport(removed: count, checkpoint: state.checkpoint, heldBackBy: heldBackBy)
        }
    }
}
