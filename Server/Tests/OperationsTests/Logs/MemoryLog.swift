import Operations

/// The files of a log in memory, with every way in which they come and go on a disk.
struct MemoryLog {
    struct File {
        let node: LogFileNode
        var bytes: [UInt8] = []
    }

    /// The newest first.
    var named: [File] = []
    /// How many are kept beside the current one.
    let setAside: Int
    private var nextNode: Int64 = 1
    /// Numbers of files that are gone; the next file may get one.
    private var freeNodes: [LogFileNode] = []

    init(setAside: Int) {
        self.setAside = setAside
        named = [File(node: makeNode(reusing: false))]
    }

    private mutating func makeNode(reusing: Bool, held: Set<LogFileNode> = []) -> LogFileNode {
        if reusing, let index = freeNodes.lastIndex(where: { !held.contains($0) }) {
            return freeNodes.remove(at: index)
        }
        nextNode += 1
        return LogFileNode(device: 7, inode: nextNode)
    }

    mutating func append(_ bytes: some Sequence<UInt8>) { named[0].bytes += bytes }

    /// Moves all files up by one, and begins a new one.
    ///
    /// - Returns: the file that is gone, if any.
    mutating func rotate(held: Set<LogFileNode>) -> File? {
        let gone = named.count > setAside ? named.removeLast() : nil
        if let gone { freeNodes.append(gone.node) }
        named.insert(File(node: makeNode(reusing: true, held: held)), at: 0)
        return gone
    }

    /// Copies the current file aside and empties it, as logrotate does with `copytruncate`.
    mutating func copyAndEmpty(held: Set<LogFileNode>) -> File? {
        let gone = named.count > setAside ? named.removeLast() : nil
        if let gone { freeNodes.append(gone.node) }
        named.insert(File(node: makeNode(reusing: true, held: held), bytes: named[0].bytes), at: 1)
        named[0].bytes = []
        return gone
    }

    /// Empties the current file.
    mutating func empty() { named[0].bytes = [] }
}

/// What a tailer sees of a log in memory; files that it has seen stay until it lets go of them.
struct MemoryLogFiles: LogFiles {
    var log: MemoryLog
    private var held: [MemoryLog.File] = []
    private var seen: [LogFileNode] = []

    init(_ log: MemoryLog) { self.log = log }

    /// Files that cannot be lost, as they are held open.
    var heldNodes: Set<LogFileNode> { Set(seen + held.map(\.node)) }

    /// A file is gone from the folder.
    mutating func lost(_ file: MemoryLog.File?) {
        guard let file, seen.contains(file.node) else { return }
        held.insert(file, at: 0)
    }

    mutating func look() throws -> [LogFileFacts] {
        seen = log.named.map(\.node)
        return log.named.enumerated().map { index, file in
            LogFileFacts(node: file.node, size: Int64(file.bytes.count), isCurrent: index == 0)
        }
            + held.map {
                LogFileFacts(node: $0.node, size: Int64($0.bytes.count), isCurrent: false, isNamed: false)
            }
    }

    func read(_ node: LogFileNode, from offset: Int64, count: Int) throws -> [UInt8] {
        guard let file = (log.named + held).first(where: { $0.node == node }) else { return [] }
        return Array(file.bytes.dropFirst(Int(offset)).prefix(count))
    }

    mutating func release() { held = [] }
}
