internal import Markets
internal import Units

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
