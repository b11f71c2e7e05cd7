internal import Glibc
internal import MarketData
internal import Synchronization

/// A file that only grows at its end, held by one process at a time.
///
/// What was appended survives the end of the process at any moment; it is forced to the disk at most once a
/// second, so that a power cut costs at most the last second.
final class AppendFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let lastForced: Mutex<UInt64>

    private static let interval: UInt64 = 1_000_000_000

    /// Opens a file, or makes an empty one, and takes its lock.
    ///
    /// - Throws: a ``FileError`` of kind `busy` when another process has it.
    init(_ path: String) throws(FileError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw PosixFileStore().failure(path, .write) }
        if flock(opened, LOCK_EX | LOCK_NB) != 0 {
            let error = PosixFileStore().failure(path, .lock)
            close(opened)
            throw error
        }
        (self.path, descriptor) = (path, opened)
        lastForced = Mutex(ProcessClock.nanoseconds())
    }

    deinit { close(descriptor) }

    /// Drops everything from a length on; later appends begin there.
    func truncate(to length: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(length)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw PosixFileStore().failure(path, .write)
        }
    }

    /// Adds bytes at the end.
    func append(_ bytes: [UInt8]) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw PosixFileStore().failure(path, .write) }
            done += count
        }
        let now = ProcessClock.nanoseconds()
        let isDue = lastForced.withLock { last in
            guard now - last >= AppendFile.interval else { return false }
            last = now
            return true
        }
        if isDue { try force() }
    }

    /// Forces everything to the disk.
    func force() throws(FileError) {
        guard fdatasync(descriptor) == 0 || errno == EINVAL else {
            throw PosixFileStore().failure(path, .write)
        }
    }
}
