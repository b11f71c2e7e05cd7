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
