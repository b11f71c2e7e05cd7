internal import Glibc
internal import Operations
internal import Units

/// Files of a backup: written once, brought to the disk, and read again in pieces.
enum BackupFile {
    static func makeFolder(_ path: String) throws(DeploymentError) {
        if let failure = DirectFile.makeFolder(path) { throw DeploymentError(failure) }
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

    /// Lets what root made belong to whoever owns the folder that it is in.
    static func giveToOwnerOfFolder(_ path: String) throws(DeploymentError) {
        if let failure = DirectFile.giveToOwnerOfFolder(path) { throw DeploymentError(failure) }
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
        if let failure = DirectFile.syncFolder(path) { throw DeploymentError(failure) }
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
        if let failure = try DirectFile.read(path, body) { throw DeploymentError(failure) }
    }

    private static func append(
        _ bytes: ArraySlice<UInt8>, to descriptor: Int32, _ path: String
    ) throws(DeploymentError) {
        if let number = DirectFile.write(bytes, to: descriptor) {
            throw .system("writing", path, number: number)
        }
    }
}
