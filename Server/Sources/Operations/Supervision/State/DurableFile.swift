internal import Glibc

/// Small files that are replaced whole: at every moment, whatever is killed, there is the old content or the
/// new one.
enum DurableFile {
    static let maximumBytes = 1 << 20

    /// Replaces a file: writes another one, brings it to the disk, and gives it the name.
    static func write(_ bytes: [UInt8], to path: String, permissions: mode_t = 0o600) throws(SupervisionError)
    {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, permissions)
        if descriptor < 0 { throw .system(.cannotWrite, "creating the file", path: temporary) }
        var failure = DirectFile.write(bytes[...], to: descriptor)
        if failure == nil, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == nil { failure = errno }
        if failure == nil, rename(temporary, path) != 0 { failure = errno }
        if let failure {
            unlink(temporary)
            throw .system(.cannotWrite, "writing", path: path, number: failure)
        }
        syncFolder(of: path)
    }

    /// The content of a file; nil when there is none.
    static func read(_ path: String) throws(SupervisionError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .system(.cannotRead, "opening", path: path)
        }
        defer { close(descriptor) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw .system(.cannotRead, "reading", path: path) }
            if count == 0 { return result }
            result += chunk[..<count]
            if result.count > maximumBytes {
                throw SupervisionError(
                    .corrupted, "it is larger than any file that is written there", path: path,
                    remedy: "remove it")
            }
        }
    }

    /// Brings the new name to the disk. A file system that cannot do that keeps names in another way.
    private static func syncFolder(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let descriptor = open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { return }
        fsync(descriptor)
        close(descriptor)
    }
}
