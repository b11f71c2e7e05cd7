public import Units

/// A bar as it is stored.
public struct StoredBar: Hashable, Sendable {
    /// Which instrument.
    public let instrument: String
    /// Length, as `1h`.
    public let timeframe: String
    /// When it opened.
    public let openTime: Instant
    /// First price.
    public let open: ExactDecimal
    /// Highest price.
    public let high: ExactDecimal
    /// Lowest price.
    public let low: ExactDecimal
    /// Last price.
    public let close: ExactDecimal
    /// Quantity traded.
    public let volume: ExactDecimal

    /// A bar.
    public init(
        instrument: String, timeframe: String, openTime: Instant, open: ExactDecimal, high: ExactDecimal,
        low: ExactDecimal, close: ExactDecimal, volume: ExactDecimal
    ) {
        (self.instrument, self.timeframe, self.openTime) = (instrument, timeframe, openTime)
        (self.open, self.high, self.low, self.close, self.volume) = (open, high, low, close, volume)
    }
}

/// Bars, where market data come from the database.
public struct BarRepository {
    let session: any SQLSession

    /// Adds bars; those that are there already stay as they are.
    public func add(_ bars: [StoredBar]) throws {
        for bar in bars {
            try session.execute(
                """
                INSERT INTO bars (instrument, timeframe, open_time, open, high, low, close, volume) \
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (instrument, timeframe, open_time) DO NOTHING
                """,
                [
                    .text(bar.instrument), .text(bar.timeframe), .instant(bar.openTime), .decimal(bar.open),
                    .decimal(bar.high), .decimal(bar.low), .decimal(bar.close), .decimal(bar.volume),
                ])
        }
    }

    /// Bars of one series from a moment up to another, exclusive, in time order.
    public func list(
        instrument: String, timeframe: String, from start: Instant, to end: Instant, limit: Int
    ) throws -> [StoredBar] {
        try session.all(
            """
            SELECT instrument, timeframe, open_time, open, high, low, close, volume FROM bars \
            WHERE instrument = ? AND timeframe = ? AND open_time >= ? AND open_time < ? \
            ORDER BY open_time LIMIT ?
            """,
            [
                .text(instrument), .text(timeframe), .instant(start), .instant(end), .integer(Int64(limit)),
            ]
        ) { row in
            StoredBar(
                instrument: try row.text(0), timeframe: try row.text(1), openTime: try row.instant(2),
                open: try row.decimal(3), high: try row.decimal(4), low: try row.decimal(5),
                close: try row.decimal(6), volume: try row.decimal(7))
        }
    }
}

extension StoreTransaction {
    /// Bars.
    public var bars: BarRepository { BarRepository(session: session) }
}
