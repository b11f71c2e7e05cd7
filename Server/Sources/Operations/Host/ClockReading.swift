/// How far this machine's clock is from a reference, as far as one look can tell.
public struct ClockReading: Hashable, Sendable {
    /// This machine minus the reference; positive when this machine is ahead.
    public let offset: Duration
    /// The offset may be wrong by this much either way.
    public let uncertainty: Duration
    /// What was asked, for people.
    public let reference: String

    /// A reading.
    public init(offset: Duration, uncertainty: Duration, reference: String) {
        (self.offset, self.uncertainty, self.reference) = (offset, uncertainty, reference)
    }

    /// From the `Date` header of an answer, which has whole seconds, cut off: the reference's time was
    /// between it and one second later, at some moment between sending and receiving.
    ///
    /// Source: RFC 9110 section 6.6.1.
    ///
    /// - Parameters:
    ///   - date: the header, in seconds since 1970 UTC.
    ///   - sent: this machine's time when the question left, since 1970 UTC.
    ///   - received: this machine's time when the answer was there.
    public init(httpDate date: Int64, sent: Duration, received: Duration, reference: String) {
        let middle = (sent + received) / 2
        let theirs = Duration.seconds(date) + .milliseconds(500)
        let trip = max(.zero, received - sent)
        self.init(offset: middle - theirs, uncertainty: .milliseconds(500) + trip / 2, reference: reference)
    }

    /// What it means for a limit: not ready only when the clock is surely further away than allowed.
    public func readiness(limit: Duration) -> Readiness {
        let distance = offset < .zero ? .zero - offset : offset
        guard distance - uncertainty > limit else { return .ready }
        let side = offset < .zero ? "behind" : "ahead of"
        return .notReady(
            reason: "this machine's clock is \(distance.shortText) \(side) \(reference)"
                + " (within \(uncertainty.shortText)); allowed is \(limit.shortText)")
    }
}

extension Duration {
    /// For people, with three digits or so: `12.3 s`, `450 ms`, `2 h 5 min`.
    public var shortText: String {
        let seconds = inSeconds
        switch seconds.magnitude {
        case ..<0.001: return "\(Int((seconds * 1_000_000).rounded())) us"
        case ..<1: return "\(Int((seconds * 1_000).rounded())) ms"
        case ..<60:
            let tenths = Int((seconds * 10).rounded())
            return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\((tenths % 10).magnitude) s"
        case ..<3_600: return Self.pair(components.seconds, 60, "min", "s")
        default: return Self.pair(components.seconds / 60, 60, "h", "min")
        }
    }

    /// `5 min`, `5 min 12 s`.
    private static func pair(_ count: Int64, _ size: Int64, _ large: String, _ small: String) -> String {
        let rest = (count % size).magnitude
        return "\(count / size) \(large)" + (rest == 0 ? "" : " \(rest) \(small)")
    }
}
