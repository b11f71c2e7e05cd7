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

    /// What came of waiting for a report.
    enum Received: Hashable, Sendable {
        /// The report.
        case ready
        /// The report.
        case failed(String)
        /// The writer ended without a report.
        case ended
        /// There was no report in time.
        case timeOver
        /// The reader was asked to end.
        case interrupted
    }

    /// Waits for a report at the other end.
    ///
    /// - Parameter signals: those of this process; SIGTERM and SIGINT end the wait.
    static func receive(
        _ descriptor: Int32, within limit: Duration, orUntil signals: SignalPipe
    ) -> Received {
        let deadline = SystemClocks.uptime() + limit
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = (deadline - SystemClocks.uptime()).milliseconds
            if left <= 0 { return .timeOver }
            var waits = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0),
            ]
            poll(&waits, nfds_t(waits.count), Int32(clamping: left))
            if signals.take().end { return .interrupted }
            if waits[0].revents == 0 { continue }
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if text == "ready" { return .ready }
        return text.hasPrefix("failed ") ? .failed(String(text.dropFirst(7))) : .ended
    }
}
