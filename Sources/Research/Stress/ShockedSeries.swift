internal import Markets
internal import Units

/// Series as a shock changes them. Times, kinds and scales stay; the digest is that of the new content.
extension MarketSeries {
    /// Every price times a path, or over it. Of a bar that the path moves within, the range is the widest
    /// that prices between its low and high can have reached.
    func priced(along path: ShockPath, isInverse: Bool) throws(ArithmeticOverflow) -> MarketSeries {
        func scale(_ price: Int64, _ factor: Int128) throws(ArithmeticOverflow) -> Int64 {
            try ShockPath.scale(price, by: factor, isInverse: isInverse)
        }
        switch columns {
        case .bars(let bars, let timeframe):
            func extreme(_ row: Int, isHigh: Bool) -> Int128 {
                let (low, high) = path.extremes(from: bars.openTime[row], to: bars.closeTime[row])
                return isHigh != isInverse ? high : low
            }
            return replacing(
                .bars(
                    BarColumns(
                        openTime: bars.openTime, closeTime: bars.closeTime,
                        open: try bars.open.mapped { (row, price) throws(ArithmeticOverflow) in
                            try scale(price, path.factor(at: bars.openTime[row]))
                        },
                        high: try bars.high.mapped { (row, price) throws(ArithmeticOverflow) in
                            try scale(price, extreme(row, isHigh: true))
                        },
                        low: try bars.low.mapped { (row, price) throws(ArithmeticOverflow) in
                            try scale(price, extreme(row, isHigh: false))
                        },
                        close: try bars.close.mapped { (row, price) throws(ArithmeticOverflow) in
                            try scale(price, path.factor(at: bars.closeTime[row]))
                        }, volume: bars.volume), timeframe))
        case .quotes(let quotes):
            func side(_ column: Column) throws(ArithmeticOverflow) -> Column {
                try column.mapped { (row, price) throws(ArithmeticOverflow) in
                    try scale(price, path.factor(at: quotes.time[row]))
                }
            }
            return replacing(
                .quotes(
                    QuoteColumns(
                        time: quotes.time, bid: try side(quotes.bid), ask: try side(quotes.ask),
                        bidSize: quotes.bidSize, askSize: quotes.askSize)))
        case .trades(let trades):
            return replacing(
                .trades(
                    TradeColumns(
                        time: trades.time,
                        price: try trades.price.mapped { (row, price) throws(ArithmeticOverflow) in
                            try scale(price, path.factor(at: trades.time[row]))
                        }, quantity: trades.quantity, aggressor: trades.aggressor)))
        case .values: return try valuesPriced(along: path, isInverse: isInverse)
        }
    }

    /// Mark, index and oracle prices; the highest and lowest marks are those of the time since the row
    /// before.
    private func valuesPriced(
        along path: ShockPath, isInverse: Bool
    ) throws(ArithmeticOverflow) -> MarketSeries {
        try mappingValues { (name, row, value, time) throws(ArithmeticOverflow) in
            var factor = path.factor(at: time[row])
            if kind == .mark && (name == "high" || name == "low") {
                let (low, high) = path.extremes(from: row > 0 ? time[row - 1] : time[row], to: time[row])
                factor = (name == "high") != isInverse ? high : low
            }
            return try ShockPath.scale(value, by: factor, isInverse: isInverse)
        }
    }

    /// Rates of funding within a span with their other sign.
    func fundingFlipped(from start: Instant, until end: Instant) throws(ArithmeticOverflow) -> MarketSeries {
        try mappingValues { (name, row, value, time) throws(ArithmeticOverflow) in
            let isWithin = time[row] >= start.nanoseconds && time[row] < end.nanoseconds
            return name == "rate" && isWithin && value != .min ? -value : value
        }
    }

    /// An index of debt that grows by a further rate a year of 365 days within a span.
    func borrowing(
        at rate: BasisPoints, from start: Instant, until end: Instant
    ) throws(ArithmeticOverflow) -> MarketSeries {
        let unit = BasisPoints.whole * Int128((365 * Timespan.day).nanoseconds)
        return try mappingValues { (name, row, value, time) throws(ArithmeticOverflow) in
            if name != "variable-borrow-index" || time[row] <= start.nanoseconds { return value }
            let elapsed = Int128(min(time[row], end.nanoseconds)) - Int128(start.nanoseconds)
            let grown = try WideArithmetic.multiply(
                Int128(value), by: unit + Int128(rate.millionths) * elapsed, dividedBy: unit,
                rounding: .halfEven)
            guard let result = Int64(exactly: grown) else { throw ArithmeticOverflow("an index of debt") }
            return result
        }
    }

    /// Values within a span times a whole number.
    func multiplied(
        by factor: Int, from start: Instant, until end: Instant
    ) throws(ArithmeticOverflow) -> MarketSeries {
        try mappingValues { (name, row, value, time) throws(ArithmeticOverflow) in
            if time[row] < start.nanoseconds || time[row] >= end.nanoseconds { return value }
            let (product, overflow) = value.multipliedReportingOverflow(by: Int64(factor))
            if overflow { throw ArithmeticOverflow("a shocked price of gas") }
            return product
        }
    }

    private func mappingValues(
        _ change: (String, Int, Int64, Column) throws(ArithmeticOverflow) -> Int64
    ) throws(ArithmeticOverflow) -> MarketSeries {
        guard case .values(let values) = columns else { return self }
        var changed: [Column] = []
        for (name, column) in zip(values.names, values.values) {
            changed.append(
                try column.mapped { (row, value) throws(ArithmeticOverflow) in
                    try change(name, row, value, values.time)
                })
        }
        return replacing(.values(ValueColumns(time: values.time, names: values.names, values: changed)))
    }

    private func replacing(_ columns: SeriesColumns) -> MarketSeries {
        MarketSeries(
            instrument: instrument, kind: kind, columns: columns, priceScale: priceScale,
            quantityScale: quantityScale,
            digest: columns.digest(kind: kind, priceScale: priceScale, quantityScale: quantityScale),
            warnings: warnings)
    }
}

extension Column {
    /// The column with each value changed.
    fileprivate func mapped(
        _ change: (Int, Int64) throws(ArithmeticOverflow) -> Int64
    ) throws(ArithmeticOverflow) -> Column {
        let buffer = ColumnBuffer(capacity: count)
        for row in 0..<count { buffer.append(try change(row, self[row])) }
        return buffer.finish()
    }
}
