internal import Events
internal import Storage
internal import Synchronization
internal import Units

extension AuditTrail {
    /// What a look at the whole chain found.
    public struct Verification: Hashable, Sendable {
        /// Records looked at.
        public var records = 0
        /// Records whose signature the present key confirms.
        public var signed = 0
        /// Records that another key signed, so that they cannot be confirmed here.
        public var signedByOthers = 0
        /// The first record that was changed, that is missing, or before which one is missing; nil when all
        /// is well.
        public var broken: Int64?
        /// What is wrong, in one sentence; nil when all is well.
        public var reason: String?
    }

    /// Computes the whole chain again, and compares it with what was noted apart from it: its end, and the
    /// events of the log that tell of each record.
    public func verify() async throws -> Verification {
        var found = try await chain()
        if found.broken == nil { try await checkEnd(&found) }
        if found.broken == nil { try await checkEvents(&found) }
        return found
    }

    /// The chain itself.
    private func chain() async throws -> Verification {
        let signature = signature.withLock { $0 }
        var found = Verification()
        var (previous, last) = (AuditRepository.beginning, Int64(0))
        while true {
            let place = last
            let records = try await store.read { try $0.audit.records(after: place, limit: 500) }
            if records.isEmpty { return found }
            for stored in records {
                let hash = stored.record.hash(sequence: stored.sequence, after: previous)
                guard stored.sequence == last + 1, hash == stored.hash else {
                    found.breaks(
                        at: stored.sequence,
                        stored.sequence == last + 1
                            ? "it is not what was recorded" : "records before it are missing")
                    return found
                }
                if let keyID = stored.keyID {
                    if keyID != signature?.keyID {
                        found.signedByOthers += 1
                    } else if stored.signature == signature?.sign(hash) {
                        found.signed += 1
                    } else {
                        found.breaks(at: stored.sequence, "its signature is not that of the key")
                        return found
                    }
                }
                (previous, last, found.records) = (hash, stored.sequence, found.records + 1)
            }
        }
    }

    /// The end, as it was noted in the transaction of the last record.
    private func checkEnd(_ found: inout Verification) async throws {
        let (head, last) = try await store.read { transaction in
            let head = try transaction.audit.head()
            var selection = AuditSelection()
            selection.limit = 1
            return (head, try transaction.audit.list(selection).first)
        }
        guard let head else {
            if let last {
                found.breaks(at: last.sequence, "where the audit ends was noted, and the note is gone")
            }
            return
        }
        let end = last?.sequence ?? 0
        if head.sequence > end {
            return found.breaks(
                at: end + 1, "the records after \(end) are missing: \(head.sequence) were made")
        }
        // A record may have been added since the chain was computed, but not one without its note.
        guard head.sequence == end, head.hash == last?.hash else {
            return found.breaks(at: end, "the audit was noted to end at \(head.sequence)")
        }
        let signature = signature.withLock { $0 }
        if let signature, head.keyID == signature.keyID, head.signature != signature.sign(head.statement) {
            return found.breaks(at: end, "the note of where the audit ends is not signed by the key")
        }
        if last?.keyID != nil, head.keyID == nil {
            found.breaks(at: end, "the last record is signed, and the note of where the audit ends is not")
        }
    }

    /// Each event that tells of a record, as long as the log keeps it.
    private func checkEvents(_ found: inout Verification) async throws {
        var place = EventOffset.start
        while true {
            let events = try await store.events.read(
                after: place, limit: 500, where: EventFilter(types: [.auditRecorded]))
            guard let end = events.last?.offset else { return }
            place = end
            let told = events.compactMap { event -> (Int64, String?)? in
                guard let number = event.envelope.payload["record"]?.wholeNumber else { return nil }
                return (Int64(number), event.envelope.payload["record_hash"]?.text)
            }
            guard let first = told.map(\.0).min(), let last = told.map(\.0).max() else { continue }
            let hashes = try await store.read { try $0.audit.hashes(from: first, through: last) }
            for (number, hash) in told {
                guard let recorded = hashes[number] else {
                    return found.breaks(at: number, "the event log tells of it, and it is missing")
                }
                if let hash, hash != recorded.description {
                    return found.breaks(at: number, "the event log tells of another record at its place")
                }
            }
        }
    }
}

extension AuditTrail.Verification {
    fileprivate mutating func breaks(at sequence: Int64, _ reason: String) {
        (broken, self.reason) = (sequence, reason)
    }
}
