internal import Glibc
internal import Synchronization

/// A log file that moves aside when it is full: `server.log`, then `server.log.1` and so on, the oldest with
/// the highest number. A file that somebody moved away or deleted is made anew. Only its owner can read it.
public final class RotatingLogFile: LogDestination {
    /// Where it is.
    public let path: String
    private let maximumBytes: Int
    private let files: Int
    private let state = Mutex(State())

    private struct State {
        var descriptor: Int32 = -1
        var size = 0
    }

    /// A file that is opened, or made, with the first line.
    ///
    /// - Parameters:
    ///   - maximumBytes: size at which it moves aside; 10 MiB. At least one line is always written.
    ///   - files: how many there are at most, the current one included; 5.
    public init(path: String, maximumBytes: Int = 10 * 1_024 * 1_024, files: Int = 5) {
        self.path = path
        (self.maximumBytes, self.files) = (max(maximumBytes, 1), min(max(files, 1), 1_000))
    }

    deinit { state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

    public func write(_ line: [UInt8]) throws(LogWriteError) {
        let problem: LogWriteError? = state.withLock { state in
            do throws(LogWriteError) {
                try prepare(&state, for: line.count)
                try append(line, &state)
                return nil
            } catch {
                return error
            }
        }
        if let problem { throw problem }
    }

    private func prepare(_ state: inout State, for count: Int) throws(LogWriteError) {
        if state.descriptor >= 0 {
            // Nobody else's link is left, or another file has taken the name: ours was moved or deleted.
            var ours = stat()
            var named = stat()
            let isThere = fstat(state.descriptor, &ours) == 0 && stat(path, &named) == 0
            if !isThere || ours.st_ino != named.st_ino || ours.st_dev != named.st_dev { closeFile(&state) }
        }
        if state.descriptor < 0 { try openFile(&state) }
        if state.size > 0 && state.size + count > maximumBytes {
            closeFile(&state)
            try moveAside()
            try openFile(&state)
        }
    }

    private func openFile(_ state: inout State) throws(LogWriteError) {
        // O_NONBLOCK, as opening a named pipe without a reader would wait for one.
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else { throw LogWriteError(path: path, errorNumber: errno) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw LogWriteError("\(path) cannot be written: it is not a file")
        }
        (state.descriptor, state.size) = (descriptor, Int(information.st_size))
    }

    private func closeFile(_ state: inout State) {
        close(state.descriptor)
        (state.descriptor, state.size) = (-1, 0)
    }

    private func moveAside() throws(LogWriteError) {
        if files == 1 {
            guard truncate(path, 0) == 0 else { throw LogWriteError(path: path, errorNumber: errno) }
            return
        }
        for number in stride(from: files - 2, through: 0, by: -1) {
            let old = number == 0 ? path : "\(path).\(number)"
            if rename(old, "\(path).\(number + 1)") != 0 && errno != ENOENT {
                throw LogWriteError(path: "\(path).\(number + 1)", errorNumber: errno)
            }
        }
    }

    /// A line that did not fit is taken back, so that no half of one stays.
    private func append(_ line: [UInt8], _ state: inout State) throws(LogWriteError) {
        var written = 0
        while written < line.count {
            let count = line[written...].withUnsafeBytes {
                Glibc.write(state.descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                let number = count == 0 ? ENOSPC : errno
                if written > 0 && ftruncate(state.descriptor, off_t(state.size)) != 0 { closeFile(&state) }
                throw LogWriteError(path: path, errorNumber: number)
            }
        }
        state.size += line.count
    }
}
