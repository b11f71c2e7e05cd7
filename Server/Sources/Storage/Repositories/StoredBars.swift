public import Events
public import Units

/// A bar of a run's prices as it is stored.
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

    /// The bars of `{"instrument", "timeframe", "bars": [[open time, open, high, low, close, volume]]}`; what
    /// is no bar is left out.
    public static func list(_ prices: JSONText) -> [StoredBar] {
        guard let instrument = prices["instrument"]?.text, let timeframe = prices["timeframe"]?.text else {
            return []
        }
        return (prices["bars"]?.items ?? []).compactMap { bar in
            let texts = (bar.items ?? []).compactMap(\.text)
            guard texts.count == 6, let time = Instant(iso8601: texts[0]) else { return nil }
            let numbers = texts.dropFirst().compactMap { ExactDecimal($0) }
            guard numbers.count == 5 else { return nil }
            return StoredBar(
                instrument: instrument, timeframe: timeframe, openTime: time, open: numbers[0],
                high: numbers[1], low: numbers[2], close: numbers[3], volume: numbers[4])
        }
    }
}

/// The prices that runs work on, for charts: what was there when they ran, whatever becomes of the catalogue.
public struct BarRepository {
    let session: any SQLSession

    /// The most bars of one run; more are not stored.
    public static let limit = 50_000

    /// Adds bars of a run; those that are there already stay as they are.
    public func add(_ bars: [StoredBar], of runID: String) throws {
        let count = try session.integer("SELECT count(*) FROM bars WHERE run_id = ?", [.text(runID)]) ?? 0
        for bar in bars.prefix(max(0, Self.limit - Int(count))) {
            try session.execute(
                """
                INSERT INTO bars (run_id, instrument, timeframe, open_time, open, high, low, close, volume) \
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id, instrument, open_time) DO NOTHING
                """,
                [
                    .text(runID), .text(bar.instrument), .text(bar.timeframe), .instant(bar.openTime),
                    .decimal(bar.open), .decimal(bar.high), .decimal(bar.low), .decimal(bar.close),
                    .decimal(bar.volume),
                ])
        }
    }

    /// Bars of an instrument of a run that open in a window, in time order: the first of them, or the last.
    public func list(
        of runID: String, instrument: String, in window: Range<Instant>, limit: Int, isLast: Bool
    ) throws -> [StoredBar] {
        let bars = try session.all(
            """
            SELECT instrument, timeframe, open_time, open, high, low, close, volume FROM bars \
            WHERE run_id = ? AND instrument = ? AND open_time >= ? AND open_time < ? \
            ORDER BY open_time \(isLast ? "DESC" : "ASC") LIMIT ?
            """, Self.arguments(runID, instrument, window) + [.integer(Int64(limit))]
        ) { row in
            StoredBar(
                instrument: try row.text(0), timeframe: try row.text(1), openTime: try row.instant(2),
                open: try row.decimal(3), high: try row.decimal(4), low: try row.decimal(5),
                close: try row.decimal(6), volume: try row.decimal(7))
        }
        return isLast ? bars.reversed() : bars
    }

    /// How many bars of an instrument of a run open in a window.
    public func count(of runID: String, instrument: String, in window: Range<Instant>) throws -> Int {
        let count = try session.integer(
            """
            SELECT count(*) FROM bars WHERE run_id = ? AND instrument = ? AND open_time >= ? \
            AND open_time < ?
            """, Self.arguments(runID, instrument, window))
        return Int(count ?? 0)
    }

    private static func arguments(
        _ runID: String, _ instrument: String, _ window: Range<Instant>
    ) -> [SQLValue] {
        [.text(runID), .text(instrument), .instant(window.lowerBound), .instant(window.upperBound)]
    }
}

extension StoreTransaction {
    /// Prices that runs work on.
    public var bars: BarRepository { BarRepository(session: session) }
}
