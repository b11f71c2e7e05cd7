import Glibc

/// Measures pieces of work by a monotonic clock.
enum Timing {
    /// Nanoseconds of a monotonic clock.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// How long one piece of work takes, in seconds.
    static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let began = now()
        try work()
        return Double(now() - began) / 1e9
    }

    /// The middle one of several figures, or the mean of the two in the middle; 0 of none.
    static func median(_ figures: [Double]) -> Double {
        guard !figures.isEmpty else { return 0 }
        let sorted = figures.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
