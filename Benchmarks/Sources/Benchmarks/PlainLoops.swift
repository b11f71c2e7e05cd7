import Markets

/// The arithmetic of the benchmarked runs in bare integers, without engine, ledger, orders or log: what the
/// engine is measured against. Each loop does what the run does with a row: decide, match, keep position
/// and cash, pay the commission of 10 basis points, value what is held, follow the deepest fall of equity
/// from its peak and the equity at the end of each day.
enum PlainLoops {
    /// Equity, its deepest fall and its squared daily changes, in units of the loop.
    struct Outcome {
        var equity: Int64 = 0
        var peak: Int64 = 0
        var drawdown: Int64 = 0
        var dayEnd = Int64.min
        var dayStart: Int64 = 0
        var squaredChanges = 0.0

        @inline(__always)
        mutating func value(_ equity: Int64, at time: Int64) {
            if time > dayEnd { turnDay(time) }
            self.equity = equity
            if equity > peak { peak = equity }
            if peak - equity > drawdown { drawdown = peak - equity }
        }

        private mutating func turnDay(_ time: Int64) {
            let change = Double(equity - dayStart)
            squaredChanges += change * change
            let day: Int64 = 86_400_000_000_000
            (dayStart, dayEnd) = (equity, (time / day + 1) * day)
        }
    }

    /// `sma-cross` by running sums, orders filled at the next open; equity in thousandths of a tick.
    @inline(never)
    static func smaCross(_ bars: BarColumns, fast: Int, slow: Int) -> Outcome {
        let (time, open, close) = (bars.closeTime.base, bars.open.base, bars.close.base)
        var (fastSum, slowSum, position, target, cash) = (Int64(0), Int64(0), Int64(0), Int64(0), Int64(0))
        var outcome = Outcome()
        for row in 0..<bars.close.count {
            if target != position {
                let change = target - position
                cash -= 1000 * change * open[row] + abs(change) * open[row]
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
            outcome.value(cash + 1000 * position * close[row], at: time[row])
        }
        return outcome
    }

    /// `quoter` with a quantity of 1: orders rest at the best prices of every `every`-th quote and fill when
    /// the other side comes to them, as far as its size goes; equity in 2000ths of a tick, at the middle of
    /// the book.
    @inline(never)
    static func quoter(_ quotes: QuoteColumns, every: Int, limit: Int64) -> Outcome {
        let (times, bids, asks) = (quotes.time.base, quotes.bid.base, quotes.ask.base)
        let (bidSizes, askSizes) = (quotes.bidSize.base, quotes.askSize.base)
        // No order: a price that is never reached.
        var (bid, ask, position, cash, seen) = (Int64.min, Int64.max, Int64(0), Int64(0), 0)
        var outcome = Outcome()
        for row in 0..<quotes.time.count {
            if asks[row] <= bid, askSizes[row] > 0 {
                position += 1
                cash -= 1001 * bid
                bid = Int64.min
            }
            if bids[row] >= ask, bidSizes[row] > 0 {
                position -= 1
                cash += 999 * ask
                ask = Int64.max
            }
            seen += 1
            if seen == every {
                seen = 0
                bid = position < limit ? bids[row] : Int64.min
                ask = position > -limit ? asks[row] : Int64.max
            }
            outcome.value(2 * cash + 1000 * position * (bids[row] + asks[row]), at: times[row])
        }
        return outcome
    }

    /// One unit held and sold short in three perpetuals by their shares, in thousandths of a tick: every
    /// bar's mark, the margin that it leaves, funding when it is due.
    @inline(never)
    static func basis(_ year: BasisYear) -> Outcome {
        let shares: [Int64] = [400, 300, 300]
        var outcome = Outcome()
        var (cash, worst) = (Int64(0), Int64.max)
        for row in 0..<BasisYear.hours {
            var equity = 1000 * (year.spot.close[row] - year.spot.open[0])
            for (place, share) in shares.enumerated() {
                let perpetual = year.perpetuals[place]
                let mark = perpetual.close[row]
                if (row + 1) % BasisYear.fundingHours == 0 {
                    let rate = year.rates[place][row / BasisYear.fundingHours]
                    cash += share * mark * rate / 100_000_000
                }
                let gain = share * (perpetual.open[0] - mark)
                equity += gain
                worst = min(worst, (share * perpetual.open[0] * 8 / 10 + gain) * 1000 / (share * mark))
            }
            outcome.value(equity + cash, at: year.spot.closeTime[row])
        }
        precondition(worst > 0, "margin is left")
        return outcome
    }
}
