internal import CTimex

/// What the kernel knows about its own clock, as the time service of the machine (chrony, ntpd, timesyncd)
/// told it.
public enum KernelClock {
    /// The kernel's estimate of its error.
    ///
    /// Source: adjtimex(2).
    ///
    /// - Throws: ``HostError`` when no time service disciplines the clock.
    public static func reading() throws(HostError) -> ClockReading {
        var state = timex()
        let status = adjtimex(&state)
        guard status >= 0 else { throw HostError("the kernel does not say how good its clock is") }
        guard status != TIME_ERROR, state.status & Int32(STA_UNSYNC) == 0 else {
            throw HostError("no time service keeps this machine's clock (the kernel calls it unsynchronised)")
        }
        let isNanoseconds = state.status & Int32(STA_NANO) != 0
        return ClockReading(
            offset: isNanoseconds ? .nanoseconds(Int64(state.offset)) : .microseconds(Int64(state.offset)),
            uncertainty: .microseconds(Int64(state.maxerror)), reference: "the servers of its time service")
    }

    /// Whether a time service keeps the clock.
    public static var isDisciplined: Bool {
        do throws(HostError) {
            _ = try reading()
            return true
        } catch {
            return false
        }
    }
}
