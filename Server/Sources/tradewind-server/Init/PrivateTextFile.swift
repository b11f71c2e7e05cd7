internal import Glibc
internal import TradewindCommands

/// A file that its owner alone may read, written as a whole or not at all.
enum PrivateTextFile {
    /// Whether a file is there that nobody but its owner may read or write.
    static func isPrivate(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & 0o077 == 0
    }

    /// Replaces the file, or the file that it links to.
    ///
    /// - Parameter shown: the file's name for messages.
    /// - Throws: a failure with exit code 74; the old file is then as it was.
    static func write(_ bytes: [UInt8], to path: String, shown: String) throws(CommandFailure) {
        var target = path
        if let real = realpath(path, nil) {
            target = String(cString: real)
            free(real)
        }
        let draft = target + ".\(getpid()).new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(shown, errno) }
        var code = fchmod(descriptor, 0o600) == 0 ? 0 : errno
        if code == 0 { code = fill(descriptor, bytes) }
        if code == 0, fsync(descriptor) != 0 { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        if code == 0, rename(draft, target) != 0 { code = errno }
        guard code == 0 else {
            unlink(draft)
            throw failure(shown, code)
        }
    }

    private static func fill(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let part = UnsafeRawBufferPointer(rebasing: buffer[done...])
                let count = Glibc.write(descriptor, part.baseAddress, part.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return count == 0 ? ENOSPC : errno }
                done += count
            }
            return 0
        }
    }

    private static func failure(_ shown: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            .outputFailed, code: "output",
            message: "it cannot be written: \(String(cString: strerror(code)))",
            file: shown, remedy: code == ENOSPC ? "free some space" : "make the folder writable for this user"
        )
    }
}
