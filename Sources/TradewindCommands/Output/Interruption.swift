internal import Glibc
internal import Synchronization

/// What the process does about signals.
enum Interruption {
    /// Ctrl-C ends the process with exit code 130, and a reader that went away is an error of writing
    /// rather than a signal that kills.
    ///
    /// Files are replaced whole or not at all, so an end at any moment leaves none half-written.
    static func install() {
        signal(SIGPIPE, SIG_IGN)
        // A parent may have blocked the signal on the thread that started this process.
        var interrupt = sigset_t()
        sigemptyset(&interrupt)
        sigaddset(&interrupt, SIGINT)
        sigprocmask(SIG_UNBLOCK, &interrupt, nil)
        signal(SIGINT) { _ in
            // Only calls that are safe inside a signal handler: write and _exit.
            let text: StaticString = "\nerror: interrupted\n"
            _ = Glibc.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            _exit(130)
        }
    }

    private static let wasRequested = Atomic(false)

    /// From now on the first Ctrl-C is only noted, for a work that can stop tidily and asks
    /// ``isRequested`` often enough; the second ends the process at once, as ``install()`` says.
    static func note() {
        wasRequested.store(false, ordering: .relaxed)
        signal(SIGINT) { _ in
            if !Interruption.wasRequested.exchange(true, ordering: .relaxed) { return }
            _exit(130)
        }
    }

    /// Whether Ctrl-C was pressed since ``note()``.
    static var isRequested: Bool { wasRequested.load(ordering: .relaxed) }

    /// Signals as they were before ``hold()``.
    struct Held {
        fileprivate var mask = sigset_t()
    }

    /// Puts Ctrl-C off until ``release(_:)``, for a work that is short and must not stop half-way.
    static func hold() -> Held {
        var held = Held()
        var interrupt = sigset_t()
        sigemptyset(&interrupt)
        sigaddset(&interrupt, SIGINT)
        pthread_sigmask(SIG_BLOCK, &interrupt, &held.mask)
        return held
    }

    /// Ends a ``hold()``; a Ctrl-C meanwhile takes effect now.
    static func release(_ held: Held) {
        var mask = held.mask
        pthread_sigmask(SIG_SETMASK, &mask, nil)
    }

    /// Fills the numbers of standard streams that a parent closed, so that no file opened later gets one of
    /// them and receives remarks. Writing to such a stream fails as it does when it is closed.
    static func reserveStandardStreams() {
        for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDONLY)
        }
    }
}
