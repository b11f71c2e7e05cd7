internal import Glibc

/// Threads for work that goes on beside the caller's: reading ahead, writing behind.
enum BackgroundThread {
    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread, which no signal reaches: Ctrl-C stays with the thread that can put it off.
    ///
    /// - Returns: what to wait for with ``wait(for:)`` exactly once; nil where the system gives no thread.
    static func start(_ run: @escaping @Sendable () -> Void) -> pthread_t? {
        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(run))
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, work.toOpaque())
        if status == 0 { return thread }
        work.release()
        return nil
    }

    /// Waits until a thread has ended.
    static func wait(for thread: pthread_t) { pthread_join(thread, nil) }

    /// Lets a thread end by itself.
    static func leave(_ thread: pthread_t) { pthread_detach(thread) }
}
