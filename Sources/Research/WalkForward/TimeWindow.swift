public import Units

/// A span of time from its first moment up to, and without, its end.
public struct TimeWindow: Hashable, Sendable, CustomStringConvertible {
    /// First moment.
    public let start: Instant
    /// First moment after it.
    public let end: Instant

    /// A window.
    ///
    /// - Precondition: it is not empty.
    public init(start: Instant, end: Instant) {
        precondition(start < end, "a window has a first moment")
        (self.start, self.end) = (start, end)
    }

    /// From the first moment to the end.
    public var length: Timespan { end.since(start) }

    /// Whether both share a moment.
    public func overlaps(_ other: TimeWindow) -> Bool { start < other.end && other.start < end }

    /// `2024-01-01T00:00:00Z to 2024-02-01T00:00:00Z`.
    public var description: String { "\(start) to \(end)" }
}
