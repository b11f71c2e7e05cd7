public import Units

/// Which synthetic markets to make.
public struct SampleConfiguration: Hashable, Sendable {
    /// Seed of all random choices: equal seeds give equal bytes on every machine.
    public let seed: UInt64
    /// Whole days of data, 1 to ``maximumDays``.
    public let days: Int
    /// First moment, 00:00 UTC of a day.
    public let start: Instant

    /// The most days that are made: about ten years.
    public static let maximumDays = 3650

    /// - Parameters:
    ///   - seed: seed of all random choices.
    ///   - days: whole days, 1 to ``maximumDays``; others are nil.
    ///   - start: first moment; its day counts.
    public init?(seed: UInt64 = 1, days: Int = 90, start: Instant = Instant(day: 19_723)) {
        guard (1...SampleConfiguration.maximumDays).contains(days) else { return nil }
        (self.seed, self.days, self.start) = (seed, days, Instant(day: start.day))
    }

    /// Minutes of data.
    var minutes: Int { days * 1440 }

    /// Nanoseconds since 1970 of a minute counted from the start.
    func time(minute: Int) -> Int64 {
        start.nanoseconds + Int64(minute) * Timespan.minute.nanoseconds
    }
}

/// One file of synthetic data: where it goes and what stands in it.
public struct SampleFile: Sendable {
    /// Path relative to the output folder.
    public let path: String
    /// The content, UTF-8.
    public let bytes: [UInt8]
    /// Data rows; 0 for files that are no tables.
    public let rows: Int

    /// A file.
    public init(path: String, bytes: [UInt8], rows: Int) {
        (self.path, self.bytes, self.rows) = (path, bytes, rows)
    }
}
