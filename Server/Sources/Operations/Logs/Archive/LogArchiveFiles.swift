internal import Glibc
internal import Units

/// Files of an archive of logs on this host.
enum LogArchiveFiles {
    /// What a file is called while it is made.
    static let draft = ".draft-"
    /// A draft that nobody has written to for so long was left behind.
    private static let abandonedAfter = 3_600

    /// Makes a folder and those above it, and sees that this user may write there.
    static func makeFolder(_ path: String) throws(LogArchiveError) {
        if let failure = DirectFile.makeFolder(path) { throw LogArchiveError(failure) }
        if access(path, W_OK | X_OK) != 0 { throw .system("writing to the folder", path) }
    }

    /// Removes what killed processes left behind.
    static func removeDrafts(in folder: String) throws(LogArchiveError) {
        guard let names = DirectFile.names(in: folder) else { throw .system("reading the folder", folder) }
        let now = time(nil)
        for name in names where name.hasPrefix(draft) {
            var facts = stat()
            let path = folder + "/" + name
            if stat(path, &facts) == 0, now - facts.st_mtim.tv_sec > abandonedAfter { unlink(path) }
        }
    }

    /// SHA-256 of a file, read in pieces.
    static func digest(of path: String) throws(LogArchiveError) -> Digest {
        var stream = SHA256Stream()
        let failure = DirectFile.read(path) { piece in piece.withUnsafeBytes { stream.update($0) } }
        if let failure { throw LogArchiveError(failure) }
        return stream.snapshot()
    }

    /// Brings names in a folder to the disk.
    static func syncFolder(_ path: String) throws(LogArchiveError) {
        if let failure = DirectFile.syncFolder(path) { throw LogArchiveError(failure) }
    }
}
