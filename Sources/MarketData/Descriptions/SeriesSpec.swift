public import Markets
public import Units

/// How the times of a column are written.
public enum TimeFormat: String, Sendable, Hashable, CaseIterable {
    /// Found out from the first rows; every row must then agree.
    case automatic = "auto"
    /// ISO 8601: `2024-05-12T00:00:00Z`, with a blank for `T`, an offset, decimals of a second; without an
    /// offset it is local time of the declared zone.
    case iso = "iso"
    /// `20240512 00:00`, `20240512 00:00:00`, `20240512 170000065` (with milliseconds) or `20240512`, local
    /// time of the declared zone.
    case compact = "compact"
    /// Seconds since 1970 UTC; decimals are allowed.
    case epochSeconds = "epoch-s"
    /// Milliseconds since 1970 UTC.
    case epochMilliseconds = "epoch-ms"
    /// Microseconds since 1970 UTC.
    case epochMicroseconds = "epoch-us"
    /// Nanoseconds since 1970 UTC.
    case epochNanoseconds = "epoch-ns"
}

/// Which end of a bar its time stamp names.
public enum BarStamp: String, Sendable, Hashable, CaseIterable {
    /// The start of the bar. The default.
    case open
    /// The end of the bar.
    case close
}

/// Which price bars are made of when a file has bid bars and ask bars side by side.
public enum BarPrice: String, Sendable, Hashable, CaseIterable {
    /// The mean of bid and ask. The default.
    case mid
    /// The bid.
    case bid
    /// The ask.
    case ask
}

/// What to do with quotes of which one side is empty or 0.
public enum OneSidedQuotes: String, Sendable, Hashable, CaseIterable {
    /// Keep them: the absent side has price 0 and size 0.
    case keep
    /// Take the absent side from the quote before; rows before both sides are known are dropped.
    case merge
    /// Drop them, with a warning.
    case drop
}

/// The unit in which a file writes rates and ratios; they are stored as fractions.
public enum ValueUnit: String, Sendable, Hashable, CaseIterable {
    /// As they are. The default.
    case fraction
    /// Hundredths: `3.49` is stored as 0.0349.
    case percent
    /// Hundredths of a percent: `5` is stored as 0.0005.
    case basisPoints = "basis-points"

    /// The power of ten that divides the written number.
    package var decimals: Int {
        switch self {
        case .fraction: 0
        case .percent: 2
        case .basisPoints: 4
        }
    }
}

/// The name of the column that plays a role.
public struct ColumnChoice: Sendable, Hashable {
    /// The role: `time`, `open`, `bid-size`, or the name of a value.
    public let role: String
    /// The name in the file's header; compared without regard to case.
    public let column: String

    /// A choice.
    public init(role: String, column: String) { (self.role, self.column) = (role, column) }
}

/// A condition on rows: the text of a column is one of the given ones.
public struct RowFilter: Sendable, Hashable {
    /// The name in the file's header; compared without regard to case.
    public let column: String
    /// Texts that pass, compared byte by byte.
    public let values: [String]

    /// A condition.
    public init(column: String, values: [String]) { (self.column, self.values) = (column, values) }
}

/// How one series is written in a file: kind, columns, units and times.
///
/// Only ``kind`` is needed; the rest has defaults that fit the usual files of exchanges and vendors.
public struct SeriesSpec: Sendable, Hashable {
    /// What the rows are.
    public var kind: SeriesKind
    /// Length of a bar; found as the most frequent distance between rows when nil.
    public var timeframe: Timeframe?
    /// Columns whose names differ from the known ones; see ``ColumnRoles``.
    public var columns: [ColumnChoice] = []
    /// The zone of times that are written without an offset: `UTC`, a name of the zone database as
    /// `America/New_York`, or a fixed offset as `-05:00`.
    public var zone = "UTC"
    /// How times are written.
    public var timeFormat = TimeFormat.automatic
    /// Which end of a bar the time names.
    public var stamp = BarStamp.open
    /// A span added to each time: `1m` for quotes taken from the close of minute bars.
    public var shift = Timespan.zero
    /// Which price of a file with bid and ask bars.
    public var price = BarPrice.mid
    /// What to do with quotes that lack a side.
    public var oneSided = OneSidedQuotes.keep
    /// The unit of rates and ratios.
    public var unit = ValueUnit.fraction
    /// Decimals by which written prices are too large: 4 for a file in ten-thousandths of a dollar.
    public var priceDivisorDecimals = 0
    /// Decimals by which written quantities are too large.
    public var quantityDivisorDecimals = 0
    /// Conditions that a row must meet, all of them.
    public var filters: [RowFilter] = []
    /// The name of the calendar against which holes are judged; nil where the market never closes.
    public var calendar: String?
    /// Most decimals kept, 0 to 18; more are rounded half even, counted in a warning. Binary noise as
    /// 5.330000000000001e-05 would otherwise inflate the scale.
    public var maximumDecimals = 12
    /// Whether rows that would be dropped, sorted or chosen between are an error instead of a warning.
    public var isStrict = false

    /// A series with all defaults.
    public init(kind: SeriesKind, timeframe: Timeframe? = nil) {
        (self.kind, self.timeframe) = (kind, timeframe)
    }
}
