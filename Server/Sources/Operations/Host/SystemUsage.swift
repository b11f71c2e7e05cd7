internal import Synchronization

/// How busy the machine is. Reads `/proc` at most once a second, however often it is asked.
public final class SystemUsage: Sendable {
    /// How busy the machine was at one moment; nil is what could not be read.
    public struct Reading: Hashable, Sendable {
        /// Share of processor time spent working since the reading before, 0 to 100; since the machine
        /// started for the first.
        public let cpuPercent: Double?
        /// Share of memory in use, 0 to 100: what is neither free nor to be had by dropping caches.
        public let memoryPercent: Double?
        /// Memory that a program can still have, in units of 2^30 bytes.
        public let memoryAvailableGiB: Double?
    }

    private let uptime: @Sendable () -> Duration
    private let read: @Sendable (String) -> String?
    private let state = Mutex(State())

    private struct State {
        var busy: Int64 = 0
        var total: Int64 = 0
        var last: (reading: Reading, at: Duration)?
    }

    /// The machine that the process runs on.
    public convenience init(uptime: @escaping @Sendable () -> Duration) {
        self.init(uptime: uptime, read: { HostFile.text($0) })
    }

    /// Usage from handed-in files.
    package init(uptime: @escaping @Sendable () -> Duration, read: @escaping @Sendable (String) -> String?) {
        (self.uptime, self.read) = (uptime, read)
    }

    /// The reading of now, or one younger than a second.
    public var reading: Reading {
        let now = uptime()
        return state.withLock { state in
            if let last = state.last, now - last.at < .seconds(1) { return last.reading }
            let memory = self.memory()
            let reading = Reading(
                cpuPercent: cpuPercent(&state), memoryPercent: memory?.percent,
                memoryAvailableGiB: memory?.available)
            state.last = (reading, now)
            return reading
        }
    }

    /// Source: proc(5), `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal, in ticks. Time
    /// of guests is part of user already.
    private func cpuPercent(_ state: inout State) -> Double? {
        guard let line = read("/proc/stat")?.split(separator: "\n").first, line.hasPrefix("cpu ") else {
            return nil
        }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int64($0) }
        guard ticks.count >= 4, ticks.allSatisfy({ $0 >= 0 && $0 < Int64.max / 16 }) else { return nil }
        let total = ticks.reduce(0, +)
        let busy = total - ticks[3] - (ticks.count > 4 ? ticks[4] : 0)
        let (elapsed, worked) = (total - state.total, busy - state.busy)
        (state.total, state.busy) = (total, busy)
        // Counters of single processors may step back a little.
        guard elapsed > 0 else { return state.last?.reading.cpuPercent ?? 0 }
        return min(100, max(0, rounded(Double(worked) / Double(elapsed) * 100)))
    }

    private func memory() -> (percent: Double, available: Double)? {
        guard let text = read("/proc/meminfo"), let total = HostFile.field("MemTotal", in: text),
            let available = HostFile.field("MemAvailable", in: text), total > 0, available >= 0
        else { return nil }
        let used = 100 * (1 - Double(available) / Double(total))
        return (min(100, max(0, rounded(used))), rounded(Double(available) / 1_048_576))
    }

    /// Two decimals.
    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
