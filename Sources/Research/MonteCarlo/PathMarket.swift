public import Markets
public import Units

/// Makes other markets out of recorded bars. Series of other kinds, as funding rates, stay as they are.
public struct PathMarket: Sendable {
    private let series: [MarketSeries]

    /// Markets made of the series of a run.
    ///
    /// - Returns: nil when no series holds bars, when one holds quotes or trades, which are not remade, or
    ///   when a price is not above zero.
    public init?(_ series: [MarketSeries]) {
        var hasBars = false
        for one in series {
            switch one.columns {
            case .bars(let bars, _):
                guard bars.openTime.count > 0 else { continue }
                guard BarPath(bars) != nil else { return nil }
                hasBars = true
            case .quotes, .trades: return nil
            case .values: continue
            }
        }
        guard hasBars else { return nil }
        self.series = series
    }

    /// The length of the shortest bars; nil when all are calendar months.
    public var barLength: Timespan? {
        series.compactMap { one in
            guard case .bars(_, .fixed(let span)) = one.columns else { return nil }
            return span
        }.min()
    }

    /// The recorded market with the volatility and the missing bars of a scenario.
    ///
    /// Each bar's move away from the mean move is multiplied; the first and the last bar are never missing.
    public func changed(_ scenario: PathScenario) -> [MarketSeries] {
        series.map { one in
            guard case .bars(let bars, let timeframe) = one.columns, var path = BarPath(bars) else {
                return one
            }
            path.scale(volatility: scenario.volatility)
            let made = path.bars(at: bars)
            let purpose = "dropout \(one.instrument)"
            var random = SplitMix64(seed: scenario.seed, purpose: purpose)
            let count = bars.openTime.count
            let kept = (0..<count).filter { row in
                let falls = random.unitDouble() < scenario.dropout
                return !falls || row == 0 || row == count - 1
            }
            return PathMarket.replace(
                one, .bars(kept.count == count ? made : PathMarket.rows(kept, of: made), timeframe))
        }
    }

    /// Whether markets can be made by ``resampled(block:seed:)``: all bars open at the same moments, so that
    /// what happened together stays together, and there is nothing but bars.
    public var canResample: Bool {
        var first: Column?
        for one in series {
            guard case .bars(let bars, _) = one.columns else { return false }
            guard let times = first else {
                first = bars.openTime
                continue
            }
            guard times.count == bars.openTime.count else { return false }
            for row in 0..<times.count where times[row] != bars.openTime[row] { return false }
        }
        return first != nil
    }

    /// A market in which blocks of the recorded moves follow each other in another order, drawn with
    /// replacement; every instrument takes the same blocks.
    ///
    /// Source: D. Politis and J. Romano, "A Circular Block-Resampling Procedure for Stationary Data", 1992.
    ///
    /// - Parameters:
    ///   - block: bars in a block, at least 1; short-term patterns up to that length survive.
    ///   - seed: equal seeds give equal markets.
    public func resampled(block: Int, seed: UInt64) -> [MarketSeries] {
        precondition(canResample && block > 0, "bars of the same times, in blocks")
        var random = SplitMix64(seed: seed, purpose: "block bootstrap")
        let count = series[0].count
        var rows: [Int] = []
        rows.reserveCapacity(count)
        while rows.count < count {
            let start = Int(random.integer(in: 0...Int64(count - 1)))
            for offset in 0..<min(block, count - rows.count) { rows.append((start + offset) % count) }
        }
        return series.map { one in
            guard case .bars(let bars, let timeframe) = one.columns, var path = BarPath(bars) else {
                return one
            }
            path.rearrange(rows)
            return PathMarket.replace(one, .bars(path.bars(at: bars, volumes: rows), timeframe))
        }
    }

    private static func rows(_ kept: [Int], of bars: BarColumns) -> BarColumns {
        func pick(_ column: Column) -> Column {
            let buffer = ColumnBuffer(zeros: kept.count)
            let values = buffer.values
            for (place, row) in kept.enumerated() { values[place] = column[row] }
            return buffer.finish()
        }
        return BarColumns(
            openTime: pick(bars.openTime), closeTime: pick(bars.closeTime), open: pick(bars.open),
            high: pick(bars.high), low: pick(bars.low), close: pick(bars.close), volume: pick(bars.volume))
    }

    private static func replace(_ series: MarketSeries, _ columns: SeriesColumns) -> MarketSeries {
        MarketSeries(
            instrument: series.instrument, kind: series.kind, columns: columns,
            priceScale: series.priceScale, quantityScale: series.quantityScale,
            digest: columns.digest(
                kind: series.kind, priceScale: series.priceScale, quantityScale: series.quantityScale),
            warnings: series.warnings)
    }
}
