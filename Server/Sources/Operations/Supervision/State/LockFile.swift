internal import Glibc

/// A lock on a file that ends with the process that holds it, however that ends, and that can be handed to a
/// child: what has a lock runs at most once.
///
/// It is an open file description lock, see fcntl(2): it belongs to the open file, so a child that inherits
/// the file keeps it when the parent is gone, and asking whether it is held disturbs nobody.
package struct LockFile: ~Copyable {
    // From <bits/fcntl-linux.h>; Swift's C library module leaves them out.
    private static let query: Int32 = 36
    private static let set: Int32 = 37

    /// The open file.
    package let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// A lock that a parent handed to this process as an open file; nil when the descriptor is not open.
    package init?(inherited descriptor: Int32) {
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Takes the lock at once.
    ///
    /// - Returns: nil when another process has it.
    package static func acquire(_ path: String) throws(SupervisionError) -> LockFile? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw .system(.cannotWrite, "opening the lock file", path: path) }
        let file = LockFile(descriptor: descriptor)
        var lock = wholeFile()
        while fcntl(descriptor, set, &lock) != 0 {
            let number = errno
            if number == EINTR { continue }
            if number == EAGAIN || number == EACCES { return nil }
            throw .system(.cannotWrite, "locking", path: path, number: number)
        }
        return file
    }

    /// Whether some process has the lock. A file that does not exist is not locked.
    package static func isHeld(_ path: String) throws(SupervisionError) -> Bool {
        // Asking for a lock to write needs a file that is open for writing.
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT || errno == ENOTDIR { return false }
            throw .system(.cannotRead, "opening the lock file", path: path)
        }
        defer { close(descriptor) }
        var lock = wholeFile()
        guard fcntl(descriptor, query, &lock) == 0 else {
            throw .system(.cannotRead, "asking for the lock", path: path)
        }
        return Int32(lock.l_type) != F_UNLCK
    }

    private static func wholeFile() -> flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }
}
