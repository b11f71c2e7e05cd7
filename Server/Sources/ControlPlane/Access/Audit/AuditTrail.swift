public import Events
public import Storage
internal import Synchronization
internal import Units

/// A change of state, for the audit.
public struct AuditChange: Hashable, Sendable {
    /// What came of it.
    public enum Outcome: String, Hashable, Sendable {
        /// It was done.
        case done
        /// It was not allowed.
        case refused
        /// It was tried and failed.
        case failed
    }

    /// What was done, as `run.stopped`.
    public let action: String
    /// The kind of thing, as `run`.
    public let entityType: String
    /// Which one.
    public let entityID: String
    /// What changed, in short: never a secret, never what a person typed into a field for one.
    public let changes: JSONText
    /// What came of it.
    public let outcome: Outcome

    /// A change.
    public init(
        _ action: String, of entityType: String, _ entityID: String, changes: JSONText = .object([]),
        outcome: Outcome = .done
    ) {
        (self.action, self.entityType, self.entityID) = (action, entityType, entityID)
        (self.changes, self.outcome) = (changes, outcome)
    }
}

/// Records who changed what, in the same transaction as the change: both are kept, or neither.
///
///     try await store.write { transaction in
///         try transaction.runs.save(run)
///         try audit.record(AuditChange("run.stopped", of: "run", run.id), by: actor, in: transaction)
///     }
public final class AuditTrail: Sendable {
    let store: any Store
    let signature: Mutex<AuditSignature?>

    /// - Parameter signature: signs records; ``adopt(_:)`` replaces it.
    public init(store: any Store, signature: AuditSignature? = nil) {
        self.store = store
        self.signature = Mutex(signature)
    }

    /// Signs from now on with another key.
    public func adopt(_ signature: AuditSignature?) { self.signature.withLock { $0 = signature } }

    /// Records a change in the transaction that makes it.
    ///
    /// - Throws: `StorageError`; the change is then not made either.
    public func record(
        _ change: AuditChange, by actor: AuditActor, in transaction: StoreTransaction
    ) throws {
        var record = AuditRecord(
            time: transaction.now, actor: actor.id, actorKind: actor.kind, actorName: actor.name,
            entityType: change.entityType, entityID: change.entityID, action: change.action,
            outcome: change.outcome.rawValue, changes: change.changes, correlationID: actor.correlationID)
        (record.requestID, record.sourceAddress) = (actor.requestID, actor.address)
        record.userAgent = actor.userAgent
        let place = try transaction.audit.insert(record, signature: signature.withLock { $0 })
        // A place in the audit is taken once.
        let id = EventID(
            derivedFrom: "audit:\(change.action):\(actor.correlationID)", sequence: UInt64(place.sequence))
        try transaction.append(
            EventEnvelope(
                id: id, type: .auditRecorded, correlationID: actor.correlationID, time: transaction.now,
                producer: "controlplane.access",
                payload: .object([
                    JSONMember("action", .string(change.action)), JSONMember("actor", .string(actor.id)),
                    JSONMember("subject", .string(change.entityID)),
                    JSONMember("subject_kind", .string(change.entityType)),
                    JSONMember("outcome", .string(change.outcome.rawValue)),
                    // The event log vouches for the record: neither can be cut off without the other.
                    JSONMember("record", .integer(Int(place.sequence))),
                    JSONMember("record_hash", .string(place.hash.description)),
                ])))
    }

    /// Records what happened without a change of storage, in a transaction of its own.
    public func record(_ change: AuditChange, by actor: AuditActor) async throws {
        try await store.write { transaction in
            try self.record(change, by: actor, in: transaction)
        }
    }
}
