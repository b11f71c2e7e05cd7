public import Markets
public import Units

/// Long series for benchmarks, straight into columns: random walks in ticks, integers alone.
public enum RandomWalk {
    /// Minute bars of one instrument, one after the other from 2010-01-01.
    ///
    /// The price starts at 100,000 ticks, moves by at most 15 ticks a bar and stays between 1,000 and
    /// 1,000,000,000 ticks; each bar opens where the one before closed.
    ///
    /// - Parameters:
    ///   - count: bars, at least 0.
    ///   - seed: equal seeds give equal bars.
    public static func bars(count: Int, seed: UInt64) -> BarColumns {
        precondition(count >= 0, "a number of bars is not negative")
        let columns = (0..<7).map { _ in ColumnBuffer(capacity: count) }
        var random = SplitMix64(seed: seed, purpose: "random walk bars")
        var close: Int64 = 100_000
        var time: Int64 = 1_262_304_000_000_000_000
        let minute = Timespan.minute.nanoseconds
        for _ in 0..<count {
            let bits = random.next()
            let open = close
            close = bounded(open + Int64(bits & 31) - Int64(bits >> 5 & 31))
            columns[0].append(time)
            time += minute
            columns[1].append(time)
            columns[2].append(open)
            columns[3].append(max(open, close) + Int64(bits >> 10 & 7))
            columns[4].append(min(open, close) - Int64(bits >> 13 & 7))
            columns[5].append(close)
            columns[6].append(1 + Int64(bits >> 16 & 0xFFFF))
        }
        let done = columns.map { $0.finish() }
        return BarColumns(
            openTime: done[0], closeTime: done[1], open: done[2], high: done[3], low: done[4],
            close: done[5], volume: done[6])
    }

    /// Quotes of one instrument, 1 to 256 milliseconds apart from 2010-01-01, the bid walking as in
    /// ``bars(count:seed:)``, the ask one to four ticks above it.
    public static func quotes(count: Int, seed: UInt64) -> QuoteColumns {
        precondition(count >= 0, "a number of quotes is not negative")
        let columns = (0..<5).map { _ in ColumnBuffer(capacity: count) }
        var random = SplitMix64(seed: seed, purpose: "random walk quotes")
        var bid: Int64 = 100_000
        var time: Int64 = 1_262_304_000_000_000_000
        for _ in 0..<count {
            let bits = random.next()
            bid = bounded(bid + Int64(bits & 3) - Int64(bits >> 2 & 3))
            time += 1_000_000 * (1 + Int64(bits >> 4 & 0xFF))
            columns[0].append(time)
            columns[1].append(bid)
            columns[2].append(bid + 1 + Int64(bits >> 12 & 3))
            columns[3].append(1 + Int64(bits >> 14 & 0xFFF))
            columns[4].append(1 + Int64(bits >> 26 & 0xFFF))
        }
        let done = columns.map { $0.finish() }
        return QuoteColumns(time: done[0], bid: done[1], ask: done[2], bidSize: done[3], askSize: done[4])
    }

    @inline(__always)
    private static func bounded(_ price: Int64) -> Int64 { min(max(price, 1_000), 1_000_000_000) }
}
