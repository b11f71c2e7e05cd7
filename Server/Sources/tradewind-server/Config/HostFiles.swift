internal import Glibc
internal import Settings

/// The files of this host, as settings need them.
struct HostFiles: SettingsFiles {
    /// The folder that relative paths start from, absolute.
    let directory: String
    /// The most that is read of a file: more than any settings file may have.
    private static let maximumBytes = 2 << 20

    func read(_ path: String) -> SettingsFileContent {
        let descriptor = open(absolute(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .absent : .unreadable(reason: Self.reason(errno))
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return .unreadable(reason: Self.reason(errno)) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            return .unreadable(reason: "it is not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= Self.maximumBytes {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return .unreadable(reason: Self.reason(errno)) }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return .bytes(bytes)
    }

    func facts(_ path: String) -> SettingsFileFacts? {
        var facts = stat()
        guard stat(absolute(path), &facts) == 0 else { return nil }
        return SettingsFileFacts(
            isRegularFile: facts.st_mode & S_IFMT == S_IFREG, mode: UInt32(facts.st_mode) & 0o7777,
            isReadable: access(absolute(path), R_OK) == 0)
    }

    private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : directory + "/" + path }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
