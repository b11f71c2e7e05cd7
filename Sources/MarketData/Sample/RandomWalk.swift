public import Markets
internal import Units

/// Long series for benchmarks, straight into columns: random walks in ticks, integers alone.
public enum RandomWalk {
    /// Minute bars of one instrument, one after the other from 2010-01-01.
    ///
    /// The price starts at 100,000 ticks, moves by at most 31 ticks a bar and stays between 1,000 and
    /// 1,000,000,000 ticks; each bar opens where the one before closed.
    ///
    /// - Parameters:
    ///   - count: bars, at least 0.
    ///   - seed: equal seeds give equal bars.
    public static func bars(count: Int, seed: UInt64) -> BarColumns {
        let buffers = (0..<7).map { _ in ColumnBuffer(zeros: count) }
        let (openTimes, closeTimes) = (buffers[0].values, buffers[1].values)
        let (opens, highs, lows) = (buffers[2].values, buffers[3].values, buffers[4].values)
        let (closes, volumes) = (buffers[5].values, buffers[6].values)
        var random = SplitMix64(seed: seed, purpose: "random walk bars")
        var close: Int64 = 100_000
        var time = firstTime
        let minute = Timespan.minute.nanoseconds
        for row in 0..<count {
            let bits = random.next()
            let open = close
            close = bounded(open + Int64(bits & 31) - Int64(bits >> 5 & 31))
            openTimes[row] = time
            time += minute
            closeTimes[row] = time
            opens[row] = open
            highs[row] = max(open, close) + Int64(bits >> 10 & 7)
            lows[row] = min(open, close) - Int64(bits >> 13 & 7)
            closes[row] = close
            volumes[row] = 1 + Int64(bits >> 16 & 0xFFFF)
        }
        let done = buffers.map { $0.finish() }
        return BarColumns(
            openTime: done[0], closeTime: done[1], open: done[2], high: done[3], low: done[4],
            close: done[5], volume: done[6])
    }

    /// Quotes of one instrument, 1 to 256 milliseconds apart from 2010-01-01; the bid moves by at most three
    /// ticks within the bounds of ``bars(count:seed:)``, the ask is one to four ticks above it.
    public static func quotes(count: Int, seed: UInt64) -> QuoteColumns {
        let buffers = (0..<5).map { _ in ColumnBuffer(zeros: count) }
        let (times, bids, asks) = (buffers[0].values, buffers[1].values, buffers[2].values)
        let (bidSizes, askSizes) = (buffers[3].values, buffers[4].values)
        var random = SplitMix64(seed: seed, purpose: "random walk quotes")
        var bid: Int64 = 100_000
        var time = firstTime
        for row in 0..<count {
            let bits = random.next()
            bid = bounded(bid + Int64(bits & 3) - Int64(bits >> 2 & 3))
            time += 1_000_000 * (1 + Int64(bits >> 4 & 0xFF))
            times[row] = time
            bids[row] = bid
            asks[row] = bid + 1 + Int64(bits >> 12 & 3)
            bidSizes[row] = 1 + Int64(bits >> 14 & 0xFFF)
            askSizes[row] = 1 + Int64(bits >> 26 & 0xFFF)
        }
        let done = buffers.map { $0.finish() }
        return QuoteColumns(time: done[0], bid: done[1], ask: done[2], bidSize: done[3], askSize: done[4])
    }

    /// 2010-01-01T00:00:00Z.
    private static let firstTime: Int64 = 1_262_304_000_000_000_000

    @inline(__always)
    private static func bounded(_ price: Int64) -> Int64 { min(max(price, 1_000), 1_000_000_000) }
}
