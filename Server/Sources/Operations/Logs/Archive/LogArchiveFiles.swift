internal import Glibc
internal import Units

/// Files of an archive of logs on this host.
enum LogArchiveFiles {
    /// What a file is called while it is made.
    static let draft = ".draft-"
    /// A draft that nobody has written to for so long was left behind.
    private static let abandonedAfter = 3_600

    /// Makes a folder and those above it. What root makes belongs to whoever owns the folder that it is in:
    /// the service, which is not root, must be able to write there.
    static func makeFolder(_ path: String) throws(LogArchiveError) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) == 0 {
                try giveToOwnerOfFolder(made)
                continue
            }
            let number = errno
            if number == EEXIST { continue }
            if access(made, F_OK) != 0 { throw .system("making the folder", made, number: number) }
        }
        if access(path, W_OK | X_OK) != 0 { throw .system("writing to the folder", path) }
    }

    /// Lets what root made belong to whoever owns the folder that it is in.
    static func giveToOwnerOfFolder(_ path: String) throws(LogArchiveError) {
        guard geteuid() == 0, let slash = path.lastIndex(of: "/") else { return }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        var facts = stat()
        guard stat(folder, &facts) == 0 else { throw .system("looking at the folder", folder) }
        if facts.st_uid == 0 { return }
        if lchown(path, facts.st_uid, facts.st_gid) != 0 { throw .system("giving the file its owner", path) }
    }

    /// Removes what killed processes left behind.
    static func removeDrafts(in folder: String) throws(LogArchiveError) {
        guard let entries = opendir(folder) else { throw .system("reading the folder", folder) }
        defer { closedir(entries) }
        let now = time(nil)
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix(draft) else { continue }
            var facts = stat()
            let path = folder + "/" + name
            if stat(path, &facts) == 0, now - facts.st_mtim.tv_sec > abandonedAfter { unlink(path) }
        }
    }

    /// SHA-256 of a file, read in pieces.
    static func digest(of path: String) throws(LogArchiveError) -> Digest {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw .system("opening", path) }
        defer { close(descriptor) }
        var stream = SHA256Stream()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw .system("reading", path) }
            if count == 0 { return stream.snapshot() }
            buffer.withUnsafeBytes { stream.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    /// Brings names in a folder to the disk.
    static func syncFolder(_ path: String) throws(LogArchiveError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw .system("opening the folder", path) }
        defer { close(descriptor) }
        // A file system that cannot do that keeps names in another way.
        if fsync(descriptor) != 0 && errno != EINVAL {
            throw .system("bringing the folder to the disk", path)
        }
    }
}
