import Markets

/// The arithmetic of the benchmarked runs in bare integers, without engine, ledger, orders, commission
/// or log:
/// what the engine is measured against. Each loop does what the run does with a row: decide, match, keep
/// position and cash, value them, follow the deepest fall of equity from its peak.
enum PlainLoops {
    /// Equity and its deepest fall, in units of the loop.
    struct Outcome {
        var equity: Int64 = 0
        var peak: Int64 = 0
        var drawdown: Int64 = 0

        @inline(__always)
        mutating func value(_ equity: Int64) {
            self.equity = equity
            if equity > peak { peak = equity }
            if peak - equity > drawdown { drawdown = peak - equity }
        }
    }

    /// `sma-cross` by running sums, orders filled at the next open; equity in ticks.
    @inline(never)
    static func smaCross(_ bars: BarColumns, fast: Int, slow: Int) -> Outcome {
        let (open, close) = (bars.open.base, bars.close.base)
        var (fastSum, slowSum, position, target, cash) = (Int64(0), Int64(0), Int64(0), Int64(0), Int64(0))
        var outcome = Outcome()
        for row in 0..<bars.close.count {
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
            outcome.value(cash + position * close[row])
        }
        return outcome
    }

    /// `quoter` with a quantity of 1: orders rest at the best prices of every `every`-th quote and fill when
    /// the other side comes to them, as far as its size goes; equity in half ticks, at the middle of the
    /// book.
    @inline(never)
    static func quoter(_ quotes: QuoteColumns, every: Int, limit: Int64) -> Outcome {
        let (bids, asks) = (quotes.bid.base, quotes.ask.base)
        let (bidSizes, askSizes) = (quotes.bidSize.base, quotes.askSize.base)
        // No order: a price that is never reached.
        var (bid, ask, position, cash, seen) = (Int64.min, Int64.max, Int64(0), Int64(0), 0)
        var outcome = Outcome()
        for row in 0..<quotes.time.count {
            if asks[row] <= bid, askSizes[row] > 0 {
                position += 1
                cash -= bid
                bid = Int64.min
            }
            if bids[row] >= ask, bidSizes[row] > 0 {
                position -= 1
                cash += ask
                ask = Int64.max
            }
            seen += 1
            if seen == every {
                seen = 0
                bid = position < limit ? bids[row] : Int64.min
                ask = position > -limit ? asks[row] : Int64.max
            }
            outcome.value(2 * cash + position * (bids[row] + asks[row]))
        }
        return outcome
    }
}
