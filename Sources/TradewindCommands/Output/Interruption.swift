internal import Glibc

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
}
