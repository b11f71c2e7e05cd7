internal import Glibc
internal import Units

/// A backup that is there whole.
public struct StoredBackup: Hashable, Sendable {
    /// The name of its folder.
    public let name: String
    /// The path of its folder.
    public let path: String
    /// What it holds.
    public let manifest: BackupManifest

    /// The file with the database.
    public var database: String { path + "/" + BackupFolder.database }

    /// The size of that file; 0 when it is gone.
    public var databaseBytes: Int64 {
        var facts = stat()
        return stat(database, &facts) == 0 ? Int64(facts.st_size) : 0
    }
}

/// The folder that holds backups, each in a folder of its own.
public struct BackupFolder: Sendable {
    /// Its path, absolute.
    public let path: String

    static let database = "tradewind.db"
    static let manifest = "manifest.json"
    static let sums = "SHA256SUMS"
    /// What a backup is called while it is being made.
    static let draft = ".draft-"

    /// The folder at a path.
    public init(_ path: String) { self.path = path }

    /// The backups, the oldest first. What was not finished is none.
    ///
    /// - Parameter damaged: hears of folders that look like backups and are none.
    public func list(damaged: (DeploymentError) -> Void = { _ in }) throws(DeploymentError) -> [StoredBackup]
    {
        var found: [StoredBackup] = []
        for name in try BackupFile.names(in: path) where !name.hasPrefix(".") {
            let file = "\(path)/\(name)/\(Self.manifest)"
            do throws(DeploymentError) {
                guard let bytes = try BackupFile.read(file) else { continue }
                let manifest = try BackupManifest(text: bytes, path: file)
                found.append(StoredBackup(name: name, path: "\(path)/\(name)", manifest: manifest))
            } catch {
                // Other files of the folder are no folders.
                if access("\(path)/\(name)/.", F_OK) == 0 { damaged(error) }
            }
        }
        return found.sorted { ($0.manifest.createdAt, $0.name) < ($1.manifest.createdAt, $1.name) }
    }

    /// The backup of a name; the latest without one.
    public func find(_ name: String?) throws(DeploymentError) -> StoredBackup {
        var problems: [DeploymentError] = []
        let all = try list { problems.append($0) }
        if let name, let found = all.first(where: { $0.name == name }) { return found }
        if name == nil, let last = all.last { return last }
        if let problem = problems.first(where: { name.map($0.message.contains) ?? true }) { throw problem }
        throw DeploymentError(
            .backup, name.map { "there is no backup named \($0)" } ?? "there is no backup yet", path: path,
            remedy: name == nil ? "make one: tradewind backup create" : "see tradewind backup list")
    }

    /// Checks that every file of a backup is as it was written.
    public func checkSums(of backup: StoredBackup) throws(DeploymentError) {
        let file = backup.path + "/" + Self.sums
        guard let text = try BackupFile.read(file) else {
            throw DeploymentError(
                .backup, "its checksums are missing", path: file, remedy: "use another backup")
        }
        var names: Set<String> = []
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[1].hasPrefix(" "), parts[0].utf8.count == 64 else {
                throw DeploymentError(
                    .backup, "the line \"\(line)\" is no checksum", path: file, remedy: "use another backup")
            }
            let name = String(parts[1].dropFirst())
            guard !name.contains(".."), !name.hasPrefix("/") else {
                throw DeploymentError(
                    .backup, "it names a file outside of the backup", path: file, remedy: "use another backup"
                )
            }
            names.insert(name)
            // As text, letter by letter: nothing in the list may be other than it was written.
            if try BackupFile.digest(of: backup.path + "/" + name).description != parts[0] {
                throw DeploymentError(
                    .backup, "the file is not what was written: its checksum is another",
                    path: backup.path + "/" + name, remedy: "use another backup: tradewind backup list")
            }
        }
        guard names.isSuperset(of: [Self.database, Self.manifest]) else {
            throw DeploymentError(
                .backup, "its checksums leave out the database or the manifest", path: file,
                remedy: "use another backup")
        }
    }

    /// Removes what a rule does not keep, and what an interrupted backup left.
    ///
    /// - Returns: the names of what was removed.
    @discardableResult
    public func prune(_ rule: BackupRetention) throws(DeploymentError) -> [String] {
        let superfluous = rule.superfluous(try list())
        for backup in superfluous {
            // Renamed first: half of a backup is never taken for one.
            let doomed = "\(path)/\(Self.draft)\(backup.name)"
            if rename(backup.path, doomed) != 0 { throw .system("removing", backup.path) }
            try BackupFile.removeFolder(doomed)
        }
        return superfluous.map(\.name)
    }

    /// Removes drafts of processes that are gone.
    func removeDrafts() throws(DeploymentError) {
        for name in try BackupFile.names(in: path) where name.hasPrefix(Self.draft) {
            // The number of the process that makes it stands behind the last hyphen.
            if let text = name.split(separator: "-").last, let pid = Int32(text), pid != getpid(),
                kill(pid, 0) == 0
            {
                continue
            }
            try BackupFile.removeFolder("\(path)/\(name)")
        }
    }
}
