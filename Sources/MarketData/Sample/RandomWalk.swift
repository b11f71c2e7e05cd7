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
        precondition(count >= 0, "a number of bars is not negative")
        let (opens, closes, volumes) = buffers(count)
        let (openTimes, closeTimes, highs) = buffers(count)
        let lows = ColumnBuffer(capacity: count)
        var random = SplitMix64(seed: seed, purpose: "random walk bars")
        var close: Int64 = 100_000
        var time = firstTime
        let minute = Timespan.minute.nanoseconds
        for _ in 0..<count {
            let bits = random.next()
            let open = close
            close = bounded(open + Int64(bits & 31) - Int64(bits >> 5 & 31))
            openTimes.append(time)
            time += minute
            closeTimes.append(time)
            opens.append(open)
            highs.append(max(open, close) + Int64(bits >> 10 & 7))
            lows.append(min(open, close) - Int64(bits >> 13 & 7))
            closes.append(close)
            volumes.append(1 + Int64(bits >> 16 & 0xFFFF))
        }
        return BarColumns(
            openTime: openTimes.finish(), closeTime: closeTimes.finish(), open: opens.finish(),
            high: highs.finish(), low: lows.finish(), close: closes.finish(), volume: volumes.finish())
    }

    /// Quotes of one instrument, 1 to 256 milliseconds apart from 2010-01-01; the bid moves by at most three
    /// ticks within the bounds of ``bars(count:seed:)``, the ask is one to four ticks above it.
    public static func quotes(count: Int, seed: UInt64) -> QuoteColumns {
        precondition(count >= 0, "a number of quotes is not negative")
        let (times, bids, asks) = buffers(count)
        let (bidSizes, askSizes, _) = buffers(count)
        var random = SplitMix64(seed: seed, purpose: "random walk quotes")
        var bid: Int64 = 100_000
        var time = firstTime
        for _ in 0..<count {
            let bits = random.next()
            bid = bounded(bid + Int64(bits & 3) - Int64(bits >> 2 & 3))
            time += 1_000_000 * (1 + Int64(bits >> 4 & 0xFF))
            times.append(time)
            bids.append(bid)
            asks.append(bid + 1 + Int64(bits >> 12 & 3))
            bidSizes.append(1 + Int64(bits >> 14 & 0xFFF))
            askSizes.append(1 + Int64(bits >> 26 & 0xFFF))
        }
        return QuoteColumns(
            time: times.finish(), bid: bids.finish(), ask: asks.finish(), bidSize: bidSizes.finish(),
            askSize: askSizes.finish())
    }

    /// 2010-01-01T00:00:00Z.
    private static let firstTime: Int64 = 1_262_304_000_000_000_000

    private static func buffers(_ count: Int) -> (ColumnBuffer, ColumnBuffer, ColumnBuffer) {
        (ColumnBuffer(capacity: count), ColumnBuffer(capacity: count), ColumnBuffer(capacity: count))
    }

    @inline(__always)
    private static func bounded(_ price: Int64) -> Int64 { min(max(price, 1_000), 1_000_000_000) }
}
