public import Storage
internal import Units

/// Finds the lines of a log that have not been read yet, through rotation, truncation and copying.
///
/// It holds how far each file was read, and changes that only by ``adopt(_:)``, when a batch is kept: so no
/// line is lost and none is read twice, whenever the process ends. A file is known by its number and by its
/// first line. One with a known first line and another number is a copy, and goes on where the original was;
/// one with a known number and another first line, or with fewer bytes than were read, starts anew.
public struct LogTailer: Sendable {
    /// Bytes of the longest line that is taken.
    public static let maximumLine = 256 * 1_024
    /// Bytes of a first line that a file is known by.
    static let maximumHead = 1_024
    /// Bytes read at once.
    private static let chunk = 64 * 1_024
    /// Bytes read at once where a line is longer than that; more than the longest line.
    private static let largeChunk = maximumLine * 2
    /// Bytes of the lines of one batch, about.
    private static let maximumBatch = 1 << 20

    /// How far each file was read.
    public private(set) var files: [LogFileState]
    /// How many files the log has when it is full; 0 when that is not known.
    private let fullCount: Int

    /// A tailer that goes on where another one was.
    ///
    /// - Parameters:
    ///   - files: how far files were read; empty at the very start.
    ///   - fullCount: how many files the log has when it is full, with the current one; 0 when not known.
    public init(files: [LogFileState] = [], fullCount: Int = 0) {
        (self.files, self.fullCount) = (files, fullCount)
    }

    /// Lines that have not been read, and how far the files are read with them.
    public struct Batch: Hashable, Sendable {
        /// The lines, the oldest first.
        public var lines: [TailedLine] = []
        /// How far each file is read.
        public var files: [LogFileState] = []
        /// Lines that were left out as too long.
        public var tooLong = 0
        /// Whether files may have come and gone without being seen.
        public var hasGap = false
        /// Bytes that are left to be read.
        public var behind: Int64 = 0
        /// Whether there are more lines at once.
        public var hasMore = false
    }

    /// The next lines.
    ///
    /// - Parameter limit: the most lines.
    /// - Returns: nil when nothing has changed.
    public func next(_ source: inout some LogFiles, limit: Int) throws -> Batch? {
        let facts = try source.look()
        var batch = Batch()
        var isKnown = false
        for fact in facts.reversed() {
            guard let head = try head(of: fact, source) else { continue }
            var state = state(of: fact, head, facts)
            if state == nil {
                state = LogFileState(
                    device: fact.node.device, inode: fact.node.inode, head: head,
                    identity: identity(head), position: 0, isSkipping: false)
            } else {
                isKnown = true
            }
            guard var state else { continue }
            try read(&state, fact, source, &batch, limit: max(1, limit))
            batch.files.append(state)
            batch.behind += max(0, fact.size - state.position)
        }
        batch.hasGap =
            !files.isEmpty && !isKnown && fullCount > 0 && facts.count { $0.isNamed } >= fullCount
        batch.files.sort { ($0.device, $0.inode) < ($1.device, $1.inode) }
        return batch.files == files ? nil : batch
    }

    /// A batch is kept: its lines are not found again.
    public mutating func adopt(_ batch: Batch) { files = batch.files }

    // MARK: Which file it is

    /// What a file is known by; nil as long as its first line is not whole.
    private func head(of fact: LogFileFacts, _ source: some LogFiles) throws -> Digest? {
        var bytes = try source.read(fact.node, from: 0, count: Self.maximumHead)
        if let end = bytes.firstIndex(of: 0x0A) {
            bytes.removeSubrange(end...)
        } else if bytes.count < Self.maximumHead {
            return nil
        }
        return bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) }
    }

    /// How far a file was read; nil for one that is new.
    private func state(of fact: LogFileFacts, _ head: Digest, _ facts: [LogFileFacts]) -> LogFileState? {
        if var known = files.first(where: { $0.node == fact.node && $0.head == head }) {
            if fact.size < known.position { (known.position, known.isSkipping) = (0, false) }
            return known
        }
        let alike = files.filter { $0.head == head }
        guard var original = alike.max(by: { $0.position < $1.position }) else { return nil }
        // A new current file beside the one that it replaces is another file, however it begins.
        let isThere = facts.contains { other in alike.contains { $0.node == other.node } }
        if fact.isCurrent && isThere { return nil }
        (original.device, original.inode) = (fact.node.device, fact.node.inode)
        if fact.size < original.position { (original.position, original.isSkipping) = (0, false) }
        return original
    }

    /// The name of the lines of a new file: a pure function of its first line and of how many files are known
    /// that begin with the same one.
    private func identity(_ head: Digest) -> Int64 {
        let generation = files.count { $0.head == head }
        var stream = SHA256Stream()
        stream.update("\(head) \(generation)")
        let word = stream.snapshot().bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(bitPattern: word)
    }

    // MARK: What is in it

    private func read(
        _ state: inout LogFileState, _ fact: LogFileFacts, _ source: some LogFiles, _ batch: inout Batch,
        limit: Int
    ) throws {
        var bytesLeft = Self.maximumBatch - batch.lines.reduce(0) { $0 + $1.bytes.count }
        var chunk = Self.chunk
        while state.position < fact.size {
            guard batch.lines.count < limit, bytesLeft > 0 else {
                batch.hasMore = true
                return
            }
            let wanted = min(Int64(chunk), fact.size - state.position)
            let bytes = try source.read(fact.node, from: state.position, count: Int(wanted))
            var splitter = LogLineSplitter(
                file: state.identity, offset: state.position, isSkipping: state.isSkipping,
                maximumLine: Self.maximumLine)
            splitter.take(bytes, limit: limit - batch.lines.count)
            batch.lines += splitter.lines
            batch.tooLong += splitter.tooLong
            bytesLeft -= splitter.lines.reduce(0) { $0 + $1.bytes.count }
            if splitter.offset == state.position {
                if chunk == Self.largeChunk || bytes.count < chunk { return }
                chunk = Self.largeChunk
            }
            (state.position, state.isSkipping) = (splitter.offset, splitter.isSkipping)
        }
    }
}

extension LogFileState {
    /// The file as the kernel knows it.
    var node: LogFileNode { LogFileNode(device: device, inode: inode) }
}
