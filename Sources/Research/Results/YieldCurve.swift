internal import MarketData
public import Markets
internal import RealModule
internal import Units

/// What a yield that nobody traded would have made of one unit of money over a run: a savings token, plain
/// lending, plain staking. Drawn beside the result; no part of the run.
public struct YieldCurve: Hashable, Sendable {
    /// Name for people.
    public let name: String
    /// Value of what was one at the start; the first is 1.
    public let points: [GrowthPoint]

    /// A curve.
    public init(name: String, points: [GrowthPoint]) { (self.name, self.points) = (name, points) }

    /// The curve of a series over the span of an equity curve.
    ///
    /// A series of indices grows by them, a series of ratios or prices by its `ratio`. One of yields a year
    /// compounds them: each holds from its row to the next, (1 + apy)^(part of a year). Values are those of
    /// the last row at or before a moment, of the first row before it.
    ///
    /// - Parameters:
    ///   - series: indices or ratios.
    ///   - divisor: a series that its ratios are divided by, as two prices in dollars; nil without one.
    /// - Returns: nil where the series has no such column, no row before the end, or nothing above zero at
    ///   the start.
    public init?(
        name: String, _ series: MarketSeries, over divisor: MarketSeries?, in curve: EquityCurve
    ) {
        guard let own = YieldTrack(series), let start = curve.periods.first?.time,
            own.times.first.map({ $0 < (curve.periods.last?.time ?? start).nanoseconds }) == true
        else { return nil }
        var under: YieldTrack?
        if let divisor {
            guard let track = YieldTrack(divisor) else { return nil }
            under = track
        }
        func value(_ time: Instant) -> Double {
            own.value(at: time.nanoseconds) / (under?.value(at: time.nanoseconds) ?? 1)
        }
        let base = value(start)
        guard base > 0, base.isFinite else { return nil }
        var points: [GrowthPoint] = []
        for period in curve.periods {
            let growth = value(period.time) / base
            guard growth.isFinite, growth > 0 else { return nil }
            points.append(GrowthPoint(time: period.time, growth: growth))
        }
        self.name = name
        self.points = points
    }

    /// The yield a year over the whole span, compounded: growth^(year / span) - 1; nil without a span.
    public var annualized: Double? {
        guard let first = points.first, let last = points.last, last.time > first.time else { return nil }
        let years = Double(last.time.nanoseconds - first.time.nanoseconds) / YieldTrack.year
        return Double.pow(last.growth / first.growth, 1 / years) - 1
    }
}

/// The level of a yield at any time.
private struct YieldTrack {
    static let year = 365.0 * 86_400e9

    let times: [Int64]
    private let levels: [Double]
    /// Yields a year, where the series holds them and no level.
    private let yields: [Double]

    init?(_ series: MarketSeries) {
        guard case .values(let columns) = series.columns, columns.time.count > 0 else { return nil }
        func column(_ names: String...) -> Column? {
            columns.names.firstIndex { names.contains($0) }.map { columns.values[$0] }
        }
        times = (0..<columns.time.count).map { columns.time[$0] }
        let unit = WideArithmetic.approximateDouble(series.priceScale.unit)
        if let level = column("liquidity-index", "ratio", "index") {
            (levels, yields) = (times.indices.map { Double(level[$0]) / unit }, [])
            return
        }
        guard let apy = column("apy") else { return nil }
        let yields = times.indices.map { Double(apy[$0]) / unit }
        var level = 1.0
        var levels = [level]
        for row in 1..<max(1, times.count) {
            level *= Double.pow(1 + yields[row - 1], Double(times[row] - times[row - 1]) / YieldTrack.year)
            levels.append(level)
        }
        (self.levels, self.yields) = (levels, yields)
    }

    func value(at time: Int64) -> Double {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return levels[0] }
        let level = levels[low - 1]
        if yields.isEmpty { return level }
        return level * Double.pow(1 + yields[low - 1], Double(time - times[low - 1]) / YieldTrack.year)
    }
}
