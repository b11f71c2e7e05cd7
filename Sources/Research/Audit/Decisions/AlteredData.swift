internal import Markets
internal import Units

/// The data of a run as they might have been: cut off, with another future, turned in time, or with a
/// little noise. Times of rows stay as they are, and so do scales and instruments.
struct AlteredData {
    let series: [MarketSeries]

    /// How many rows of another future follow a cut in each series. Nothing that comes after the cut is
    /// compared, so a few are as good as all.
    static let futureRows = 256

    /// The data as known at a moment: rows visible by then, and the open of a bar that had begun, at which
    /// orders fill, as the rest of that bar.
    func cut(at time: Instant) -> [MarketSeries] {
        series.map { one in
            let (known, begun) = AlteredData.known(one, at: time)
            return one.replacing(rows: known + begun) { rows in
                if begun == 1 { rows.flattenLast() }
            }
        }
    }

    /// The data as known at a moment, with a future that goes the other way: what rose falls as much, and
    /// each row is off by up to 3 in 1,000 from the seed.
    func turned(after time: Instant, seed: UInt64) -> [MarketSeries] {
        series.enumerated().map { place, one in
            var dice = SplitMix64(seed: seed, purpose: "turned \(place)")
            let (known, begun) = AlteredData.known(one, at: time)
            let count = min(one.count, known + AlteredData.futureRows)
            return one.replacing(rows: count) { rows in
                rows.turn(from: known, keepsOpen: begun == 1, &dice)
            }
        }
    }

    /// The data with the content of each row moved to another time: by a share of the rows of its series,
    /// the end of which comes first. Every feature of the market is still there, and nothing of it tells what
    /// the market did at the time at which it is shown. Indices of lending pools, which only grow, stay.
    func rotated(by share: Double) -> [MarketSeries] {
        series.map { one in
            if one.kind == .index { return one }
            let shift = Int(Double(one.count) * share)
            return one.replacing(rows: one.count) { rows in rows.rotate(by: shift) }
        }
    }

    /// Bars with each row's prices moved together by up to a part of the usual move from close to close.
    /// Other series stay.
    func noisy(part: Double, seed: UInt64) -> [MarketSeries] {
        series.enumerated().map { place, one in
            guard case .bars(let bars, _) = one.columns else { return one }
            let limit = Int64(max(1, AlteredData.usualMove(bars.close) * part))
            var dice = SplitMix64(seed: seed, purpose: "noise \(place)")
            return one.replacing(rows: one.count) { rows in rows.shake(by: limit, &dice) }
        }
    }

    /// Rows visible at a moment, and 1 where a bar had begun then.
    private static func known(_ one: MarketSeries, at time: Instant) -> (rows: Int, begun: Int) {
        let next = time == .distantFuture ? time : time + Timespan(nanoseconds: 1)
        let known = one.columns.visibleTime.lowerBound(of: next.nanoseconds)
        guard case .bars(let bars, _) = one.columns, known < bars.openTime.count,
            bars.openTime[known] <= time.nanoseconds
        else { return (known, 0) }
        return (known, 1)
    }

    /// The median of the moves from one close to the next, those of nothing left out.
    static func usualMove(_ close: Column) -> Double {
        guard close.count > 1 else { return 0 }
        let step = max(1, close.count / 10_000)
        var moves: [Double] = []
        for row in stride(from: 1, to: close.count, by: step) {
            let move = abs(Double(close[row]) - Double(close[row - 1]))
            if move > 0 { moves.append(move) }
        }
        return moves.isEmpty ? 0 : moves.sorted()[moves.count / 2]
    }
}

extension MarketSeries {
    /// A series of the first rows of this one, changed. Its digest stays that of this one: it is never
    /// written down.
    fileprivate func replacing(rows count: Int, _ change: (inout EditableRows) -> Void) -> MarketSeries {
        var rows = EditableRows(self, count: count)
        change(&rows)
        return MarketSeries(
            instrument: instrument, kind: kind, columns: rows.finish(), priceScale: priceScale,
            quantityScale: quantityScale, digest: digest, warnings: [])
    }
}
