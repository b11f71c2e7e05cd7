internal import Storage
internal import Synchronization

/// Looks up who a token belongs to, and whether it was revoked. What was found is remembered for a second,
/// so that what another process changes, as a command does, holds after that; what this process changes
/// holds at once.
final class UserDirectory: Sendable {
    /// What is known of a session.
    struct Entry: Sendable {
        let user: StoredUser?
        let isSessionOpen: Bool
    }

    private struct State {
        var entries: [String: (entry: Entry, readAt: Duration)] = [:]
        /// Counts what makes entries void, so that one that was read before is not kept after.
        var generation = 0
    }

    private let store: any Store
    private let uptime: @Sendable () -> Duration
    private let state = Mutex(State())
    private static let lifetime = Duration.seconds(1)
    private static let maximumEntries = 10_000

    init(store: any Store, uptime: @escaping @Sendable () -> Duration) {
        (self.store, self.uptime) = (store, uptime)
    }

    /// The user and the session that a token names.
    func find(userID: String, sessionID: String) async throws -> Entry {
        let key = userID + "\u{0}" + sessionID
        let now = uptime()
        let (known, generation) = state.withLock { ($0.entries[key], $0.generation) }
        if let known, now - known.readAt < Self.lifetime { return known.entry }
        let entry = try await store.read { transaction in
            let session = try transaction.sessions.find(sessionID)
            return Entry(
                user: try transaction.users.find(userID),
                isSessionOpen: session.map { $0.userID == userID && $0.endedAt == nil } ?? false)
        }
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= Self.maximumEntries { state.entries.removeAll() }
            state.entries[key] = (entry, now)
        }
        return entry
    }

    /// Forgets everything, after a change.
    func forget() {
        state.withLock { state in
            state.entries.removeAll()
            state.generation += 1
        }
    }
}
