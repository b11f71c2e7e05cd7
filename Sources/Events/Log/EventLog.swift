public import Units

/// The platform's log of events: appended to, read by offset, never changed.
///
/// Delivery is at least once: a consumer commits an offset after it has done its work, and works again on
/// what it has not committed. Notification comes after the events are durable.
public protocol EventLog: Sendable {
    /// Appends events in order, all or none, and returns when they are durable.
    ///
    /// An event whose id the log already holds is not appended again: its offset is the first one's.
    ///
    /// - Throws: ``EventProblem`` for an event that is not accepted; what the storage throws.
    @discardableResult
    func append(_ events: [EventEnvelope]) async throws -> [EventOffset]

    /// The events after an offset, in order, at most `limit`.
    func read(after offset: EventOffset, limit: Int, where filter: EventFilter) async throws -> [LoggedEvent]

    /// The place of the last event; ``EventOffset/start`` for an empty log.
    func last() async throws -> EventOffset

    /// Up to where a consumer has committed; ``EventOffset/start`` for one that never has.
    func offset(of consumer: String) async throws -> EventOffset

    /// Commits that a consumer is done with everything up to an offset. It may go back, for a replay.
    ///
    /// - Throws: ``EventProblem`` with code `offset` beyond the last event.
    func commit(_ consumer: String, _ offset: EventOffset) async throws

    /// How far each consumer is behind, by name.
    func lag() async throws -> [ConsumerLag]

    /// Verifies the hash chain from an offset (nil: from the oldest event kept) to the end.
    ///
    /// - Throws: ``EventChainBreak`` naming the first offset that is wrong.
    func verify(from offset: EventOffset?) async throws -> EventVerification

    /// Forgets the oldest events that were recorded before a moment, never beyond the slowest consumer, and
    /// leaves a checkpoint.
    func prune(before moment: Instant) async throws -> PruneReport
}

/// How far a consumer is behind.
public struct ConsumerLag: Hashable, Sendable {
    /// The consumer's name.
    public let consumer: String
    /// Up to where it has committed.
    public let offset: EventOffset
    /// Events after that.
    public let events: Int
    /// When it committed last.
    public let updatedAt: Instant

    /// The lag of a consumer.
    public init(consumer: String, offset: EventOffset, events: Int, updatedAt: Instant) {
        (self.consumer, self.offset, self.events, self.updatedAt) = (consumer, offset, events, updatedAt)
    }
}

/// The hash of the chain at a place; verification and replay start from it.
public struct EventCheckpoint: Hashable, Sendable {
    /// The place.
    public let offset: EventOffset
    /// The hash of the chain up to and including that place.
    public let hash: Digest

    /// A checkpoint.
    public init(offset: EventOffset, hash: Digest) { (self.offset, self.hash) = (offset, hash) }

    /// Before the first event: 32 zero bytes.
    public static let genesis = EventCheckpoint(
        offset: .start, hash: Digest(bytes: [UInt8](repeating: 0, count: 32)))
}

/// What a verification found: the log is whole.
public struct EventVerification: Hashable, Sendable {
    /// Where it started.
    public let start: EventCheckpoint
    /// Where it ended: the last event and the hash of the whole chain.
    public let end: EventCheckpoint
    /// Stored records that were checked.
    public let records: Int
    /// The hash of what the events before the start have left in the tables, which was checked too; nil where
    /// there is none, or only the latest events were asked for.
    public var snapshot: Digest?

    /// The result of a verification.
    public init(start: EventCheckpoint, end: EventCheckpoint, records: Int) {
        (self.start, self.end, self.records) = (start, end, records)
    }
}

/// The log is not what was written.
public struct EventChainBreak: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first place that is wrong.
    public let offset: EventOffset
    /// What is wrong there.
    public let reason: String

    /// A break of the chain.
    public init(offset: EventOffset, reason: String) { (self.offset, self.reason) = (offset, reason) }

    public var description: String { "event \(offset): \(reason)" }
}

/// What retention did.
public struct PruneReport: Hashable, Sendable {
    /// Stored records that are gone.
    public let removed: Int
    /// From where the log goes on.
    public let checkpoint: EventCheckpoint
    /// The consumer that kept more from going; nil when none did.
    public let heldBackBy: String?

    /// A report.
    public init(removed: Int, checkpoint: EventCheckpoint, heldBackBy: String?) {
        (self.removed, self.checkpoint, self.heldBackBy) = (removed, checkpoint, heldBackBy)
    }
}

extension EventLog {
    /// Appends one event.
    @discardableResult
    public func append(_ event: EventEnvelope) async throws -> EventOffset {
        try await append([event]).first ?? .start
    }

    /// All events after an offset, at most `limit`.
    public func read(after offset: EventOffset, limit: Int) async throws -> [LoggedEvent] {
        try await read(after: offset, limit: limit, where: .all)
    }

    /// Verifies everything that is kept.
    public func verify() async throws -> EventVerification { try await verify(from: nil) }
}

extension ConsumerLag {
    /// Checks the name of a consumer: 1 to 100 bytes without control characters.
    ///
    /// - Throws: ``EventProblem`` with code `envelope`.
    public static func check(name: String) throws(EventProblem) {
        guard (1...100).contains(name.utf8.count),
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { throw EventProblem(.envelope, "a consumer's name has 1 to 100 bytes, no control characters") }
    }

    /// Checks that an offset to be committed is there.
    ///
    /// - Throws: ``EventProblem`` with code `offset`.
    public static func check(
        offset: EventOffset, of consumer: String, last: EventOffset
    ) throws(EventProblem) {
        guard offset <= last else {
            throw EventProblem(
                .offset, "\(consumer) cannot commit offset \(offset): the log ends at \(last)")
        }
    }
}
