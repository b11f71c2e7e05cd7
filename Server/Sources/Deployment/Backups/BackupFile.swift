internal import Glibc
internal import Operations
internal import Units

/// Files of a backup: written once, brought to the disk, and read again in pieces.
enum BackupFile {
    static func makeFolder(_ path: String) throws(DeploymentError) {
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
    }

    static func write(_ bytes: [UInt8], to path: String) throws(DeploymentError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw .system("creating the file", path) }
        defer { close(descriptor) }
        try giveToOwnerOfFolder(path)
        try append(bytes[...], to: descriptor, path)
        if fsync(descriptor) != 0 { throw .system("bringing the file to the disk", path) }
    }

    /// Copies a file; the copy is for its owner alone.
    static func copy(_ source: String, to target: String) throws(DeploymentError) {
        let copy = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if copy < 0 { throw .system("creating the file", target) }
        defer { close(copy) }
        try giveToOwnerOfFolder(target)
        try forEachPiece(of: source) { piece throws(DeploymentError) in
            try append(piece, to: copy, target)
        }
        if fsync(copy) != 0 { throw .system("bringing the file to the disk", target) }
    }

    /// Lets what root made belong to whoever owns the folder that it is in: the service, which is not root,
    /// must be able to read and to replace it.
    static func giveToOwnerOfFolder(_ path: String) throws(DeploymentError) {
        guard geteuid() == 0, let slash = path.lastIndex(of: "/") else { return }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        var facts = stat()
        guard stat(folder, &facts) == 0 else { throw .system("looking at the folder", folder) }
        if facts.st_uid == 0 { return }
        if lchown(path, facts.st_uid, facts.st_gid) != 0 { throw .system("giving the file its owner", path) }
    }

    static func digest(of path: String) throws(DeploymentError) -> Digest {
        var stream = SHA256Stream()
        try forEachPiece(of: path) { piece throws(DeploymentError) in
            piece.withUnsafeBytes { stream.update($0) }
        }
        return stream.snapshot()
    }

    /// The content of a small file; nil when there is none.
    static func read(_ path: String) throws(DeploymentError) -> [UInt8]? {
        if access(path, F_OK) != 0 && errno == ENOENT { return nil }
        var result: [UInt8] = []
        try forEachPiece(of: path) { piece throws(DeploymentError) in
            result += piece
            if result.count > 4 << 20 {
                throw DeploymentError(
                    .backup, "it is larger than any file that is written there", path: path,
                    remedy: "see who put it there")
            }
        }
        return result
    }

    /// Brings names in a folder to the disk.
    static func syncFolder(_ path: String) throws(DeploymentError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw .system("opening the folder", path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw .system("bringing the folder to the disk", path) }
    }

    /// The names in a folder, sorted; none when there is no folder.
    static func names(in path: String) throws(DeploymentError) -> [String] {
        guard let names = DirectFile.names(in: path) else {
            if errno == ENOENT { return [] }
            throw .system("reading the folder", path)
        }
        return names.sorted()
    }

    /// Removes a folder and the files in it, one level of folders deep.
    static func removeFolder(_ path: String) throws(DeploymentError) {
        for name in try names(in: path) {
            let inner = path + "/" + name
            if unlink(inner) == 0 { continue }
            guard errno == EISDIR || errno == EPERM else { throw .system("removing", inner) }
            try removeFolder(inner)
        }
        if rmdir(path) != 0 && errno != ENOENT { throw .system("removing the folder", path) }
    }

    private static func forEachPiece(
        of path: String, _ body: (ArraySlice<UInt8>) throws(DeploymentError) -> Void
    ) throws(DeploymentError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw .system("opening", path) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw .system("reading", path) }
            if count == 0 { return }
            try body(buffer[..<count])
        }
    }

    private static func append(
        _ bytes: ArraySlice<UInt8>, to descriptor: Int32, _ path: String
    ) throws(DeploymentError) {
        if let number = DirectFile.write(bytes, to: descriptor) {
            throw .system("writing", path, number: number)
        }
    }
}
