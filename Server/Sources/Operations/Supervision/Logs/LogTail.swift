internal import Glibc

/// The end of a log file that grows, whose beginning is set aside, or which gives its name to another.
package struct LogTail {
    private let path: String
    /// The position behind what was read, in the file of number ``inode``.
    private var next = 0
    private var inode: UInt?
    /// What followed the last line end.
    private var partial: [UInt8] = []
    /// The most that is read of one file at once.
    private static let maximumBytes = 16 << 20
    /// Numbers of files that were set aside, higher than any has.
    private static let olderNumbers = 1...1_000_000

    /// A tail of which nothing was read.
    package init(path: String) { self.path = path }

    /// The last lines; ``news()`` then goes on behind them. Older files are looked into when this one has too
    /// few.
    package mutating func last(_ count: Int) -> [String] {
        var found = news()
        for number in Self.olderNumbers where found.count < count {
            guard let file = SparseFile("\(path).\(number)", O_RDONLY) else { break }
            let content = file.content()
            found = Self.lines(Self.end(of: file, content)) + found
        }
        return Array(found.suffix(count))
    }

    /// Whole lines that came since this was last asked.
    package mutating func news() -> [String] {
        guard let file = SparseFile(path, O_RDONLY), let facts = file.facts() else { return [] }
        let content = file.content()
        var bytes: [UInt8] = []
        if inode == facts.inode && content.upperBound >= next {
            bytes = setAside(content.lowerBound - next)
            bytes += file.read(max(next, content.lowerBound)..<max(next, content.upperBound))
        } else if inode == nil {
            bytes = Self.end(of: file, content)
        } else {
            if let rest = restOfRenamed() { bytes = rest } else { partial = [] }
            bytes += Self.end(of: file, content)
        }
        (inode, next) = (facts.inode, content.upperBound)
        var pieces = (partial + bytes).split(separator: 0x0A, omittingEmptySubsequences: false)
        partial = Array(pieces.removeLast())
        return pieces.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The last so many bytes of what was set aside; fewer when there are no more.
    private func setAside(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in Self.olderNumbers where bytes.count < count {
            guard let file = SparseFile("\(path).\(number)", O_RDONLY) else { break }
            let content = file.content()
            let start = max(content.lowerBound, content.upperBound - (count - bytes.count))
            bytes = file.read(start..<content.upperBound) + bytes
        }
        return bytes
    }

    /// What was not yet read of the file that had the name before, and of those that had it since; nil when
    /// it is not there any more.
    private func restOfRenamed() -> [UInt8]? {
        var newer: [UInt8] = []
        for number in Self.olderNumbers {
            guard let file = SparseFile("\(path).\(number)", O_RDONLY), let facts = file.facts() else {
                return nil
            }
            if facts.inode == inode { return file.read(min(next, facts.size)..<facts.size) + newer }
            newer = file.read(file.content()) + newer
        }
        return nil
    }

    /// The end of a file, of which only whole lines when it is too long to be read whole.
    private static func end(of file: borrowing SparseFile, _ content: Range<Int>) -> [UInt8] {
        if content.count <= maximumBytes { return file.read(content) }
        let bytes = file.read((content.upperBound - maximumBytes)..<content.upperBound)
        return Array(bytes[(bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? 0)...])
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }
}
