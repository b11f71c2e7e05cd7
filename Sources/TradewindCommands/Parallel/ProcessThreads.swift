internal import Glibc
public import Research

/// Threads of this process, for work that research tools spread over cores.
public struct ProcessThreads: Workers {
    /// How many there are.
    public let count: Int

    /// Threads.
    ///
    /// - Parameter count: how many; nil takes one for each processor that the process may use.
    public init(_ count: Int? = nil) { self.count = max(1, count ?? ProcessThreads.available) }

    /// Processors that the process may use.
    static var available: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// The caller is one of the workers. Where the system refuses another thread, fewer do the work.
    public func perform(_ work: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(work) { work in
            let threads = (1..<max(1, count)).compactMap { number in
                BackgroundThread.start { work(number) }
            }
            work(0)
            for thread in threads { BackgroundThread.wait(for: thread) }
        }
    }
}
