internal import Glibc

/// What a service prints, in a file that its process writes by itself, so that it goes on when the supervisor
/// is gone.
///
/// As that process keeps the file open for appending, a full one is not renamed: its lines are copied aside,
/// and the disk gets back the room that they took. The file keeps its length, with a hole at the beginning,
/// so that nothing which is printed meanwhile is lost or torn. ``settle()`` takes the hole out when nobody
/// writes any more. On a file system without holes (NFS before 4.2, for example) the file is emptied instead,
/// and what is printed in the microseconds between the last byte copied and the emptying is lost.
package struct CapturedOutput {
    /// Where it is; older ones are `PATH.1`, the newest of them, and so on.
    package let path: String
    /// Bytes of content at which lines are set aside.
    package let maximumBytes: Int
    /// How many files there are at most, with the current one.
    package let files: Int

    /// A file with its limits.
    package init(path: String, maximumBytes: Int = 10 << 20, files: Int = 5) {
        (self.path, self.maximumBytes, self.files) = (path, max(1, maximumBytes), max(1, files))
    }

    /// Sets whole lines aside while the file is full. Of much more than all files may hold, the oldest is
    /// dropped.
    ///
    /// - Returns: whether it was full.
    @discardableResult package func rotateIfFull() throws(SupervisionError) -> Bool {
        guard let file = SparseFile(path, O_RDWR) else {
            if errno == ENOENT { return false }
            throw .system(.cannotRead, "opening", path: path)
        }
        let content = file.content()
        if content.count < maximumBytes { return false }
        var start = content.lowerBound
        let (limit, overflow) = maximumBytes.multipliedReportingOverflow(by: files)
        if !overflow && content.count > limit {
            let surplus = start..<(content.upperBound - limit)
            start = file.lastLineEnd(in: surplus) ?? surplus.upperBound
            if try !release(file, upTo: start, isCopied: false) { return true }
        }
        while content.upperBound - start >= maximumBytes {
            guard let end = pieceEnd(of: file, start..<content.upperBound) else { break }
            if try !setAside(start..<end, of: file) { break }
            start = end
        }
        return true
    }

    /// The end of the lines that fit into a file; of a longer line the end of that; nil while that has none,
    /// unless it grows without measure.
    private func pieceEnd(of file: borrowing SparseFile, _ content: Range<Int>) -> Int? {
        let start = content.lowerBound
        let full = start + maximumBytes
        if let end = file.lastLineEnd(in: start..<full) { return end }
        if let end = file.firstLineEnd(in: full..<content.upperBound) { return end }
        return content.count >= 2 * maximumBytes ? full : nil
    }

    // MARK: Setting aside

    /// - Returns: whether more can be set aside.
    private func setAside(_ piece: Range<Int>, of file: borrowing SparseFile) throws(SupervisionError)
        -> Bool
    {
        if files == 1 { return try release(file, upTo: piece.upperBound, isCopied: false) }
        let number = copy(piece, of: file)
        if number == 0 {
            try nameCopy()
            return try release(file, upTo: piece.upperBound, isCopied: true)
        }
        unlink(fresh)
        // It is what fills the disk. For other reasons it may grow up to what all files may hold.
        if number != ENOSPC && number != EDQUOT && number != EFBIG {
            throw .system(.cannotWrite, "setting lines aside", path: fresh, number: number)
        }
        _ = try release(file, upTo: piece.upperBound, isCopied: false)
        throw SupervisionError(
            .cannotWrite,
            "\(piece.count) bytes of it are dropped, as there was no room to set them aside: "
                + String(cString: strerror(number)), path: path,
            remedy: "free some space on that disk")
    }

    private var fresh: String { path + ".new" }

    /// Copies lines; without room for them, the oldest ones that are set aside go first.
    private func copy(_ piece: Range<Int>, of file: borrowing SparseFile) -> Int32 {
        while true {
            let target = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
            if target < 0 { return errno }
            let number = file.copy(piece, to: target)
            close(target)
            guard number == ENOSPC || number == EDQUOT else { return number }
            let oldest = firstFreeNumber - 1
            if oldest < 1 || unlink("\(path).\(oldest)") != 0 { return number }
        }
    }

    /// The first number that no file has; the number of files when all have one.
    private var firstFreeNumber: Int {
        (1..<files).first { access("\(path).\($0)", F_OK) != 0 } ?? files
    }

    private func nameCopy() throws(SupervisionError) {
        for number in stride(from: min(firstFreeNumber, files - 1), through: 1, by: -1) {
            let old = number == 1 ? fresh : "\(path).\(number - 1)"
            if rename(old, "\(path).\(number)") != 0 {
                throw .system(.cannotWrite, "setting aside", path: old)
            }
        }
    }

    // MARK: Making room

    /// - Returns: whether the positions in the file are what they were.
    private func release(
        _ file: borrowing SparseFile, upTo position: Int, isCopied: Bool
    ) throws(SupervisionError) -> Bool {
        let number = file.release(upTo: position)
        if number == 0 { return true }
        if number != EOPNOTSUPP && number != ENOSYS {
            throw .system(.cannotWrite, "making room", path: path, number: number)
        }
        let target = isCopied ? open(path + ".1", O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW) : -1
        defer { if target >= 0 { close(target) } }
        var copied = position
        while target >= 0, let size = file.facts()?.size, size > copied {
            if file.copy(copied..<size, to: target) != 0 { break }
            copied = size
        }
        if ftruncate(file.descriptor, 0) != 0 { throw .system(.cannotWrite, "emptying", path: path) }
        return false
    }

    /// Whether the beginning of the file was given back to the disk.
    package func hasHole() throws(SupervisionError) -> Bool {
        guard let file = SparseFile(path, O_RDONLY) else {
            if errno == ENOENT { return false }
            throw .system(.cannotRead, "opening", path: path)
        }
        return file.content().lowerBound > 0
    }

    /// Takes the hole out of the file, so that other programs need not know of it. Only when no process has
    /// it open: whoever has would go on writing into a file without a name.
    package func settle() throws(SupervisionError) {
        guard let file = SparseFile(path, O_RDONLY) else { return }
        let content = file.content()
        if content.lowerBound == 0 { return }
        let target = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if target < 0 { throw .system(.cannotWrite, "creating", path: fresh) }
        var number = file.copy(content, to: target)
        if close(target) != 0, number == 0 { number = errno }
        if number == 0, rename(fresh, path) == 0 { return }
        if number == 0 { number = errno }
        unlink(fresh)
        throw .system(.cannotWrite, "writing", path: fresh, number: number)
    }
}
