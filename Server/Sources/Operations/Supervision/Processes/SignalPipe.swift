internal import Glibc
internal import Synchronization

/// Signals of this process as bytes in a pipe, so that one loop waits for everything.
///
/// There is one in a process; making another takes the signals over.
final class SignalPipe {
    /// What arrived.
    struct Arrived {
        /// SIGTERM or SIGINT: end.
        var end = false
        /// SIGCHLD: a child has ended.
        var child = false
    }

    /// The end to wait for.
    let reading: Int32
    private let writing: Int32
    /// Where the handler writes; -1 while there is no pipe.
    private static let target = Atomic<Int32>(-1)

    init() throws(SupervisionError) {
        var ends: [Int32] = [0, 0]
        if pipe(&ends) != 0 { throw .system(.cannotStart, "making a pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (reading, writing) = (ends[0], ends[1])
        Self.target.store(writing, ordering: .sequentiallyConsistent)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGCHLD] {
            // Only calls that are safe inside a signal handler: write. A full pipe already says enough.
            signal(number) { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalPipe.target.load(ordering: .relaxed), &byte, 1)
                errno = before
            }
            sigaddset(&set, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    deinit {
        if Self.target.compareExchange(expected: writing, desired: -1, ordering: .sequentiallyConsistent)
            .exchanged
        {
            for number in [SIGTERM, SIGINT, SIGCHLD] { signal(number, SIG_DFL) }
        }
        close(reading)
        close(writing)
    }

    /// Takes what arrived since it was last asked.
    func take() -> Arrived {
        var arrived = Arrived()
        var bytes = [UInt8](repeating: 0, count: 256)
        while true {
            let count = read(reading, &bytes, bytes.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return arrived }
            for byte in bytes[..<count] {
                if Int32(byte) == SIGCHLD { arrived.child = true } else { arrived.end = true }
            }
        }
    }
}
