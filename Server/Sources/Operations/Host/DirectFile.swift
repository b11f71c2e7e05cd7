internal import Glibc

/// Open files and folders as the system has them, for those who bring content to the disk themselves.
public enum DirectFile {
    /// Writes all bytes to an open file.
    ///
    /// - Returns: the number of the system's error, `ENOSPC` when nothing more was taken; nil when all is
    ///   written.
    public static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return count == 0 ? ENOSPC : errno }
                done += count
            }
            return nil
        }
    }

    /// The names in a folder, in no order; nil when it cannot be read, with the reason in `errno`.
    public static func names(in path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// A call of the system that failed: what it was to do, and to what.
    public struct Failure: Hashable, Sendable {
        /// What was tried, as in `making the folder`.
        public let action: String
        /// The file or folder.
        public let path: String
        /// The number of the system's error.
        public let number: Int32

        init(_ action: String, _ path: String, number: Int32 = errno) {
            (self.action, self.path, self.number) = (action, path, number)
        }
    }

    /// Makes a folder and those above it, for their owner alone; see ``giveToOwnerOfFolder(_:)``.
    ///
    /// - Returns: what failed; nil when the folder is there.
    public static func makeFolder(_ path: String) -> Failure? {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) == 0 {
                if let failure = giveToOwnerOfFolder(made) { return failure }
                continue
            }
            let number = errno
            if number == EEXIST { continue }
            // A folder above may be there and not ours to write to, which says less about those below.
            if access(made, F_OK) != 0 { return Failure("making the folder", made, number: number) }
        }
        return nil
    }

    /// Lets what root made belong to whoever owns the folder that it is in: the service, which is not root,
    /// must be able to read and to replace it.
    ///
    /// - Returns: what failed; nil when it is so.
    public static func giveToOwnerOfFolder(_ path: String) -> Failure? {
        guard geteuid() == 0, let slash = path.lastIndex(of: "/") else { return nil }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        var facts = stat()
        guard stat(folder, &facts) == 0 else { return Failure("looking at the folder", folder) }
        if facts.st_uid == 0 { return nil }
        if lchown(path, facts.st_uid, facts.st_gid) == 0 { return nil }
        return Failure("giving the file its owner", path)
    }

    /// Brings names in a folder to the disk.
    ///
    /// - Returns: what failed; nil when they are there.
    public static func syncFolder(_ path: String) -> Failure? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { return Failure("opening the folder", path) }
        defer { close(descriptor) }
        // A file system that cannot do that keeps names in another way.
        if fsync(descriptor) == 0 || errno == EINVAL { return nil }
        return Failure("bringing the folder to the disk", path)
    }

    /// Reads a file in pieces, so that a large one is never held in memory.
    ///
    /// - Returns: what failed; nil when the whole of it was handed over.
    public static func read<Problem: Error>(
        _ path: String, _ body: (ArraySlice<UInt8>) throws(Problem) -> Void
    ) throws(Problem) -> Failure? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return Failure("opening", path) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return Failure("reading", path) }
            if count == 0 { return nil }
            try body(buffer[..<count])
        }
    }
}
