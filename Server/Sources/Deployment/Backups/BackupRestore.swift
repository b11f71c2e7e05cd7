internal import Events
internal import Glibc
internal import Operations
internal import Storage
public import Units

/// Brings a backup back: into a new folder, compared with what the backup says it holds, and only then put in
/// place of the database.
///
/// The database that was in place is kept beside it, in a folder `replaced-...`. At every moment, whatever is
/// killed, the place of the database holds a whole one: the old until one rename, the new from then on.
public struct BackupRestore: Sendable {
    /// How a restore went.
    public struct Report: Hashable, Sendable {
        /// The backup.
        public let backup: StoredBackup
        /// The last event that is there again.
        public let lastEvent: Int64
        /// Events of the database in place that the backup did not have yet; nil when that cannot be read.
        public let lostEvents: Int64?
        /// How long it took.
        public let duration: Duration
        /// Where the database that was in place is now; nil in a drill, or when there was none.
        public let replaced: String?
    }

    private let folder: BackupFolder
    /// The database in place.
    private let database: String
    private let now: @Sendable () -> Instant

    /// - Parameter database: the file in place, absolute.
    public init(_ folder: BackupFolder, database: String, now: @escaping @Sendable () -> Instant) {
        (self.folder, self.database, self.now) = (folder, database, now)
    }

    /// Proves that a backup can be restored: does everything but the last step, and leaves nothing behind.
    public func drill(_ name: String?) async throws(DeploymentError) -> Report {
        let start = SystemClocks.uptime()
        let backup = try folder.find(name)
        let place = "\(folder.path)/\(BackupFolder.draft)drill-\(getpid())"
        do throws(DeploymentError) {
            let content = try await unpack(backup, into: place)
            let report = Report(
                backup: backup, lastEvent: content.end.offset.value, lostEvents: await lost(since: content),
                duration: SystemClocks.uptime() - start, replaced: nil)
            try BackupFile.removeFolder(place)
            return report
        } catch {
            do throws(DeploymentError) { try BackupFile.removeFolder(place) } catch {
                // A draft that the next backup removes; the first failure is what counts.
                _ = error
            }
            throw error
        }
    }

    /// Puts a backup in place of the database, which nobody may have open.
    public func restore(_ name: String?) async throws(DeploymentError) -> Report {
        let start = SystemClocks.uptime()
        let backup = try folder.find(name)
        try refuseOpeners()
        let parent = Self.folder(of: database)
        let place = "\(parent)/\(BackupFolder.draft)restore-\(getpid())"
        try BackupFile.makeFolder(parent)
        let content = try await unpack(backup, into: place)
        let lost = await lost(since: content)
        try refuseOpeners()
        let replaced = try await setAside()
        if rename(place + "/" + BackupFolder.database, database) != 0 {
            throw .system("putting the restored database in place", database)
        }
        try BackupFile.syncFolder(parent)
        try BackupFile.removeFolder(place)
        return Report(
            backup: backup, lastEvent: content.end.offset.value, lostEvents: lost,
            duration: SystemClocks.uptime() - start, replaced: replaced)
    }

    /// Copies a backup, and compares the copy with what the backup says it holds.
    private func unpack(_ backup: StoredBackup, into place: String) async throws(DeploymentError)
        -> BackupContent
    {
        try folder.checkSums(of: backup)
        try BackupFile.removeFolder(place)
        try BackupFile.makeFolder(place)
        let copy = place + "/" + BackupFolder.database
        try BackupFile.copy(backup.database, to: copy)
        let content = try await BackupContent.read(copy)
        let (end, manifest) = (content.end, backup.manifest)
        guard end.offset.value == manifest.lastEvent, end.hash.description == manifest.chainHash,
            content.events == manifest.events, content.runs == manifest.runs
        else {
            throw DeploymentError(
                .backup,
                "the restored database ends at event \(end.offset), with \(content.runs) runs; "
                    + "its manifest says \(manifest.lastEvent) and \(manifest.runs)", path: backup.path,
                remedy: "use another backup: tradewind backup list")
        }
        return content
    }

    /// Events of the database in place after those of a backup; nil when it cannot be read.
    private func lost(since content: BackupContent) async -> Int64? {
        guard access(database, F_OK) == 0 else { return nil }
        var options = StoreOptions(now: now)
        options.createsDatabase = false
        do {
            let store = try await SQLiteStore.open(database, options: options)
            let last = try await store.events.last()
            try await store.close()
            return max(0, last.value - content.end.offset.value)
        } catch {
            // That it cannot be read is what a restore is for, and nil says so.
            return nil
        }
    }

    private func refuseOpeners() throws(DeploymentError) {
        let openers = ProcessTable().openers(of: database).filter { $0 != getpid() }
        guard openers.isEmpty else {
            let list = openers.map(String.init).joined(separator: ", ")
            throw DeploymentError(
                .running, "process \(list) uses the database; nothing was changed", path: database,
                remedy: "stop the services first: tradewind stop")
        }
    }

    /// Keeps the database in place under another name as well, and takes its log files away.
    ///
    /// A log file that stayed would be read into the restored database.
    private func setAside() async throws(DeploymentError) -> String? {
        guard access(database, F_OK) == 0 else { return nil }
        await checkpoint()
        let stamp = now().description.prefix(19).filter { $0 != "-" && $0 != ":" }
        var place = "\(Self.folder(of: database))/replaced-\(stamp)Z"
        var number = 1
        while access(place, F_OK) == 0 {
            number += 1
            place = "\(Self.folder(of: database))/replaced-\(stamp)Z-\(number)"
        }
        try BackupFile.makeFolder(place)
        let kept = place + "/" + BackupFolder.database
        if link(database, kept) != 0 { throw .system("keeping the database in place", kept) }
        for end in ["-wal", "-shm", "-journal"] where access(database + end, F_OK) == 0 {
            if rename(database + end, kept + end) != 0 { throw .system("moving", database + end) }
        }
        try BackupFile.syncFolder(place)
        return place
    }

    /// Brings what is in the log files into the database: closing does that. One that is damaged keeps them.
    private func checkpoint() async {
        var options = StoreOptions(now: now)
        options.createsDatabase = false
        do {
            try await SQLiteStore.open(database, options: options).close()
        } catch {
            // It is moved as it is, with its log files.
            _ = error
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
