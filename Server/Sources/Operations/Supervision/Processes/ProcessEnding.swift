internal import Glibc

/// Ends processes that nobody supervises.
enum ProcessEnding {
    /// Asks a process to end, waits, and kills it when its time is over. Blocks until it is gone, or until it
    /// is clear that it cannot be ended.
    ///
    /// - Returns: the system's error number when it may not be signalled; 0 otherwise.
    @discardableResult static func end(_ process: ServiceProcess, grace: Duration) -> Int32 {
        let number = process.send(SIGTERM)
        if number != 0 { return number }
        if waits(for: process, grace) { return 0 }
        let killed = process.send(SIGKILL)
        _ = waits(for: process, .seconds(10))
        return killed
    }

    /// Whether a process ends within a time.
    static func waits(for process: ServiceProcess, _ limit: Duration) -> Bool {
        let deadline = SystemClocks.uptime() + limit
        while process.end() == nil {
            if SystemClocks.uptime() >= deadline { return false }
            usleep(10_000)
        }
        return true
    }
}
