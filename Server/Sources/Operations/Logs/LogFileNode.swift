/// A file as the kernel knows it, whatever its name.
public struct LogFileNode: Hashable, Comparable, Sendable {
    /// The device that it is on.
    public let device: Int64
    /// Its number there. It is given to another file when this one is deleted and nobody holds it open.
    public let inode: Int64

    /// A file.
    public init(device: Int64, inode: Int64) { (self.device, self.inode) = (device, inode) }

    public static func < (a: LogFileNode, b: LogFileNode) -> Bool {
        (a.device, a.inode) < (b.device, b.inode)
    }
}

/// What is seen of a file of a log.
public struct LogFileFacts: Hashable, Sendable {
    /// Which file.
    public let node: LogFileNode
    /// Its size, in bytes.
    public let size: Int64
    /// Whether it is the one that is written to.
    public let isCurrent: Bool
    /// Whether it still has a name. One without is read to its end as long as it is held open.
    public let isNamed: Bool

    /// What is seen of a file.
    public init(node: LogFileNode, size: Int64, isCurrent: Bool, isNamed: Bool = true) {
        (self.node, self.size, self.isCurrent, self.isNamed) = (node, size, isCurrent, isNamed)
    }
}

/// The files of one log: the current one and those that were set aside.
public protocol LogFiles {
    /// The files, the newest first; those without a name are the last.
    mutating func look() throws -> [LogFileFacts]

    /// Bytes of a file that the last look has shown: `count` of them, or as many as there are.
    func read(_ node: LogFileNode, from offset: Int64, count: Int) throws -> [UInt8]

    /// Lets go of the files without a name, which have been read to their ends, unless they lost it just now.
    mutating func release()
}
