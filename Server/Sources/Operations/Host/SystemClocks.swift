internal import Glibc
public import Units

/// The clocks of this machine.
public enum SystemClocks {
    /// Wall-clock time, as the kernel has it.
    public static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// Wall-clock time since 1970 UTC.
    static func sinceEpoch() -> Duration { .nanoseconds(now().nanoseconds) }

    /// Time since the machine started, sleep included; never goes back.
    public static func uptime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Duration(
            secondsComponent: Int64(time.tv_sec), attosecondsComponent: Int64(time.tv_nsec) * 1_000_000_000)
    }
}
