public import Markets
public import Units

/// A price at a moment, for charts.
public struct PricePoint: Hashable, Sendable {
    /// When.
    public let time: Instant
    /// The price in the quote asset.
    public let price: Double

    /// A point.
    public init(time: Instant, price: Double) { (self.time, self.price) = (time, price) }
}

/// The prices of one instrument over a run, thinned for a chart.
public struct PriceTrack: Sendable {
    /// Whose prices, as a place in ``BacktestResult/instruments``.
    public let instrument: InstrumentIndex
    /// What the prices are: `close`, `mid` or `trade`.
    public let kind: String
    /// In time order.
    public let points: [PricePoint]

    /// A track.
    public init(instrument: InstrumentIndex, kind: String, points: [PricePoint]) {
        (self.instrument, self.kind, self.points) = (instrument, kind, points)
    }

    /// The prices of a series, thinned so that the first, lowest, highest and last of each part stay.
    ///
    /// - Parameters:
    ///   - series: bars (their closes), quotes (mid of bid and ask where both are there) or trades.
    ///   - start: first moment shown; nil is the first of the series.
    ///   - end: last moment shown, included; nil is the last of the series.
    ///   - limit: the most points, at least 4.
    /// - Returns: nil for a series of other values or without a price in the span.
    public init?(
        _ series: MarketSeries, instrument: InstrumentIndex, start: Instant? = nil, end: Instant? = nil,
        limit: Int = 4_000
    ) {
        let times = series.columns.visibleTime
        let first = start.map { times.lowerBound(of: $0.nanoseconds) } ?? 0
        let past =
            end.map { times.lowerBound(of: ($0 + Timespan(nanoseconds: 1)).nanoseconds) } ?? times.count
        guard first < past else { return nil }
        let unit = WideArithmetic.approximateDouble(series.priceScale.unit)
        let price: (Int) -> Double?
        switch series.columns {
        case .bars(let bars, _):
            kind = "close"
            price = { Double(bars.close[$0]) / unit }
        case .trades(let trades):
            kind = "trade"
            price = { Double(trades.price[$0]) / unit }
        case .quotes(let quotes):
            kind = "mid"
            price = { row in
                let (bid, ask) = (quotes.bid[row], quotes.ask[row])
                return bid == 0 || ask == 0 ? nil : (Double(bid) + Double(ask)) / 2 / unit
            }
        case .values: return nil
        }
        var thinning = ChartThinning(rows: past - first, buckets: max(1, limit / 4))
        for row in first..<past {
            if let value = price(row) {
                thinning.append(time: times[row], value: value)
            } else {
                thinning.skip()
            }
        }
        let kept = thinning.finish()
        guard !kept.isEmpty else { return nil }
        self.instrument = instrument
        points = kept.map { PricePoint(time: Instant(nanoseconds: $0.time), price: $0.value) }
    }
}

extension PriceTrack {
    /// The prices that a report of a result draws: of each instrument the first series that has prices, in
    /// the span of the run, those with most fills first.
    ///
    /// - Parameters:
    ///   - result: with its fills, which decide the order.
    ///   - series: the series that the run used.
    ///   - limit: the most tracks.
    public static func tracks(of result: BacktestResult, _ series: [MarketSeries], limit: Int = 4)
        -> [PriceTrack]
    {
        var fills = [Int](repeating: 0, count: result.instruments.count)
        for fill in result.fills { fills[fill.instrument.position] += 1 }
        let order = fills.indices.sorted { fills[$0] == fills[$1] ? $0 < $1 : fills[$0] > fills[$1] }
        var tracks: [PriceTrack] = []
        for position in order where tracks.count < limit {
            let id = result.instruments[position].id
            for candidate in series where candidate.instrument == id {
                guard
                    let track = PriceTrack(
                        candidate, instrument: InstrumentIndex(position), start: result.start,
                        end: result.end)
                else { continue }
                tracks.append(track)
                break
            }
        }
        return tracks
    }
}

/// A value at a moment, for drawing.
struct ChartPoint: Hashable, Sendable {
    var time: Int64
    var value: Double
}

/// Thins a known number of rows to buckets of equal numbers of rows, keeping the first, lowest, highest
/// and last point of each.
struct ChartThinning {
    private let width: Int
    private var row = 0
    private var bucket: [ChartPoint] = []
    private var kept: [ChartPoint] = []

    init(rows: Int, buckets: Int) {
        width = max(1, (rows + buckets - 1) / buckets)
        bucket.reserveCapacity(min(width, 4))
    }

    mutating func append(time: Int64, value: Double) {
        let point = ChartPoint(time: time, value: value)
        if width <= 4 {
            kept.append(point)
            return
        }
        if bucket.isEmpty { bucket = [point, point, point, point] }
        if value < bucket[1].value { bucket[1] = point }
        if value > bucket[2].value { bucket[2] = point }
        bucket[3] = point
        skip()
    }

    /// Counts a row that has no value.
    mutating func skip() {
        row += 1
        if row % width == 0 { flush() }
    }

    private mutating func flush() {
        guard !bucket.isEmpty else { return }
        for point in bucket.sorted(by: { $0.time < $1.time }) where point != kept.last { kept.append(point) }
        bucket.removeAll(keepingCapacity: true)
    }

    mutating func finish() -> [ChartPoint] {
        flush()
        return kept
    }

    /// Points thinned to a number of buckets.
    static func thin(_ points: [ChartPoint], buckets: Int) -> [ChartPoint] {
        var thinning = ChartThinning(rows: points.count, buckets: buckets)
        for point in points { thinning.append(time: point.time, value: point.value) }
        return thinning.finish()
    }
}
