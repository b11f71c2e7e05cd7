internal import Markets
internal import Units

/// Raw access to the rows of one series during a run, with prices and sizes at the instrument's scales.
struct SeriesCursor {
    enum Rows {
        case bars(BarRows)
        case quotes(QuoteRows)
        case trades(TradeRows)
        case values(ValueColumns, SeriesKind, Scale)
    }

    let instrument: InstrumentIndex
    let rows: Rows
    /// Rows of the run: those of the warm-up, then those of the window.
    let range: Range<Int>

    /// - Parameters:
    ///   - end: rows stamped at or after it are left out.
    ///   - early: which rows before the window's start are kept.
    init(
        _ series: MarketSeries, _ instrument: Instrument, _ index: Int, end: Instant?, early: EarlyRows = .all
    ) throws(BacktestError) {
        self.instrument = InstrumentIndex(index)
        // Rates and indices have scales of their own, which are not those of a price.
        let isPriced = [.bars, .quotes, .trades, .mark].contains(series.kind)
        let priceFactor =
            isPriced
            ? Scale.power(Int(instrument.priceScale.decimals) - Int(series.priceScale.decimals)) : 1
        let sizeShift = Int(instrument.quantityScale.decimals) - Int(series.quantityScale.decimals)
        let sizes = SizeConversion(
            factor: Int64(clamping: Scale.power(max(0, sizeShift))),
            divisor: Int64(clamping: Scale.power(max(0, -sizeShift))))
        guard let factor = Int64(exactly: priceFactor) else {
            throw .badInstrument(series.instrument, "its series differ by more than 18 decimals")
        }
        let limit = end?.nanoseconds ?? Int64.max
        let past: Int
        switch series.columns {
        case .bars(let bars, _):
            rows = .bars(BarRows(bars, factor: factor))
            past = bars.openTime.lowerBound(of: limit)
        case .quotes(let quotes):
            rows = .quotes(QuoteRows(quotes, factor: factor, sizes: sizes))
            past = quotes.time.lowerBound(of: limit)
        case .trades(let trades):
            rows = .trades(TradeRows(trades, factor: factor, sizes: sizes))
            past = trades.time.lowerBound(of: limit)
        case .values(let values):
            rows = .values(values, series.kind, series.priceScale)
            past = values.time.lowerBound(of: limit)
        }
        range = min(past, early.first(of: series))..<past
        try SeriesCursor.checkPrices(series, factor: factor)
    }

    /// Refuses prices that do not fit the instrument's scale, once, so that no row needs a check.
    private static func checkPrices(_ series: MarketSeries, factor: Int64) throws(BacktestError) {
        if factor == 1 { return }
        let columns: [Column]
        switch series.columns {
        case .bars(let bars, _): columns = [bars.open, bars.high, bars.low, bars.close]
        case .quotes(let quotes): columns = [quotes.bid, quotes.ask]
        case .trades(let trades): columns = [trades.price]
        case .values(let values): columns = values.values
        }
        for column in columns {
            for row in 0..<column.count where column[row].multipliedReportingOverflow(by: factor).overflow {
                throw .badInstrument(
                    series.instrument, "a price is too large for the decimals of its other series")
            }
        }
    }

    /// The stamp of a row: the open of a bar, the time of anything else.
    func stamp(_ row: Int) -> Int64 {
        switch rows {
        case .bars(let bars): bars.openTime[row]
        case .quotes(let quotes): quotes.time[row]
        case .trades(let trades): trades.time[row]
        case .values(let values, _, _): values.time[row]
        }
    }
}

/// Which rows before the start of a window warm strategies up.
enum EarlyRows {
    /// All.
    case all
    /// Those of the last so many distinct times before a moment.
    case last(Int, before: Instant)

    /// The first row of a series that is kept.
    func first(of series: MarketSeries) -> Int {
        guard case .last(var moments, let start) = self else { return 0 }
        let times = series.columns.visibleTime
        var row = series.stamps.lowerBound(of: start.nanoseconds)
        while row > 0 {
            if row == times.count || times[row - 1] != times[row] {
                if moments == 0 { break }
                moments -= 1
            }
            row -= 1
        }
        return row
    }
}

/// Brings sizes of a series to the instrument's quantity scale; finer decimals are dropped.
struct SizeConversion: BitwiseCopyable {
    let factor: Int64
    let divisor: Int64

    @inline(__always)
    func convert(_ size: Int64) -> Quantity {
        if divisor != 1 { return Quantity(mantissa: size / divisor) }
        let (result, overflow) = size.multipliedReportingOverflow(by: factor)
        return Quantity(mantissa: overflow ? Int64.max : result)
    }
}

/// Rows of bars.
struct BarRows: BitwiseCopyable {
    let openTime: UnsafePointer<Int64>
    let closeTime: UnsafePointer<Int64>
    let open: UnsafePointer<Int64>
    let high: UnsafePointer<Int64>
    let low: UnsafePointer<Int64>
    let close: UnsafePointer<Int64>
    let volume: UnsafePointer<Int64>
    let factor: Int64

    init(_ bars: BarColumns, factor: Int64) {
        openTime = bars.openTime.base
        closeTime = bars.closeTime.base
        open = bars.open.base
        high = bars.high.base
        low = bars.low.base
        close = bars.close.base
        volume = bars.volume.base
        self.factor = factor
    }

    @inline(__always)
    func bar(_ row: Int) -> Bar {
        Bar(
            openTime: Instant(nanoseconds: openTime[row]), closeTime: Instant(nanoseconds: closeTime[row]),
            open: Price(mantissa: open[row] * factor), high: Price(mantissa: high[row] * factor),
            low: Price(mantissa: low[row] * factor), close: Price(mantissa: close[row] * factor),
            volume: Quantity(mantissa: volume[row]))
    }
}

/// Rows of quotes.
struct QuoteRows: BitwiseCopyable {
    let time: UnsafePointer<Int64>
    let bid: UnsafePointer<Int64>
    let ask: UnsafePointer<Int64>
    let bidSize: UnsafePointer<Int64>
    let askSize: UnsafePointer<Int64>
    let factor: Int64
    let sizes: SizeConversion

    init(_ quotes: QuoteColumns, factor: Int64, sizes: SizeConversion) {
        time = quotes.time.base
        bid = quotes.bid.base
        ask = quotes.ask.base
        bidSize = quotes.bidSize.base
        askSize = quotes.askSize.base
        self.factor = factor
        self.sizes = sizes
    }

    @inline(__always)
    func quote(_ row: Int) -> Quote {
        Quote(
            time: Instant(nanoseconds: time[row]), bid: Price(mantissa: bid[row] * factor),
            ask: Price(mantissa: ask[row] * factor), bidSize: sizes.convert(bidSize[row]),
            askSize: sizes.convert(askSize[row]))
    }
}

/// Rows of trades.
struct TradeRows: BitwiseCopyable {
    let time: UnsafePointer<Int64>
    let price: UnsafePointer<Int64>
    let quantity: UnsafePointer<Int64>
    let aggressor: UnsafePointer<Int64>
    let factor: Int64
    let sizes: SizeConversion

    init(_ trades: TradeColumns, factor: Int64, sizes: SizeConversion) {
        time = trades.time.base
        price = trades.price.base
        quantity = trades.quantity.base
        aggressor = trades.aggressor.base
        self.factor = factor
        self.sizes = sizes
    }

    @inline(__always)
    func trade(_ row: Int) -> TradeTick {
        TradeTick(
            time: Instant(nanoseconds: time[row]), price: Price(mantissa: price[row] * factor),
            quantity: sizes.convert(quantity[row]),
            aggressor: aggressor[row] == 0 ? .buy : aggressor[row] == 1 ? .sell : nil)
    }
}

/// The rows of all series of a run by series, without the reference counts of their owners.
final class RowTable {
    enum Kind: UInt8, BitwiseCopyable {
        case bars
        case quotes
        case trades
        case values
    }

    let kinds: FixedArray<Kind>
    /// When each row becomes visible.
    let times: FixedArray<UnsafePointer<Int64>>
    let instruments: FixedArray<InstrumentIndex>
    let bars: FixedArray<BarRows>
    let quotes: FixedArray<QuoteRows>
    let trades: FixedArray<TradeRows>

    init(_ cursors: [SeriesCursor], times columns: [Column]) {
        times = FixedArray(columns.map(\.base))
        let empty = Column([])
        let noBars = BarRows(
            BarColumns(
                openTime: empty, closeTime: empty, open: empty, high: empty, low: empty, close: empty,
                volume: empty), factor: 1)
        let sizes = SizeConversion(factor: 1, divisor: 1)
        let noQuotes = QuoteRows(
            QuoteColumns(time: empty, bid: empty, ask: empty, bidSize: empty, askSize: empty), factor: 1,
            sizes: sizes)
        let noTrades = TradeRows(
            TradeColumns(time: empty, price: empty, quantity: empty, aggressor: empty), factor: 1,
            sizes: sizes)
        kinds = FixedArray(repeating: .values, count: cursors.count)
        instruments = FixedArray(cursors.map(\.instrument))
        bars = FixedArray(repeating: noBars, count: cursors.count)
        quotes = FixedArray(repeating: noQuotes, count: cursors.count)
        trades = FixedArray(repeating: noTrades, count: cursors.count)
        for (index, cursor) in cursors.enumerated() {
            switch cursor.rows {
            case .bars(let rows): (kinds[index], bars[index]) = (.bars, rows)
            case .quotes(let rows): (kinds[index], quotes[index]) = (.quotes, rows)
            case .trades(let rows): (kinds[index], trades[index]) = (.trades, rows)
            case .values: break
            }
        }
    }
}
