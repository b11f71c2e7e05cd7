import Markets
import Units

/// The arithmetic of the benchmarked strategies without engine, ledger, orders or log: what the engine is
/// measured against.
enum PlainLoops {
    /// `sma-cross` by running sums, positions and cash in bare integers; gives the final equity in ticks.
    @inline(never)
    static func smaCross(_ bars: BarColumns, fast: Int, slow: Int) -> Int64 {
        let count = bars.close.count
        let (open, close) = (bars.open.base, bars.close.base)
        var (fastSum, slowSum, position, target, cash) = (Int64(0), Int64(0), Int64(0), Int64(0), Int64(0))
        for row in 0..<count {
            if target != position {
                cash -= (target - position) * open[row]
                position = target
            }
            fastSum += close[row]
            slowSum += close[row]
            if row >= fast { fastSum -= close[row - fast] }
            if row >= slow { slowSum -= close[row - slow] }
            if row >= slow - 1 {
                let difference = fastSum * Int64(slow) - slowSum * Int64(fast)
                if difference > 0 { target = 1 } else if difference < 0 { target = -1 }
            }
        }
        return cash + position * close[count - 1]
    }

    /// `quoter` by comparison of resting prices with each quote; gives final position and cash mixed.
    @inline(never)
    static func quoter(_ quotes: QuoteColumns, every: Int, limit: Int64) -> Int64 {
        let count = quotes.time.count
        let (bids, asks) = (quotes.bid.base, quotes.ask.base)
        var (bid, ask, position, cash) = (Int64(0), Int64.max, Int64(0), Int64(0))
        var seen = 0
        for row in 0..<count {
            if asks[row] <= bid && position < limit {
                position += 1
                cash -= bid
                bid = 0
            }
            if bids[row] >= ask && position > -limit {
                position -= 1
                cash += ask
                ask = Int64.max
            }
            seen += 1
            if seen == every {
                seen = 0
                (bid, ask) = (bids[row], asks[row])
            }
        }
        return cash + position
    }
}
