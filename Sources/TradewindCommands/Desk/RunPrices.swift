package import Events
package import Markets
package import Units

/// The prices of a run as a chart needs them: of each instrument at most ``limit`` bars over its window,
/// whatever its data are.
///
/// Bars that are too many are joined to longer ones, and trades and quotes to bars: the first price of a
/// stretch, the highest, the lowest, the last, and the volume. Of quotes it is the middle of bid and ask, and
/// there is no volume.
package enum RunPrices {
    /// The most bars of an instrument.
    package static let limit = 1_000
    /// The most instruments.
    static let mostInstruments = 50

    /// Lengths of bars that people know, in seconds.
    private static let lengths: [Int64] = [
        1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 604_800, 2_419_200,
    ]

    /// For each instrument that has prices `{"instrument", "timeframe", "bars": [[open time, open, high, low,
    /// close, volume]]}`.
    ///
    /// - Parameter window: the time in which rows must become visible.
    package static func json(of series: [MarketSeries], in window: Range<Instant>) -> [JSONText] {
        var best: [(instrument: InstrumentID, place: Int, rank: Int)] = []
        for (place, one) in series.enumerated() {
            guard let rank = rank(one.kind), one.count > 0 else { continue }
            if let known = best.firstIndex(where: { $0.instrument == one.instrument }) {
                if rank < best[known].rank { best[known] = (one.instrument, place, rank) }
            } else {
                best.append((one.instrument, place, rank))
            }
        }
        return best.prefix(mostInstruments).compactMap { json(of: series[$0.place], in: window) }
    }

    /// Which of an instrument's series shows its prices; nil for one that shows none.
    private static func rank(_ kind: SeriesKind) -> Int? {
        switch kind {
        case .bars: 0
        case .trades: 1
        case .quotes: 2
        default: nil
        }
    }

    private static func json(of series: MarketSeries, in window: Range<Instant>) -> JSONText? {
        let times = series.columns.visibleTime
        let first = place(window.lowerBound, times), last = place(window.upperBound, times)
        guard first < last else { return nil }
        let (own, isOwn) = length(of: series, first, last)
        var bars: [PriceBar] = []
        for row in first..<last {
            guard let price = price(of: series, row) else { continue }
            // An own bar keeps its own open time, also in a market that opens at half past nine.
            let start = isOwn ? price.time : start(of: price.time, own)
            if let end = bars.indices.last, bars[end].time == start {
                bars[end].join(price)
            } else {
                bars.append(price.opened(at: start))
            }
        }
        let (prices, volumes) = (scale(of: series), series.quantityScale)
        let name =
            if isOwn, case .bars(_, let timeframe) = series.columns { timeframe.description } else {
                Timeframe.fixed(Timespan(nanoseconds: own)).description
            }
        return .object([
            JSONMember("instrument", .string(series.instrument.description)),
            JSONMember("timeframe", .string(name)),
            JSONMember("bars", .list(bars.map { $0.json(prices, volumes) })),
        ])
    }

    /// The length of the bars that are made, in nanoseconds, and whether it is the series' own.
    private static func length(
        of series: MarketSeries, _ first: Int, _ last: Int
    ) -> (length: Int64, isOwn: Bool) {
        var least: Int64 = 0
        if case .bars(_, let timeframe) = series.columns {
            if case .fixed(let span) = timeframe { least = span.nanoseconds }
            if last - first <= limit { return (least, true) }
        }
        let times = series.columns.visibleTime
        let (span, overflow) = times[last - 1].subtractingReportingOverflow(times[first])
        // One more than fit into the span, as neither its start nor its end is at a boundary.
        let wanted = overflow ? Int64.max / 2 : span / Int64(limit - 2)
        let second: Int64 = 1_000_000_000
        let found = lengths.first { $0 * second > wanted && $0 * second > least }
        return ((found ?? (wanted / second + 1)) * second, false)
    }

    /// The boundary at a time or before it.
    private static func start(of time: Int64, _ length: Int64) -> Int64 {
        let rest = time % length
        let (start, overflow) = time.subtractingReportingOverflow(rest < 0 ? rest + length : rest)
        return overflow ? time : start
    }

    /// The first row that becomes visible at a moment or later.
    private static func place(_ moment: Instant, _ times: Column) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < moment.nanoseconds { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The middle of a bid and an ask has a decimal more than they.
    private static func scale(of series: MarketSeries) -> Scale {
        series.kind == .quotes
            ? Scale(min(Scale.maximum, Int(series.priceScale.decimals) + 1)) : series.priceScale
    }

    private static func price(of series: MarketSeries, _ row: Int) -> PriceBar? {
        switch series.columns {
        case .bars(let bars, _):
            return PriceBar(
                time: bars.openTime[row], open: Int128(bars.open[row]), high: Int128(bars.high[row]),
                low: Int128(bars.low[row]), close: Int128(bars.close[row]), volume: Int128(bars.volume[row]))
        case .trades(let trades):
            return PriceBar(
                trades.time[row], Int128(trades.price[row]), volume: Int128(trades.quantity[row]))
        case .quotes(let quotes):
            let (bid, ask) = (quotes.bid[row], quotes.ask[row])
            guard bid > 0, ask > 0 else { return nil }
            let twice = Int128(bid) + Int128(ask)
            let hasRoom = series.priceScale.decimals < Scale.maximum
            return PriceBar(quotes.time[row], hasRoom ? twice * 5 : twice / 2, volume: 0)
        case .values: return nil
        }
    }
}

/// A bar in the making; times in nanoseconds, prices and volume at the scales of their series.
private struct PriceBar {
    let time: Int64
    let open: Int128
    var high: Int128
    var low: Int128
    var close: Int128
    var volume: Int128

    init(time: Int64, open: Int128, high: Int128, low: Int128, close: Int128, volume: Int128) {
        (self.time, self.open, self.high, self.low) = (time, open, high, low)
        (self.close, self.volume) = (close, volume)
    }

    /// One price.
    init(_ time: Int64, _ price: Int128, volume: Int128) {
        self.init(time: time, open: price, high: price, low: price, close: price, volume: volume)
    }

    func opened(at time: Int64) -> PriceBar {
        PriceBar(time: time, open: open, high: high, low: low, close: close, volume: volume)
    }

    mutating func join(_ next: PriceBar) {
        (high, low, close) = (max(high, next.high), min(low, next.low), next.close)
        // Beyond any market; a chart loses nothing by it.
        let (sum, overflow) = volume.addingReportingOverflow(next.volume)
        if !overflow { volume = sum }
    }

    func json(_ prices: Scale, _ volumes: Scale) -> JSONText {
        .list(
            [.time(Instant(nanoseconds: time))]
                + [open, high, low, close].map { .money(ExactDecimal(mantissa: $0, scale: prices)) }
                + [.money(ExactDecimal(mantissa: volume, scale: volumes))])
    }
}
