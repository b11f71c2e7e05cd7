public import Units

/// What a series of observations holds.
public enum SeriesKind: String, Hashable, Comparable, Sendable, CaseIterable {
    /// Open, high, low, close, volume.
    case bars
    /// Best bid and ask with sizes.
    case quotes
    /// Single trades.
    case trades
    /// Funding rates at their stamps.
    case funding
    /// Growing indices of a lending pool; of a contract its index price.
    case index
    /// Exchange ratios and oracle prices.
    case ratio
    /// Gas prices in gwei.
    case gas
    /// Mark prices of a contract, by which its venue counts profit and margin; also the highest and lowest
    /// of the time up to the stamp, where they are known.
    case mark
    /// Forecasts of where a market goes, with how sure they are.
    case signals

    public static func < (a: SeriesKind, b: SeriesKind) -> Bool { a.order < b.order }

    /// The order of kinds that share an instant and an instrument.
    package var order: Int { SeriesKind.allCases.firstIndex(of: self) ?? 0 }
}

/// Columns of bars, ascending by close time.
public struct BarColumns: Sendable {
    /// Start of each bar.
    public let openTime: Column
    /// End of each bar, from which it is visible.
    public let closeTime: Column
    /// First price.
    public let open: Column
    /// Highest price.
    public let high: Column
    /// Lowest price.
    public let low: Column
    /// Last price.
    public let close: Column
    /// Base quantity, at the series' volume scale.
    public let volume: Column

    /// Columns of equal length.
    public init(
        openTime: Column, closeTime: Column, open: Column, high: Column, low: Column, close: Column,
        volume: Column
    ) {
        precondition(
            [closeTime.count, open.count, high.count, low.count, close.count, volume.count]
                .allSatisfy { $0 == openTime.count }, "columns of one length")
        self.openTime = openTime
        self.closeTime = closeTime
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }
}

/// Columns of quotes, ascending by time. A side with size 0 and price 0 is absent.
public struct QuoteColumns: Sendable {
    /// When published.
    public let time: Column
    /// Best bid.
    public let bid: Column
    /// Best ask.
    public let ask: Column
    /// Size at the bid, at the series' quantity scale.
    public let bidSize: Column
    /// Size at the ask.
    public let askSize: Column

    /// Columns of equal length.
    public init(time: Column, bid: Column, ask: Column, bidSize: Column, askSize: Column) {
        precondition(
            [bid.count, ask.count, bidSize.count, askSize.count].allSatisfy { $0 == time.count },
            "columns of one length")
        (self.time, self.bid, self.ask, self.bidSize, self.askSize) = (time, bid, ask, bidSize, askSize)
    }
}

/// Columns of single trades, ascending by time.
public struct TradeColumns: Sendable {
    /// When it happened.
    public let time: Column
    /// Its price.
    public let price: Column
    /// Its quantity, at the series' quantity scale.
    public let quantity: Column
    /// 0 the buyer took, 1 the seller took, -1 not known.
    public let aggressor: Column

    /// Columns of equal length.
    public init(time: Column, price: Column, quantity: Column, aggressor: Column) {
        precondition(
            [price.count, quantity.count, aggressor.count].allSatisfy { $0 == time.count },
            "columns of one length")
        (self.time, self.price, self.quantity, self.aggressor) = (time, price, quantity, aggressor)
    }
}

/// Columns of named values, ascending by time: funding rates, indices, ratios, gas prices.
public struct ValueColumns: Sendable {
    /// When each holds from.
    public let time: Column
    /// Names of the value columns, as `rate`, or `liquidity-index` and `variable-borrow-index`.
    public let names: [String]
    /// One column for each name, at the series' price scale.
    public let values: [Column]

    /// Columns of equal length.
    public init(time: Column, names: [String], values: [Column]) {
        precondition(names.count == values.count && values.allSatisfy { $0.count == time.count })
        (self.time, self.names, self.values) = (time, names, values)
    }
}

/// The columns of one series.
public enum SeriesColumns: Sendable {
    /// Bars.
    case bars(BarColumns, Timeframe)
    /// Quotes.
    case quotes(QuoteColumns)
    /// Trades.
    case trades(TradeColumns)
    /// Funding, index, ratio, gas, mark or signals.
    case values(ValueColumns)

    /// The column of times at which rows become visible.
    public var visibleTime: Column {
        switch self {
        case .bars(let bars, _): bars.closeTime
        case .quotes(let quotes): quotes.time
        case .trades(let trades): trades.time
        case .values(let values): values.time
        }
    }
}

/// One checked series of observations of one instrument, in order, each time once (bars and values) or in
/// the file's order (quotes and trades).
public struct MarketSeries: Sendable {
    /// Whose observations.
    public let instrument: InstrumentID
    /// What they are.
    public let kind: SeriesKind
    /// The observations.
    public let columns: SeriesColumns
    /// Decimals of prices, or of the values of a value series.
    public let priceScale: Scale
    /// Decimals of volumes and sizes.
    public let quantityScale: Scale
    /// SHA-256 over kind, scales and columns: equal content gives an equal digest, whatever file it came
    /// from.
    public let digest: Digest
    /// What the reader had to say of the data: repeated rows, holes, rounded decimals. For people.
    public let warnings: [String]

    /// A series.
    public init(
        instrument: InstrumentID, kind: SeriesKind, columns: SeriesColumns, priceScale: Scale,
        quantityScale: Scale, digest: Digest, warnings: [String]
    ) {
        self.instrument = instrument
        self.kind = kind
        self.columns = columns
        self.priceScale = priceScale
        self.quantityScale = quantityScale
        self.digest = digest
        self.warnings = warnings
    }

    /// Rows.
    public var count: Int { columns.visibleTime.count }

    /// The bar at a row.
    ///
    /// - Precondition: a series of bars, and the row exists.
    public func bar(_ row: Int) -> Bar {
        guard case .bars(let bars, _) = columns else { preconditionFailure("not a series of bars") }
        return Bar(
            openTime: Instant(nanoseconds: bars.openTime[row]),
            closeTime: Instant(nanoseconds: bars.closeTime[row]),
            open: Price(mantissa: bars.open[row]), high: Price(mantissa: bars.high[row]),
            low: Price(mantissa: bars.low[row]), close: Price(mantissa: bars.close[row]),
            volume: Quantity(mantissa: bars.volume[row]))
    }
}
