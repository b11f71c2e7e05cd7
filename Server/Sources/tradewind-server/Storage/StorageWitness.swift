internal import ControlPlane
internal import Events
internal import Logging
internal import ServiceLifecycle
internal import Storage

/// Notes beside the log files how far the database has come, and says at the start what is missing of it.
struct StorageWitness: Service {
    private let store: any MigratableStore
    private let path: String
    private let logger: Logger
    private let interval: Duration

    /// - Parameters:
    ///   - path: the file of the note.
    ///   - interval: the time between two notes.
    init(_ store: any MigratableStore, path: String, logger: Logger, interval: Duration = .seconds(5)) {
        (self.store, self.path, self.logger, self.interval) = (store, path, logger, interval)
    }

    /// Compares the database with the note of an earlier run. What is missing is logged and recorded in the
    /// audit; the service starts all the same, as somebody may have put a backup in place on purpose.
    func compare(_ audit: AuditTrail) async throws {
        guard let note = StorageNote.read(path) else { return }
        let missing = try await note.missing(in: store)
        if missing.isEmpty { return }
        logger.warning(
            """
            the database \(store.location) is older than it was: \(missing.joined(separator: "; ")). A copy \
            was put in its place; what is missing may be in a later backup, and what runs left is in their \
            files
            """, metadata: ["event": "storage_set_back", "note": .string(path)])
        try await audit.record(
            AuditChange(
                "storage.set-back", of: "database", store.location,
                changes: .object([JSONMember("missing", .list(missing.map { .string($0) }))])),
            by: .system("storage", correlationID: EventID.random().description))
        // Said once: from here on the database counts as it is.
        try await StorageNote.now(store).write(path)
    }

    func run() async {
        let last = await cancelWhenGracefulShutdown {
            var last: StorageNote?
            var isFailing = false
            while !Task.isCancelled {
                let now = await note(after: last, isToldOf: !isFailing)
                (last, isFailing) = (now ?? last, now == nil)
                do { try await Task.sleep(for: interval) } catch { break }
            }
            return last
        }
        _ = await note(after: last, isToldOf: true)
    }

    /// - Parameter isToldOf: whether a failure is logged: each time would be every few seconds.
    /// - Returns: what is in the file now; nil when that failed.
    private func note(after last: StorageNote?, isToldOf: Bool) async -> StorageNote? {
        do {
            let now = try await StorageNote.now(store)
            if now != last { try now.write(path) }
            return now
        } catch {
            guard isToldOf else { return nil }
            logger.warning(
                "how far the database has come cannot be noted in \(path): \(error)",
                metadata: ["event": "storage_note_failed"])
            return nil
        }
    }
}
