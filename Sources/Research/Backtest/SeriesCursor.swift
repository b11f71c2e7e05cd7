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
    /// Rows of the run: from the first to before the window's end, warm-up included.
    let range: Range<Int>

    /// - Parameters:
    ///   - end: rows stamped at or after it are left out.
    init(_ series: MarketSeries, _ instrument: Instrument, _ index: Int, end: Instant?) throws(BacktestError)
    {
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
        switch series.columns {
        case .bars(let bars, _):
            rows = .bars(BarRows(bars, factor: factor))
            range = 0..<bars.openTime.lowerBound(of: limit)
        case .quotes(let quotes):
            rows = .quotes(QuoteRows(quotes, factor: factor, sizes: sizes))
            range = 0..<quotes.time.lowerBound(of: limit)
        case .trades(let trades):
            rows = .trades(TradeRows(trades, factor: factor, sizes: sizes))
            range = 0..<trades.time.lowerBound(of: limit)
        case .values(let values):
            rows = .values(values, series.kind, series.priceScale)
            range = 0..<values.time.lowerBound(of: limit)
        }
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
