internal import Glibc

/// The files of a log on a disk: `PATH`, and what was set aside as `PATH.1` and so on, the newest first.
///
/// Files are held open from one look to the next: so one that is renamed stays the same, one that is deleted
/// can still be read to its end, and its number is not given to another.
public struct LogFolder: LogFiles {
    /// Where the current file is.
    public let path: String
    /// The highest number of a file that was set aside.
    private let setAside: Int
    private var open: [LogFileNode: OpenFile] = [:]
    /// Those that are held though they have no name any more, the oldest first.
    private var unnamed: [LogFileNode] = []
    /// Those with a name, the newest first.
    private var order: [LogFileNode] = []
    /// Those that had no name either when they were to be let go of before.
    private var released: Set<LogFileNode> = []

    /// The files of a log.
    ///
    /// - Parameter setAside: how many are kept beside the current one.
    public init(path: String, setAside: Int) {
        (self.path, self.setAside) = (path, max(0, min(setAside, 1_000)))
    }

    /// How many files there are when the log is full.
    var capacity: Int { setAside + 1 }

    private final class OpenFile: Sendable {
        let descriptor: Int32
        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }
    }

    public mutating func look() throws -> [LogFileFacts] {
        var facts: [LogFileFacts] = []
        // Upwards, as files only move upwards: none is missed that is renamed meanwhile, and one that is seen
        // twice is seen under its lower number first.
        for number in 0...setAside {
            guard let (node, size) = try openFile(number) else { continue }
            if facts.contains(where: { $0.node == node }) { continue }
            facts.append(LogFileFacts(node: node, size: size, isCurrent: number == 0))
        }
        let named = facts.map(\.node)
        for node in order.reversed() where !named.contains(node) && !unnamed.contains(node) {
            unnamed.append(node)
        }
        unnamed.removeAll { named.contains($0) }
        order = named
        for node in unnamed.reversed() {
            guard let file = open[node], let size = Self.facts(file.descriptor)?.size else { continue }
            facts.append(LogFileFacts(node: node, size: size, isCurrent: false, isNamed: false))
        }
        return facts
    }

    public mutating func release() {
        // Not at once: whoever writes to one may only now be finding out that it has lost its name.
        for node in unnamed where released.contains(node) { open[node] = nil }
        unnamed.removeAll { open[$0] == nil }
        released = Set(unnamed)
    }

    /// - Returns: nil where there is no file.
    private mutating func openFile(_ number: Int) throws(LogReadError) -> (LogFileNode, Int64)? {
        let name = number == 0 ? path : "\(path).\(number)"
        // O_NONBLOCK, as opening a named pipe would wait for its other end.
        let descriptor = Glibc.open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ELOOP || errno == ENOTDIR { return nil }
            throw LogReadError(path: name, errorNumber: errno)
        }
        let file = OpenFile(descriptor)
        guard let facts = Self.facts(descriptor) else { return nil }
        if open[facts.node] == nil { open[facts.node] = file }
        return (facts.node, facts.size)
    }

    /// - Returns: nil for what is no file.
    private static func facts(_ descriptor: Int32) -> (node: LogFileNode, size: Int64)? {
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return (
            LogFileNode(
                device: Int64(bitPattern: UInt64(information.st_dev)),
                inode: Int64(bitPattern: UInt64(information.st_ino))), Int64(information.st_size)
        )
    }

    public func read(_ node: LogFileNode, from offset: Int64, count: Int) throws -> [UInt8] {
        guard let file = open[node] else { throw LogReadError("\(path) has no such file any more") }
        var problem: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    file.descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
                    off_t(offset) + off_t(filled))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { problem = errno }
                if got <= 0 { return }
                filled += got
            }
        }
        if problem != 0 { throw LogReadError(path: path, errorNumber: problem) }
        return bytes
    }
}

/// Why a log file cannot be read.
public struct LogReadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence.
    public let description: String

    init(_ description: String) { self.description = description }

    init(path: String, errorNumber: Int32) {
        description = "\(path) cannot be read: \(String(cString: strerror(errorNumber)))"
    }
}
