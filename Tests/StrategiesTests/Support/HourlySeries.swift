import Markets
import StrategyKit
import Units

/// Series by the hour, from a day in 2024 on, for markets that tests make.
enum HourlySeries {
    static func time(hour: Int) -> Instant {
        Instant(day: 20_000) + Timespan(nanoseconds: Int64(hour) * Timespan.hour.nanoseconds)
    }

    /// A path that is calm for some hours, goes to a percentage in equal steps, and stays there.
    static func path(
        from first: Int64, calm: Int, to percent: Int64, over hours: Int, rest: Int
    ) -> [Int64] {
        let last = first * percent / 100
        let way = (1...hours).map { first + (last - first) * Int64($0) / Int64(hours) }
        return Array(repeating: first, count: calm) + way + Array(repeating: last, count: rest)
    }

    /// Bars whose opens are the closes before, in hundredths.
    static func bars(_ id: String, _ closes: [Int64], without holes: Range<Int>? = nil) -> MarketSeries {
        var bars: [Bar] = []
        for hour in closes.indices where holes?.contains(hour) != true {
            let (open, close) = (closes[max(0, hour - 1)], closes[hour])
            bars.append(
                Bar(
                    openTime: time(hour: hour), closeTime: time(hour: hour + 1), open: Price(mantissa: open),
                    high: Price(mantissa: max(open, close)), low: Price(mantissa: min(open, close)),
                    close: Price(mantissa: close), volume: Quantity(mantissa: 1_000)))
        }
        return RandomMarket.series(id, bars, span: .hour)
    }

    /// Values of one name at hours.
    static func values(
        _ id: String, _ kind: SeriesKind, _ name: String, _ rows: [(hour: Int, value: Int64)], scale: Int
    ) -> MarketSeries {
        let columns = SeriesColumns.values(
            ValueColumns(
                time: Column(rows.map { time(hour: $0.hour).nanoseconds }), names: [name],
                values: [Column(rows.map(\.value))]))
        return MarketSeries(
            instrument: InstrumentID(id)!, kind: kind, columns: columns, priceScale: Scale(scale),
            quantityScale: Scale(0),
            digest: columns.digest(kind: kind, priceScale: Scale(scale), quantityScale: Scale(0)),
            warnings: [])
    }

    /// Rates of funding every eight hours, in hundred-millionths.
    static func funding(_ id: String, _ rates: [Int64]) -> MarketSeries {
        values(id, .funding, "rate", rates.enumerated().map { (($0 + 1) * 8, $1) }, scale: 8)
    }

    /// The same share of the hedge for Binance and Bybit.
    static let hedge = ParameterValue.map(
        ["binance", "bybit"].map { NamedParameter($0, .number(ExactDecimal("0.5")!)) })
}
