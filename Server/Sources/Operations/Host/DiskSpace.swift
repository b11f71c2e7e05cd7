internal import Glibc

/// How much room a file system has for this process.
public struct DiskSpace: Hashable, Sendable {
    /// Bytes that can still be written without being root.
    public let availableBytes: Int64
    /// Files that can still be made; nil where the file system has no such limit.
    public let availableFiles: Int64?
    /// Bytes of the whole file system; 0 when that is not known.
    public let sizeBytes: Int64

    /// Space.
    public init(availableBytes: Int64, availableFiles: Int64?, sizeBytes: Int64 = 0) {
        (self.availableBytes, self.availableFiles) = (availableBytes, availableFiles)
        self.sizeBytes = sizeBytes
    }

    /// Asks the file system that holds a path; a path that does not exist yet stands for its nearest folder.
    ///
    /// - Throws: ``LogWriteError`` never; ``HostError`` when no folder on the way can be asked.
    public static func of(_ path: String) throws(HostError) -> DiskSpace {
        var path = path
        while true {
            var information = statvfs()
            if statvfs(path, &information) == 0 {
                let unit = UInt64(information.f_frsize)
                let files = information.f_files == 0 ? nil : Int64(clamping: information.f_favail)
                return DiskSpace(
                    availableBytes: bytes(UInt64(information.f_bavail), of: unit), availableFiles: files,
                    sizeBytes: bytes(UInt64(information.f_blocks), of: unit))
            }
            let problem = errno
            if problem == EINTR { continue }
            guard problem == ENOENT, path != "/", path != ".", !path.isEmpty else {
                throw HostError(
                    "the file system of \(path) cannot be asked: \(String(cString: strerror(problem)))")
            }
            let parent = path.split(separator: "/").dropLast().joined(separator: "/")
            path = path.hasPrefix("/") ? "/" + parent : (parent.isEmpty ? "." : parent)
        }
    }

    private static func bytes(_ blocks: UInt64, of unit: UInt64) -> Int64 {
        let (bytes, overflow) = blocks.multipliedReportingOverflow(by: unit)
        return overflow ? Int64.max : Int64(clamping: bytes)
    }
}

/// Something that the machine does not do or does not say.
public struct HostError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence.
    public let description: String

    /// An error with a sentence.
    public init(_ description: String) { self.description = description }
}
