internal import Markets
internal import Units

/// A copy of the rows of a series that can be changed; times are not.
struct EditableRows {
    private let shape: SeriesColumns
    private let kind: SeriesKind
    private let count: Int
    /// Prices of bars: open, high, low, close. Of quotes: bid, ask. Of trades: the price. Of values: each.
    private let prices: [ColumnBuffer]
    /// Volume of bars, sizes of quotes, quantity and aggressor of trades.
    private let sizes: [ColumnBuffer]

    /// The first rows of a series.
    init(_ series: MarketSeries, count: Int) {
        (shape, kind, self.count) = (series.columns, series.kind, count)
        func copies(_ columns: [Column]) -> [ColumnBuffer] {
            columns.map { column in
                let buffer = ColumnBuffer(capacity: count)
                buffer.append(contentsOf: UnsafeBufferPointer(start: column.base, count: count))
                return buffer
            }
        }
        switch series.columns {
        case .bars(let bars, _):
            prices = copies([bars.open, bars.high, bars.low, bars.close])
            sizes = copies([bars.volume])
        case .quotes(let quotes):
            prices = copies([quotes.bid, quotes.ask])
            sizes = copies([quotes.bidSize, quotes.askSize])
        case .trades(let trades):
            prices = copies([trades.price])
            sizes = copies([trades.quantity, trades.aggressor])
        case .values(let values):
            prices = copies(values.values)
            sizes = []
        }
    }

    /// The columns with the changes made.
    func finish() -> SeriesColumns {
        let (prices, sizes) = (prices.map { $0.finish() }, sizes.map { $0.finish() })
        switch shape {
        case .bars(let bars, let timeframe):
            return .bars(
                BarColumns(
                    openTime: bars.openTime.slice(0..<count), closeTime: bars.closeTime.slice(0..<count),
                    open: prices[0], high: prices[1], low: prices[2], close: prices[3], volume: sizes[0]),
                timeframe)
        case .quotes(let quotes):
            return .quotes(
                QuoteColumns(
                    time: quotes.time.slice(0..<count), bid: prices[0], ask: prices[1], bidSize: sizes[0],
                    askSize: sizes[1]))
        case .trades(let trades):
            return .trades(
                TradeColumns(
                    time: trades.time.slice(0..<count), price: prices[0], quantity: sizes[0],
                    aggressor: sizes[1]))
        case .values(let values):
            return .values(
                ValueColumns(time: values.time.slice(0..<count), names: values.names, values: prices))
        }
    }

    /// Makes the last bar one that stayed at its open.
    mutating func flattenLast() {
        guard count > 0, case .bars = shape else { return }
        for column in prices.dropFirst() { column.values[count - 1] = prices[0].values[count - 1] }
    }

    /// Lets prices from a row on go the other way from the last before it, and off by up to 3 in 1,000.
    ///
    /// - Parameter keepsOpen: whether the first of these rows is a bar that had begun.
    mutating func turn(from first: Int, keepsOpen: Bool, _ dice: inout SplitMix64) {
        guard first < count else { return }
        switch shape {
        case .values: turnValues(from: first, &dice)
        case .bars:
            let open = prices[0].values[first]
            turnPrices(from: first, centre: first > 0 ? prices[3].values[first - 1] : open, &dice)
            if keepsOpen {
                prices[0].values[first] = open
                prices[1].values[first] = max(prices[1].values[first], open)
                prices[2].values[first] = min(prices[2].values[first], open)
            }
        case .quotes, .trades:
            let last = prices.map { $0.values[max(0, first - 1)] }
            turnPrices(from: first, centre: last.max() ?? 1, &dice)
        }
    }

    private func turnPrices(from first: Int, centre: Int64, _ dice: inout SplitMix64) {
        for row in first..<count {
            let noise = Int128(1_000 + dice.integer(in: -3...3))
            func turned(_ price: Int64) -> Int64 {
                if price <= 0 { return price }
                let mirrored = Int128(centre) * Int128(centre) / Int128(price)
                // Far moves stay within the range that prices of these scales have anyway.
                let bounded = min(mirrored, Int128(centre) * 4, Int128(Int64.max / 2))
                return max(1, Int64(clamping: bounded * noise / 1_000))
            }
            let old = prices.map { $0.values[row] }
            switch shape {
            // What was the lowest is the highest now; the same for the sides of a quote.
            case .bars:
                let new = [turned(old[0]), turned(old[2]), turned(old[1]), turned(old[3])]
                for (column, value) in zip(prices, new) { column.values[row] = value }
            case .quotes:
                let isWhole = old.allSatisfy { $0 > 0 }
                let new = isWhole ? [turned(old[1]), turned(old[0])] : old
                for (column, value) in zip(prices, new) { column.values[row] = value }
            case .trades, .values:
                for (column, value) in zip(prices, old) { column.values[row] = turned(value) }
            }
        }
    }

    /// Rates change their sign; indices, which only grow, stay; other values are off by up to 3 in 1,000.
    private func turnValues(from first: Int, _ dice: inout SplitMix64) {
        if kind == .index { return }
        for row in first..<count {
            let noise = Int128(1_000 + dice.integer(in: -3...3)) * (kind == .funding ? -1 : 1)
            for column in prices {
                column.values[row] = Int64(clamping: Int128(column.values[row]) * noise / 1_000)
            }
        }
    }

    /// Moves the content of each row `shift` rows on, that of the last ones to the beginning.
    mutating func rotate(by shift: Int) {
        guard count > 0 else { return }
        let start = (count - shift % count) % count
        for column in prices + sizes {
            let values = column.values
            let turned = Array(values[start...]) + Array(values[..<start])
            for row in 0..<count { values[row] = turned[row] }
        }
    }

    /// Moves all prices of each bar by one amount of up to `limit`; a bar that would not stay above zero
    /// stays as it is.
    mutating func shake(by limit: Int64, _ dice: inout SplitMix64) {
        guard prices.count == 4 else { return }
        let (open, high, low, close) = (
            prices[0].values, prices[1].values, prices[2].values, prices[3].values
        )
        for row in 0..<count {
            let move = dice.integer(in: -limit...limit)
            if low[row] <= -move || high[row] > Int64.max - limit { continue }
            open[row] += move
            high[row] += move
            low[row] += move
            close[row] += move
        }
    }
}
