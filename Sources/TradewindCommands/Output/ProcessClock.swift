internal import Glibc

/// Time since the process began, for `elapsed_seconds`. Never part of a result that is hashed.
public struct ProcessClock: Sendable {
    private let reference: Double
    private let before: Double

    /// Starts counting; what the process used before (loading its libraries) is counted by its processor
    /// time.
    public init() {
        reference = ProcessClock.seconds(CLOCK_MONOTONIC)
        before = ProcessClock.seconds(CLOCK_PROCESS_CPUTIME_ID)
    }

    /// Seconds since the process began.
    public var elapsedSeconds: Double { ProcessClock.seconds(CLOCK_MONOTONIC) - reference + before }

    /// A clock that only goes forward, in nanoseconds, for measuring spans.
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        guard clock_gettime(CLOCK_MONOTONIC, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
