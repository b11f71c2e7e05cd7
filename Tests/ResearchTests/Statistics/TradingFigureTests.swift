import Accounting
import Markets
import Research
import Testing
import Units

/// Figures of fills and round trips against a second computation, from the text of the files that a result
/// folder holds.
@Suite struct TradingFigureTests {
    private func rows(_ text: String) -> [[Substring]] {
        text.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
    }

    private func near(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) <= 1e-12 * max(1, abs(expected)) } ?? false
    }

    @Test func figuresAgreeWithTheFilesOfTheFolder() throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let run = SyntheticRun(bars: 24 * 30 + Int(seed) * 7, seed: seed, flipEvery: Int64(seed) * 4)
            let result = try run.run().result
            let statistics = BacktestStatistics(result)
            let fills = rows(ResultTables.fills(result, orderPrefix: "a").text)
            let returns = rows(ResultTables.returns(result).text)
            let trades = rows(ResultTables.trades(result).text)
            let notional = try fills.reduce(0.0) { sum, row in
                sum + (try #require(Double(row[3]))) * (try #require(Double(row[4])))
            }
            let equity = try returns.map { try #require(Double($0[1])) }
            let mean = equity.reduce(0, +) / Double(equity.count)
            let years = Double(equity.count - 1) / 365
            #expect(near(statistics.trades.turnover, notional / mean / years))
            let profits = try trades.map { try #require(Double($0[8])) }
            let won = profits.filter { $0 > 0 }
            let lost = profits.filter { $0 < 0 }
            #expect(near(statistics.trades.hitRate, Double(won.count) / Double(profits.count)))
            #expect(near(statistics.trades.profitFactor, won.reduce(0, +) / -lost.reduce(0, +)))
            #expect(near(statistics.trades.averageWin, won.reduce(0, +) / Double(won.count)))
            #expect(near(statistics.trades.averageLoss, lost.reduce(0, +) / Double(lost.count)))
            try checkCurve(result, statistics)
        }
    }

    /// Drawdown, its length and the time in the market from the rows of `equity.csv`, none of them left out.
    private func checkCurve(_ result: BacktestResult, _ statistics: BacktestStatistics) throws {
        let curve = rows(ResultTables.equity(result.equity).text)
        let times = try curve.map { try #require(Instant(iso8601: $0[0])) }
        let equity = try curve.map { try #require(Double($0[1])) }
        #expect(curve.count == result.steps + 1)
        let held = curve.dropFirst().count { $0[1] != $0[2] }
        #expect(statistics.exposure == Double(held) / Double(result.steps))
        var (deepest, longest) = (0.0, Timespan.zero)
        for start in equity.indices {
            // The fall from every point to the next that is as high, or to the end.
            let next = equity[(start + 1)...].firstIndex { $0 >= equity[start] } ?? equity.count - 1
            let low = equity[start...next].min() ?? equity[start]
            deepest = max(deepest, 1 - low / equity[start])
            if low < equity[start] { longest = max(longest, times[next].since(times[start])) }
        }
        #expect(near(statistics.maxDrawdown, deepest))
        #expect(statistics.longestDrawdown == longest)
        #expect(near(statistics.calmar, try #require(statistics.returns.annualizedReturn) / deepest))
    }

    @Test func figuresOfAQuoteThatIsNotTheShareClassAreNotDefined() throws {
        var result = try SyntheticRun(bars: 500).run().result
        result.plan.shareClass = Asset("ETH")!
        let trades = BacktestStatistics(result).trades
        #expect(trades.profitFactor == nil && trades.turnover == nil && trades.averageWin == nil)
        #expect(trades.hitRate != nil)
    }
}
