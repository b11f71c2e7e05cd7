internal import Markets
public import Units

/// A hole between two rows.
public struct Gap: Sendable, Hashable {
    /// The time of the last row before it.
    public let after: Instant
    /// The time of the first row behind it.
    public let before: Instant
    /// How many rows are absent.
    public let missing: Int
    /// The line of the row behind it.
    public let line: Int
}

/// The holes of a series.
public struct GapReport: Sendable, Hashable {
    /// How many holes.
    public private(set) var count = 0
    /// How many rows are absent in all.
    public private(set) var missing = 0
    /// The first holes, in order.
    public private(set) var first: [Gap] = []
    /// The longest hole.
    public private(set) var longest: Gap?

    /// How many holes are kept in full.
    public static let limit = 20

    /// Looks for holes in ascending times.
    ///
    /// - Parameter line: the line of a row.
    init(_ times: Column, _ clock: BarClock, line: (Int) -> Int) {
        let regular = clock.regularDistance
        for row in 1..<max(1, times.count) {
            if times.base[row] &- times.base[row - 1] == regular { continue }
            let absent = clock.missing(from: times.base[row - 1], to: times.base[row])
            if absent == 0 { continue }
            count += 1
            missing += absent
            if first.count >= GapReport.limit && absent <= longest?.missing ?? 0 { continue }
            let gap = Gap(
                after: Instant(nanoseconds: times.base[row - 1]),
                before: Instant(nanoseconds: times.base[row]), missing: absent, line: line(row))
            if first.count < GapReport.limit { first.append(gap) }
            if absent > longest?.missing ?? 0 { longest = gap }
        }
    }

    /// No holes.
    init() {}
}
