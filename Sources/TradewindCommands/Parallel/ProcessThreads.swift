internal import Glibc
internal import Research

/// Threads of this process, for work that research tools spread over cores.
package struct ProcessThreads: Workers {
    package let count: Int

    /// - Parameter count: how many; nil takes one for each processor that the process may use.
    package init(_ count: Int? = nil) { self.count = max(1, count ?? ProcessThreads.available) }

    /// Processors that the process may use.
    static var available: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// What a thread is started with.
    private final class Start {
        let number: Int
        let work: @Sendable (Int) -> Void

        init(_ number: Int, _ work: @escaping @Sendable (Int) -> Void) {
            (self.number, self.work) = (number, work)
        }
    }

    /// The caller is one of the workers. Signals go to it alone, so that it decides when to be interrupted.
    /// Where the system refuses another thread, fewer do the work.
    package func perform(_ work: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(work) { work in
            var threads: [pthread_t] = []
            let held = Interruption.hold()
            for number in 1..<max(1, count) {
                var thread = pthread_t()
                let start = Unmanaged.passRetained(Start(number, work))
                let code = pthread_create(
                    &thread, nil,
                    { argument in
                        guard let argument else { return nil }
                        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                        start.work(start.number)
                        return nil
                    }, start.toOpaque())
                if code == 0 {
                    threads.append(thread)
                } else {
                    start.release()
                    break
                }
            }
            Interruption.release(held)
            work(0)
            for thread in threads { pthread_join(thread, nil) }
        }
    }
}
