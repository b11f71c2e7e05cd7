internal import Markets
internal import Trading
internal import Units

/// The prices of one instrument by row, for judging what came after a moment: closes of bars, else mids of
/// quotes, else trades.
struct PriceRows {
    private let times: Column
    private let price: (Int) -> Double

    /// The prices of an instrument; nil where it has none.
    init?(_ instrument: InstrumentID, in series: [MarketSeries]) {
        let own = series.filter {
            $0.instrument == instrument && [.bars, .quotes, .trades].contains($0.kind)
        }
        guard let best = own.min(by: { $0.kind < $1.kind }), best.count > 1 else { return nil }
        times = best.columns.visibleTime
        switch best.columns {
        case .bars(let bars, _): price = { Double(bars.close[$0]) }
        case .quotes(let quotes):
            price = { row in
                let (bid, ask) = (Double(quotes.bid[row]), Double(quotes.ask[row]))
                return bid > 0 && ask > 0 ? (bid + ask) / 2 : max(bid, ask)
            }
        case .trades(let trades): price = { Double(trades.price[$0]) }
        case .values: return nil
        }
    }

    var count: Int { times.count }

    /// The last row visible at a moment; nil before the first.
    func row(at time: Instant) -> Int? {
        guard time < .distantFuture else { return times.count - 1 }
        let next = times.lowerBound(of: (time + Timespan(nanoseconds: 1)).nanoseconds)
        return next == 0 ? nil : next - 1
    }

    /// The return from a row over a number of rows; nil beyond the last.
    func change(from row: Int, over rows: Int) -> Double? {
        guard row + rows < times.count else { return nil }
        let (before, after) = (price(row), price(row + rows))
        return before > 0 && after > 0 ? after / before - 1 : nil
    }

    /// The mean return over a number of rows.
    func meanChange(over rows: Int) -> Double {
        let (first, last) = (price(0), price(times.count - 1))
        guard first > 0, last > 0, times.count > 1 else { return 0 }
        return (last / first - 1) / Double(times.count - 1) * Double(rows)
    }
}

/// How well the sides of decisions foretell what the market did after them.
struct Foresight {
    /// `Σ s k / √(Σ k²)` with k the rank of the size of the return after a decision, less the mean return,
    /// and s 1 where the decision was on its side, -1 where not. When sides know nothing of what follows, it
    /// exceeds x with a probability of at most `exp(-x² / 2)`, whatever the distribution of returns, as long
    /// as gains and losses are alike. Source: F. Wilcoxon, "Individual Comparisons by Ranking Methods",
    /// Biometrics Bulletin 1(6), 1945 (signed ranks); the bound is W. Hoeffding's, JASA 58(301), 1963.
    let statistic: Double
    /// Share of the decisions after which the market went their way.
    let hits: Double
    /// Decisions that count: those whose spans do not overlap.
    let count: Int
    /// Rows over which returns are taken.
    let rows: Int

    /// Numbers of rows over which returns are taken.
    static let spans = [1, 2, 5, 10, 20]
    /// Fewer decisions prove nothing: the statistic is then below 4.5 whatever they are.
    static let leastDecisions = 27

    /// The strongest foresight of any instrument and span; nil where decisions are too few.
    ///
    /// A market that repeats itself is foreseen by anybody: the statistic must stand out from the same
    /// against returns at ``lags`` other times, or it counts as none.
    static func strongest(of decisions: [Decision], _ subject: AuditSubject) -> Foresight? {
        var best: Foresight?
        for (place, instrument) in subject.instruments.enumerated() {
            guard let prices = PriceRows(instrument.id, in: subject.series) else { continue }
            let sides = sides(of: decisions, InstrumentIndex(place), prices)
            for rows in spans {
                guard let one = Foresight(sides, prices, rows: rows, lag: 0) else { continue }
                guard one.statistic > best?.statistic ?? -.infinity else { continue }
                if one.statistic < ForeknowledgeCheck.threshold || one.standsOut(sides, prices, subject) {
                    best = one
                }
            }
        }
        return best
    }

    /// Times against which foresight is held beside the true one.
    static let lags = 40

    private func standsOut(
        _ sides: [(row: Int, side: Int)], _ prices: PriceRows, _ subject: AuditSubject
    ) -> Bool {
        var dice = SplitMix64(seed: subject.options.seed, purpose: "lags")
        guard prices.count > 4 * rows + 4 else { return false }
        for _ in 0..<Foresight.lags {
            let lag = Int(dice.integer(in: Int64(2 * rows)...Int64(prices.count - 2 * rows)))
            guard let other = Foresight(sides, prices, rows: rows, lag: lag) else { continue }
            if abs(other.statistic) * 1.5 > statistic { return false }
        }
        return true
    }

    /// The net side asked for at each row.
    private static func sides(
        of decisions: [Decision], _ instrument: InstrumentIndex, _ prices: PriceRows
    ) -> [(row: Int, side: Int)] {
        var sides: [(row: Int, side: Int)] = []
        for decision in decisions {
            guard case .submit(_, let request, _) = decision.ask, request.instrument == instrument,
                let row = prices.row(at: decision.time)
            else { continue }
            let side = request.side == .buy ? 1 : -1
            if sides.last?.row == row {
                sides[sides.count - 1].side += side
            } else {
                sides.append((row, side))
            }
        }
        return sides
    }

    /// - Parameter lag: by how many rows the returns are taken later, the first following the last.
    private init?(_ sides: [(row: Int, side: Int)], _ prices: PriceRows, rows: Int, lag: Int) {
        let mean = prices.meanChange(over: rows)
        var (excesses, free): ([Double], Int) = ([], 0)
        for (row, side) in sides where side != 0 && row >= free {
            let from = (row + lag) % prices.count
            guard let change = prices.change(from: from, over: rows), change != mean else { continue }
            excesses.append((change - mean) * (side > 0 ? 1 : -1))
            free = row + rows
        }
        count = excesses.count
        guard count >= Foresight.leastDecisions else { return nil }
        statistic = Foresight.signedRanks(&excesses)
        hits = Double(excesses.count { $0 > 0 }) / Double(count)
        self.rows = rows
    }

    /// The sum of the signed ranks over the root of the sum of their squares; equal sizes share their ranks.
    private static func signedRanks(_ excesses: inout [Double]) -> Double {
        excesses.sort { abs($0) < abs($1) }
        var (sum, squares, start) = (0.0, 0.0, 0)
        while start < excesses.count {
            let size = abs(excesses[start])
            var end = start
            while end < excesses.count, abs(excesses[end]) == size { end += 1 }
            let rank = Double(start + end + 1) / 2
            for excess in excesses[start..<end] {
                sum += excess > 0 ? rank : -rank
                squares += rank * rank
            }
            start = end
        }
        return sum / squares.squareRoot()
    }

    /// Words for a finding.
    var words: String {
        "\(NumberText.percent(hits, 0)) of \(NumberText.count(count)) decisions went the way of the next "
            + (rows == 1 ? "row" : "\(rows) rows")
    }
}
