public import Markets
public import Units

/// When the rows of a run are stamped, and where its data can be cut without dividing a bar.
public struct FoldTimeline: Sendable {
    /// From the first row to after the last, within the window of the run.
    public let window: TimeWindow
    /// Distinct stamps of the rows in the window, ascending: opens of bars, times of anything else.
    package let stamps: [Int64]
    private let bars: [BarColumns]

    /// The timeline of series within the window of a run.
    ///
    /// Values such as funding rates count only where there are no prices.
    ///
    /// - Parameters:
    ///   - start: first moment of trading; nil is the first row.
    ///   - end: first moment no more traded; nil is after the last row.
    /// - Throws: ``BacktestError/noRows`` when no row lies in the window.
    public init(_ series: [MarketSeries], start: Instant? = nil, end: Instant? = nil) throws(BacktestError) {
        let priced = series.filter { [.bars, .quotes, .trades].contains($0.kind) }
        let used = priced.isEmpty ? series : priced
        var columns: [Column] = []
        var bars: [BarColumns] = []
        var last = Int64.min
        for one in used {
            let (stamps, rows) = FoldTimeline.rows(of: one, start, end)
            if rows.isEmpty { continue }
            columns.append(stamps.slice(rows))
            if case .bars(let own, _) = one.columns {
                bars.append(own)
                last = max(last, own.closeTime[rows.upperBound - 1])
            } else {
                last = max(last, stamps[rows.upperBound - 1])
            }
        }
        let stamps = FoldTimeline.merged(columns)
        guard let first = stamps.first, let lastStamp = stamps.last else { throw .noRows }
        self.stamps = stamps
        self.bars = bars
        // A tick at the very end belongs to the window: its end is exclusive.
        let close = max(
            Instant(nanoseconds: last), Instant(nanoseconds: lastStamp) + Timespan(nanoseconds: 1))
        window = TimeWindow(start: Instant(nanoseconds: first), end: end.map { min($0, close) } ?? close)
    }

    private static func rows(
        of series: MarketSeries, _ start: Instant?, _ end: Instant?
    ) -> (stamps: Column, rows: Range<Int>) {
        let stamps = series.stamps
        let from = stamps.lowerBound(of: start?.nanoseconds ?? Int64.min)
        let to = end.map { stamps.lowerBound(of: $0.nanoseconds) } ?? stamps.count
        return (stamps, from..<max(from, to))
    }

    /// The distinct values of ascending columns, ascending.
    private static func merged(_ columns: [Column]) -> [Int64] {
        var result: [Int64] = []
        for column in columns {
            if result.isEmpty {
                result = distinct(column)
                continue
            }
            var merged: [Int64] = []
            merged.reserveCapacity(max(result.count, column.count))
            var (left, right) = (0, 0)
            while left < result.count || right < column.count {
                let takesLeft =
                    right == column.count || (left < result.count && result[left] <= column[right])
                let value = takesLeft ? result[left] : column[right]
                if takesLeft { left += 1 } else { right += 1 }
                if merged.last != value { merged.append(value) }
            }
            result = merged
        }
        return result
    }

    private static func distinct(_ column: Column) -> [Int64] {
        var result: [Int64] = []
        result.reserveCapacity(column.count)
        for row in 0..<column.count where result.last != column[row] { result.append(column[row]) }
        return result
    }

    /// The last moment at or before a moment at which no bar of the data is open: a window that ends there
    /// holds no price from behind its end.
    package func cut(atOrBefore moment: Instant) -> Instant {
        cut(moment) { $0.openTime[$1] }
    }

    /// The first moment at or after a moment at which no bar of the data is open.
    package func cut(atOrAfter moment: Instant) -> Instant {
        cut(moment) { $0.closeTime[$1] }
    }

    /// Moves a moment to an end of each bar that is open then, until none is.
    private func cut(_ moment: Instant, to end: (BarColumns, Int) -> Int64) -> Instant {
        var place = moment.nanoseconds
        var moved = true
        while moved {
            moved = false
            for own in bars {
                let row = own.openTime.lowerBound(of: place) - 1
                if row >= 0, own.closeTime[row] > place {
                    place = end(own, row)
                    moved = true
                }
            }
        }
        return Instant(nanoseconds: place)
    }

    /// The stamps at which no bar is open: a piece of data goes from each to the next.
    var pieces: [Int64] {
        stamps.filter { stamp in
            bars.allSatisfy { own in
                let row = own.openTime.lowerBound(of: stamp) - 1
                return row < 0 || own.closeTime[row] <= stamp
            }
        }
    }

    /// The number of stamps before a moment.
    package func stamps(before moment: Instant) -> Int {
        var (low, high) = (0, stamps.count)
        while low < high {
            let middle = (low + high) / 2
            if stamps[middle] < moment.nanoseconds { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether any row is stamped within a window.
    package func holdsRows(_ window: TimeWindow) -> Bool {
        stamps(before: window.end) > stamps(before: window.start)
    }
}

extension MarketSeries {
    /// The stamp of each row: the open of a bar, the time of anything else.
    package var stamps: Column {
        switch columns {
        case .bars(let bars, _): bars.openTime
        case .quotes, .trades, .values: columns.visibleTime
        }
    }

    /// The rows stamped at or after a moment, over the same memory. The digest stays that of the whole.
    package func rows(from moment: Instant) -> MarketSeries {
        let first = stamps.lowerBound(of: moment.nanoseconds)
        return first == 0 ? self : part(first..<count)
    }

    /// Some of the rows, over the same memory. The digest stays that of the whole.
    private func part(_ rows: Range<Int>) -> MarketSeries {
        func cut(_ column: Column) -> Column { column.slice(rows) }
        let columns: SeriesColumns
        switch self.columns {
        case .bars(let bars, let timeframe):
            columns = .bars(
                BarColumns(
                    openTime: cut(bars.openTime), closeTime: cut(bars.closeTime), open: cut(bars.open),
                    high: cut(bars.high), low: cut(bars.low), close: cut(bars.close),
                    volume: cut(bars.volume)), timeframe)
        case .quotes(let quotes):
            columns = .quotes(
                QuoteColumns(
                    time: cut(quotes.time), bid: cut(quotes.bid), ask: cut(quotes.ask),
                    bidSize: cut(quotes.bidSize), askSize: cut(quotes.askSize)))
        case .trades(let trades):
            columns = .trades(
                TradeColumns(
                    time: cut(trades.time), price: cut(trades.price), quantity: cut(trades.quantity),
                    aggressor: cut(trades.aggressor)))
        case .values(let values):
            columns = .values(
                ValueColumns(
                    time: cut(values.time), names: values.names, values: values.values.map(cut)))
        }
        return MarketSeries(
            instrument: instrument, kind: kind, columns: columns, priceScale: priceScale,
            quantityScale: quantityScale, digest: digest, warnings: warnings)
    }
}
