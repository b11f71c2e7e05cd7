/// A line of a log file, and where it stands.
public struct TailedLine: Hashable, Sendable {
    /// What the lines of its file are known by.
    public let file: Int64
    /// Where in the file it starts, in bytes.
    public let offset: Int64
    /// Its bytes, without the line end.
    public let bytes: [UInt8]

    /// A line.
    public init(file: Int64, offset: Int64, bytes: [UInt8]) {
        (self.file, self.offset, self.bytes) = (file, offset, bytes)
    }
}

/// Cuts the bytes of a file into lines. Only whole lines are taken: what follows the last line end is read
/// again when there is more of it.
struct LogLineSplitter {
    /// What the lines of the file are known by.
    let file: Int64
    /// Bytes of the longest line that is taken; the rest of a longer one is left out.
    let maximumLine: Int

    /// The next byte to be read.
    private(set) var offset: Int64
    /// Whether that byte is within a line that is too long.
    private(set) var isSkipping: Bool
    /// The lines that were found.
    private(set) var lines: [TailedLine] = []
    /// Lines that were too long.
    private(set) var tooLong = 0

    init(file: Int64, offset: Int64, isSkipping: Bool, maximumLine: Int) {
        (self.file, self.offset, self.isSkipping) = (file, offset, isSkipping)
        self.maximumLine = maximumLine
    }

    /// Takes the bytes that stand at ``offset``.
    ///
    /// - Parameter limit: the most lines in ``lines``.
    mutating func take(_ bytes: [UInt8], limit: Int) {
        var start = 0
        while start < bytes.count, lines.count < limit {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else { break }
            if !isSkipping { found(bytes[start..<end]) }
            isSkipping = false
            offset += Int64(end + 1 - start)
            start = end + 1
        }
        guard lines.count < limit else { return }
        let rest = bytes.count - start
        if isSkipping {
            offset += Int64(rest)
        } else if rest > maximumLine {
            (isSkipping, tooLong) = (true, tooLong + 1)
            offset += Int64(rest)
        }
    }

    private mutating func found(_ line: ArraySlice<UInt8>) {
        if line.count > maximumLine {
            tooLong += 1
            return
        }
        // Zeros are what a lost page of the disk, or a hole, leaves before the next line.
        var line = line.drop { $0 == 0 }
        if line.last == 0x0D { line.removeLast() }
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
        lines.append(TailedLine(file: file, offset: offset, bytes: Array(line)))
    }
}
