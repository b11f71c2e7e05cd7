internal import Glibc
internal import Units

/// Makes identifiers of executions: never part of anything hashed.
enum RunIdentifier {
    /// The time to the second and 32 random bits: `20240512T063000Z-9f3c01aa`.
    static func make() -> String {
        var time = timespec()
        var random: UInt32 = 0
        if clock_gettime(CLOCK_REALTIME, &time) != 0 { time = timespec() }
        let got = withUnsafeMutableBytes(of: &random) { getentropy($0.baseAddress, $0.count) }
        if got != 0 { random = UInt32(truncatingIfNeeded: getpid()) }
        let moment = Instant(nanoseconds: Int64(time.tv_sec) * Timespan.second.nanoseconds)
        let stamp = moment.description.filter { $0 != "-" && $0 != ":" }
        let digits = String(random, radix: 16)
        return stamp + "-" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
