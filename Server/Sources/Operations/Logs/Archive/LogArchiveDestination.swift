internal import Glibc
public import Units

/// A packed file with lines of logs that is finished and has yet to be put where it is kept.
public struct PackedLogFile: Hashable, Sendable {
    /// Where it is.
    public let path: String
    /// Lines in it.
    public let lines: Int
    /// Its size.
    public let bytes: Int64
    /// SHA-256 of its bytes.
    public let digest: Digest

    /// A file.
    public init(path: String, lines: Int, bytes: Int64, digest: Digest) {
        (self.path, self.lines, self.bytes, self.digest) = (path, lines, bytes, digest)
    }

    /// The line that `sha256sum --check` reads.
    func sums(_ name: String) -> [UInt8] { Array("\(digest)  \(name)\n".utf8) }
}

/// How putting a file where it is kept went.
public enum LogArchivePlacement: Hashable, Sendable {
    /// It is there, whole, with its checksum beside it.
    case placed
    /// Something else has that name, and stays as it is.
    case taken
}

/// Where archived logs are kept.
public protocol LogArchiveDestination: Sendable {
    /// Where it is, for people; without a secret.
    var description: String { get }

    /// The folder in which files are made before they get their place; made ready.
    func drafts() throws(LogArchiveError) -> String

    /// Puts a file in its place: there is the whole of it under its name, or nothing, whenever the process
    /// ends. A file that is there already with the same content counts as placed.
    func place(_ file: PackedLogFile, as name: String) async throws(LogArchiveError) -> LogArchivePlacement
}

/// Archived logs in a folder.
public struct FolderLogArchive: LogArchiveDestination {
    private let folder: String

    /// A folder, absolute; it is made when it is not there.
    public init(_ folder: String) { self.folder = folder }

    public var description: String { folder }

    public func drafts() throws(LogArchiveError) -> String {
        try LogArchiveFiles.makeFolder(folder)
        try LogArchiveFiles.removeDrafts(in: folder)
        return folder
    }

    public func place(_ file: PackedLogFile, as name: String) async throws(LogArchiveError)
        -> LogArchivePlacement
    {
        let target = folder + "/" + name
        let isThere = access(target, F_OK) == 0
        if isThere, try LogArchiveFiles.digest(of: target) != file.digest { return .taken }
        if !isThere {
            if rename(file.path, target) != 0 { throw .system("naming the file", target) }
            try LogArchiveFiles.syncFolder(folder)
        }
        do throws(SupervisionError) {
            try DurableFile.write(file.sums(name), to: target + ".sha256")
        } catch { throw LogArchiveError(error) }
        return .placed
    }
}

/// Archived logs in a bucket of an object store.
public struct BucketLogArchive: LogArchiveDestination {
    private let store: ObjectStore
    private let prefix: String
    private let folder: String
    /// The bucket, for people.
    public let description: String

    /// A bucket.
    ///
    /// - Parameters:
    ///   - prefix: what the names of objects begin with, without slashes at its ends; empty for none.
    ///   - folder: where files are made before they are sent, absolute.
    ///   - description: the bucket, for people.
    public init(_ store: ObjectStore, prefix: String, folder: String, description: String) {
        (self.store, self.folder, self.description) = (store, folder, description)
        self.prefix = prefix.isEmpty ? "" : prefix + "/"
    }

    public func drafts() throws(LogArchiveError) -> String {
        try LogArchiveFiles.makeFolder(folder)
        try LogArchiveFiles.removeDrafts(in: folder)
        return folder
    }

    public func place(_ file: PackedLogFile, as name: String) async throws(LogArchiveError)
        -> LogArchivePlacement
    {
        do throws(ObjectStoreError) {
            let content = ObjectStore.Content.file(file.path, bytes: file.bytes, digest: file.digest)
            let outcome = try await store.put(
                content, as: prefix + name, type: "application/gzip",
                metadata: [("sha256", file.digest.description), ("lines", String(file.lines))],
                replacing: false)
            // The answer to an earlier attempt may have been lost, and not the file.
            if outcome == .exists, try await store.digest(of: prefix + name) != file.digest.description {
                return .taken
            }
            _ = try await store.put(
                .bytes(file.sums(name)), as: prefix + name + ".sha256", type: "text/plain", replacing: true)
            return .placed
        } catch { throw LogArchiveError(error) }
    }
}
