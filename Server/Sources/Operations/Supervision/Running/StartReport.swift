internal import Glibc

/// Tells the command that started a supervisor, once, how that went: through a pipe, which ends with the
/// supervisor.
struct StartReport {
    /// How a start went.
    enum Result: Hashable, Sendable {
        /// Every service is ready.
        case ready
        /// It did not go well; the sentence says why.
        case failed(String)
    }

    private var descriptor: Int32

    /// A report to an open pipe; -1 for nobody.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }

    /// Sends a result; only the first counts.
    mutating func send(_ result: Result) {
        if descriptor < 0 { return }
        var bytes: [UInt8]
        switch result {
        case .ready: bytes = Array("ready".utf8)
        case .failed(let sentence): bytes = Array("failed \(sentence)".utf8.prefix(4000))
        }
        // A reader that went away needs no report; the signal it would cause is ignored.
        _ = write(descriptor, &bytes, bytes.count)
        close(descriptor)
        descriptor = -1
    }

    /// Waits for a report at the other end.
    ///
    /// - Returns: nil when the writer ended without one, or the time was over.
    static func receive(_ descriptor: Int32, within limit: Duration) -> Result? {
        let deadline = SystemClocks.uptime() + limit
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = (deadline - SystemClocks.uptime()).milliseconds
            if left <= 0 { return nil }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&wait, 1, Int32(clamping: left))
            if wait.revents == 0 { continue }
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if text == "ready" { return .ready }
        return text.hasPrefix("failed ") ? .failed(String(text.dropFirst(7))) : nil
    }
}
