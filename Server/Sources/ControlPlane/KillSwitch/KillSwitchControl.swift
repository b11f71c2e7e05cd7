internal import Events
public import Logging
public import Risk
public import Storage
internal import Synchronization
internal import Units

/// The kill switch: stops all trading until somebody releases it, also after a restart and in every process
/// that uses the same storage.
///
/// Its state is one value of storage, written in one transaction with the event that tells of it and with its
/// record in the audit. A state that cannot be read counts as engaged.
public final class KillSwitchControl: Sendable {
    private let store: any Store
    private let audit: AuditTrail
    private let logger: Logger
    private let known: Mutex<KillSwitchState>

    /// A switch that counts as engaged until ``refresh()`` has read it.
    public init(store: any Store, audit: AuditTrail, logger: Logger) {
        (self.store, self.audit, self.logger) = (store, audit, logger)
        known = Mutex(.unreadable("it has not been read yet", at: .epoch))
    }

    /// What was read last.
    public var state: KillSwitchState { known.withLock { $0 } }

    /// What was read last, as the gate of risk takes it. Quick: it asks no storage.
    public var gate: KillSwitch { KillSwitch(reason: state.isEngaged ? state.reason ?? "engaged" : nil) }

    /// Reads the state again. One that cannot be read counts as engaged.
    @discardableResult
    public func refresh() async -> KillSwitchState {
        let read: KillSwitchState
        do {
            read = try await store.read { try Self.read($0) }
        } catch {
            read = .unreadable("\(error)", at: .epoch)
        }
        let before = known.withLock { known in
            defer { known = read }
            return known
        }
        if read.isEngaged && (!before.isEngaged || before.time == .epoch) {
            logger.critical(
                "the kill switch is engaged: \(read.reason ?? "")", metadata: ["event": "kill_switch_engaged"]
            )
        } else if before.isEngaged && !read.isEngaged && before.time != .epoch {
            logger.notice("the kill switch is released", metadata: ["event": "kill_switch_released"])
        }
        return read
    }

    private static func read(_ transaction: StoreTransaction) throws -> KillSwitchState {
        guard let value = try transaction.values.find(KillSwitchState.name) else { return KillSwitchState() }
        guard let state = KillSwitchState(value) else {
            throw StorageError(
                .corrupt, "the stored state of the kill switch is none",
                remedy: "release it, which writes it anew, when you know that trading may go on")
        }
        return state
    }

    /// What a use of the switch came to.
    public struct Outcome: Hashable, Sendable {
        /// The state now.
        public let state: KillSwitchState
        /// Whether it is another one than before.
        public let isChanged: Bool
    }

    /// Stops all trading. Doing it again keeps the first reason, and is recorded as well.
    ///
    /// - Parameter reason: why, for people; see ``KillSwitchState/reasonLength``.
    /// - Throws: `StorageError`; it counts as engaged in this process all the same.
    public func engage(reason: String, by actor: AuditActor) async throws -> Outcome {
        let id = EventID.random()
        do {
            let outcome = try await store.write { [audit] transaction in
                let before = try Self.readOrEngaged(transaction)
                let asked = KillSwitchState(
                    isEngaged: true, reason: reason, actor: actor.name, time: transaction.now)
                let isChanged = !before.isEngaged
                if isChanged {
                    try transaction.values.set(KillSwitchState.name, asked.json, at: transaction.now)
                    try transaction.append(Self.event(.killSwitchEngaged, asked, id, actor))
                }
                let word = isChanged ? "kill-switch.engaged" : "kill-switch.reaffirmed"
                try audit.record(Self.change(word, reason), by: actor, in: transaction)
                return Outcome(state: isChanged ? asked : before, isChanged: isChanged)
            }
            _ = await refresh()
            return outcome
        } catch {
            known.withLock {
                if !$0.isEngaged {
                    $0 = .unreadable("it was engaged (\(reason)) and could not be written", at: .epoch)
                }
            }
            throw error
        }
    }

    /// Lets trading go on.
    ///
    /// - Parameter reason: why, for people; see ``KillSwitchState/reasonLength``.
    /// - Throws: `StorageError`; the switch stays as it is.
    public func release(reason: String, by actor: AuditActor) async throws -> Outcome {
        let id = EventID.random()
        let outcome = try await store.write { [audit] transaction in
            let before = try Self.readOrEngaged(transaction)
            guard before.isEngaged else { return Outcome(state: before, isChanged: false) }
            let state = KillSwitchState(
                isEngaged: false, reason: reason, actor: actor.name, time: transaction.now)
            try transaction.values.set(KillSwitchState.name, state.json, at: transaction.now)
            try transaction.append(Self.event(.killSwitchReleased, state, id, actor))
            try audit.record(Self.change("kill-switch.released", reason), by: actor, in: transaction)
            return Outcome(state: state, isChanged: true)
        }
        _ = await refresh()
        return outcome
    }

    /// The state before a change; a damaged one may be written over, and counts as engaged.
    private static func readOrEngaged(_ transaction: StoreTransaction) throws -> KillSwitchState {
        do { return try read(transaction) } catch let error as StorageError where error.code == .corrupt {
            return .unreadable("\(error)", at: transaction.now)
        }
    }

    private static func change(_ action: String, _ reason: String) -> AuditChange {
        AuditChange(
            action, of: "kill-switch", "trading", changes: .object([JSONMember("reason", .string(reason))]))
    }

    private static func event(
        _ type: EventType, _ state: KillSwitchState, _ id: EventID, _ actor: AuditActor
    ) -> EventEnvelope {
        EventEnvelope(
            id: id, type: type, correlationID: actor.correlationID, time: state.time ?? .epoch,
            producer: "controlplane.kill-switch",
            payload: .object([
                JSONMember("reason", .string(state.reason ?? "")),
                JSONMember(type == .killSwitchEngaged ? "engaged_by" : "released_by", .string(actor.name)),
                JSONMember("scope", .string("all")), JSONMember("time", .time(state.time)),
            ]))
    }
}
