internal import Events
internal import Glibc
public import Storage
public import Units

/// Makes a backup while services run: a copy of the database that is consistent at one moment, verified by
/// opening it and following its hash chain, with what else a desk needs to come back.
public struct BackupMaker: Sendable {
    /// A file that goes into the backup beside the database.
    public struct Companion: Sendable {
        /// Its name in the backup.
        public let name: String
        /// What it holds; nothing in it may be secret.
        public let content: [UInt8]

        /// A file.
        public init(name: String, content: [UInt8]) { (self.name, self.content) = (name, content) }
    }

    private let folder: BackupFolder
    private let version: String
    private let commit: String?
    private let now: @Sendable () -> Instant

    /// - Parameters:
    ///   - version: of the running program.
    ///   - commit: that it was built from.
    public init(
        _ folder: BackupFolder, version: String, commit: String?, now: @escaping @Sendable () -> Instant
    ) {
        (self.folder, self.version, self.commit, self.now) = (folder, version, commit, now)
    }

    /// Makes a backup.
    ///
    /// A backup that was interrupted is none: it has its name only once everything in it is on the disk.
    public func make(
        of store: any MigratableStore, _ reason: BackupManifest.Reason, with companions: [Companion] = []
    ) async throws(DeploymentError) -> StoredBackup {
        let moment = now()
        try BackupFile.makeFolder(folder.path)
        try folder.removeDrafts()
        let stamp = moment.description.prefix(19).filter { $0 != "-" && $0 != ":" }
        let base = "\(stamp)Z-\(reason.rawValue)"
        let draft = "\(folder.path)/\(BackupFolder.draft)\(base)-\(getpid())"
        try BackupFile.makeFolder(draft)
        do throws(DeploymentError) {
            let manifest = try await fill(draft, store, reason, companions, at: moment)
            return try name(draft, base, manifest)
        } catch {
            do throws(DeploymentError) { try BackupFile.removeFolder(draft) } catch {
                // It stays as a draft, which the next backup removes; the first failure is what counts.
                _ = error
            }
            throw error
        }
    }

    private func fill(
        _ draft: String, _ store: any MigratableStore, _ reason: BackupManifest.Reason,
        _ companions: [Companion], at moment: Instant
    ) async throws(DeploymentError) -> BackupManifest {
        let database = draft + "/" + BackupFolder.database
        do {
            try await store.backup(to: database)
        } catch let error as StorageError {
            throw DeploymentError(error)
        } catch {
            throw DeploymentError(
                .backup, "the database cannot be copied: \(error)", path: store.location,
                remedy: "tradewind migrate check looks at the database")
        }
        try BackupFile.giveToOwnerOfFolder(database)
        let content = try await BackupContent.read(database)
        let manifest = BackupManifest(
            createdAt: moment.description, reason: reason, version: version, commit: commit,
            schema: content.schema, lastEvent: content.end.offset.value,
            chainHash: content.end.hash.description, events: content.events, runs: content.runs)
        var names = [BackupFolder.database, BackupFolder.manifest]
        try BackupFile.write(try manifest.text(), to: draft + "/" + BackupFolder.manifest)
        for companion in companions {
            try BackupFile.write(companion.content, to: draft + "/" + companion.name)
            names.append(companion.name)
        }
        var sums = ""
        for name in names.sorted() {
            sums += "\(try BackupFile.digest(of: draft + "/" + name))  \(name)\n"
        }
        try BackupFile.write(Array(sums.utf8), to: draft + "/" + BackupFolder.sums)
        try BackupFile.syncFolder(draft)
        return manifest
    }

    /// Gives a finished draft its name; a second one of the same second gets a number.
    private func name(
        _ draft: String, _ base: String, _ manifest: BackupManifest
    ) throws(DeploymentError) -> StoredBackup {
        for number in 1...99 {
            let name = number == 1 ? base : "\(base)-\(number)"
            let path = folder.path + "/" + name
            // The name of a folder with something in it cannot be taken.
            if access(path, F_OK) == 0 { continue }
            if rename(draft, path) == 0 {
                try BackupFile.syncFolder(folder.path)
                return StoredBackup(name: name, path: path, manifest: manifest)
            }
            if errno != EEXIST && errno != ENOTEMPTY { throw .system("naming the backup", path) }
        }
        throw DeploymentError(
            .backup, "there are 99 backups of this second", path: folder.path, remedy: "try again")
    }
}
