internal import Glibc

/// What a service prints, in a file that its process writes by itself, so that it goes on when the supervisor
/// is gone.
///
/// As that process keeps the file open, a full one is copied aside and emptied, rather than renamed. What is
/// printed in the microseconds between the last byte copied and the emptying is lost.
package struct CapturedOutput {
    /// Where it is; older ones are `PATH.1`, the newest of them, and so on.
    package let path: String
    /// Size at which it is set aside, in bytes.
    package let maximumBytes: Int
    /// How many files there are at most, with the current one.
    package let files: Int

    /// A file with its limits.
    package init(path: String, maximumBytes: Int = 10 << 20, files: Int = 5) {
        (self.path, self.maximumBytes, self.files) = (path, maximumBytes, files)
    }

    /// Sets the file aside when it is full.
    ///
    /// - Returns: whether it did.
    @discardableResult package func rotateIfFull() throws(SupervisionError) -> Bool {
        var information = stat()
        if stat(path, &information) != 0 || Int(information.st_size) < maximumBytes { return false }
        for number in stride(from: files - 2, through: 1, by: -1) {
            if rename("\(path).\(number)", "\(path).\(number + 1)") != 0, errno != ENOENT {
                throw .system(.cannotWrite, "setting aside", path: "\(path).\(number)")
            }
        }
        try copyAndEmpty()
        return true
    }

    /// On a full disk the copy is cut short; the file is emptied all the same, as it is what fills the disk.
    private func copyAndEmpty() throws(SupervisionError) {
        let source = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        if source < 0 { throw .system(.cannotRead, "opening", path: path) }
        defer { close(source) }
        let target = open(path + ".1", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        let opened = errno
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        copying: while target >= 0 {
            let count = read(source, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            var done = 0
            while done < count {
                let written = chunk[done..<count].withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
                if written < 0 && errno == EINTR { continue }
                if written <= 0 { break copying }
                done += written
            }
        }
        let emptied = ftruncate(source, 0)
        let number = errno
        if target >= 0 {
            close(target)
        } else {
            throw .system(.cannotWrite, "creating", path: path + ".1", number: opened)
        }
        if emptied != 0 { throw .system(.cannotWrite, "emptying", path: path, number: number) }
    }
}
