import Glibc

/// Measures pieces of work by a monotonic clock.
enum Timing {
    /// Nanoseconds of a monotonic clock.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The least seconds of `runs` runs, after one that is not counted.
    static func best(of runs: Int, _ work: () throws -> Void) rethrows -> Double {
        try work()
        var best = Double.infinity
        for _ in 0..<runs {
            let began = now()
            try work()
            best = min(best, Double(now() - began) / 1e9)
        }
        return best
    }

    /// The least of several measured figures, after one that is not counted.
    static func best(of runs: Int, figure: () throws -> Double) rethrows -> Double {
        _ = try figure()
        var best = Double.infinity
        for _ in 0..<runs { best = min(best, try figure()) }
        return best
    }

    /// Largest resident memory of the process so far, in MiB.
    static func peakMemory() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(0), &usage)
        return Double(usage.ru_maxrss) / 1024
    }
}
