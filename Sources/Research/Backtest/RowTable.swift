internal import Markets
internal import Units

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
