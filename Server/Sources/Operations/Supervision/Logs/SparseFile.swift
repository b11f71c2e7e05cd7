internal import CSparseFiles
internal import Glibc

/// An open file whose beginning is given back to the disk while other processes go on appending: what they
/// write keeps its place, and nothing that they write meanwhile is lost.
struct SparseFile: ~Copyable {
    // From <unistd.h> with GNU's extensions; Swift's C library module leaves it out.
    private static let seekData: Int32 = 3
    private static let chunkBytes = 1 << 16

    /// The open file.
    let descriptor: Int32

    /// Opens a file that exists; nil when it cannot be opened, with the reason in `errno`.
    init?(_ path: String, _ access: Int32) {
        descriptor = open(path, access | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 { return nil }
    }

    // The one that could not be opened ends here too, and must leave the reason as it is.
    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Its number on its disk, and its size with what was given back.
    func facts() -> (inode: UInt, size: Int)? {
        var information = stat()
        return fstat(descriptor, &information) == 0
            ? (UInt(information.st_ino), Int(information.st_size)) : nil
    }

    /// Where its content is: from the first byte that was not given back to the end.
    func content() -> Range<Int> {
        guard let size = facts()?.size, size > 0 else { return 0..<0 }
        let found = lseek(descriptor, 0, Self.seekData)
        // Nothing but a hole; a file system that knows no holes calls all of it data.
        if found < 0 && errno == ENXIO { return size..<size }
        var start = min(max(0, Int(found)), size)
        // Only whole blocks become a hole. The rest of what was given back reads as zeros.
        while start < size {
            let chunk = read(start..<min(size, start + Self.chunkBytes))
            if chunk.isEmpty { return start..<max(start, size) }
            if let first = chunk.firstIndex(where: { $0 != 0 }) { return (start + first)..<size }
            start += chunk.count
        }
        return size..<size
    }

    /// The bytes of a range; fewer when there are no more or they cannot be read.
    func read(_ range: Range<Int>) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                pread(
                    descriptor, $0.baseAddress?.advanced(by: done), $0.count - done,
                    off_t(range.lowerBound + done))
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            done += count
        }
        bytes.removeLast(bytes.count - done)
        return bytes
    }

    /// The position behind the last line that ends within a range.
    func lastLineEnd(in range: Range<Int>) -> Int? {
        var end = range.upperBound
        while end > range.lowerBound {
            let start = max(range.lowerBound, end - Self.chunkBytes)
            if let found = read(start..<end).lastIndex(of: 0x0A) { return start + found + 1 }
            end = start
        }
        return nil
    }

    /// The position behind the first line that ends within a range.
    func firstLineEnd(in range: Range<Int>) -> Int? {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, start + Self.chunkBytes)
            if let found = read(start..<end).firstIndex(of: 0x0A) { return start + found + 1 }
            start = end
        }
        return nil
    }

    /// Appends a range to another open file.
    ///
    /// - Returns: the system's error number; 0 when all of it was written.
    func copy(_ range: Range<Int>, to target: Int32) -> Int32 {
        var position = range.lowerBound
        while position < range.upperBound {
            let chunk = read(position..<min(range.upperBound, position + Self.chunkBytes))
            if chunk.isEmpty { return EIO }
            var done = 0
            while done < chunk.count {
                let written = chunk[done...].withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
                if written < 0 && errno == EINTR { continue }
                if written <= 0 { return written == 0 ? ENOSPC : errno }
                done += written
            }
            position += chunk.count
        }
        return 0
    }

    /// Gives the bytes before a position back to the disk.
    ///
    /// - Returns: the system's error number; `EOPNOTSUPP` when this disk cannot do that.
    func release(upTo position: Int) -> Int32 {
        let mode = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
        while fallocate(descriptor, Int32(mode), 0, off_t(position)) != 0 {
            if errno != EINTR { return errno }
        }
        return 0
    }
}
