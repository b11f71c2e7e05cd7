import Markets
import Research
import Testing
import Units

@Suite struct BenchmarkCurveTests {
    private func hour(_ hour: Int) -> Instant { Instant(day: 19_000) + hour * .hour }

    /// Hourly bars from an hour on, with these closes; each opens at the close before it, the first at 90.
    private func bars(from first: Int, _ closes: [Int64]) -> MarketSeries {
        let opens = Array(([90] + closes).prefix(closes.count))
        let times = closes.indices.map { hour(first + $0).nanoseconds }
        let column = Column(closes)
        let columns = SeriesColumns.bars(
            BarColumns(
                openTime: Column(times), closeTime: Column(times.map { $0 + Timespan.hour.nanoseconds }),
                open: Column(opens), high: column, low: column, close: column,
                volume: Column(closes.map { _ in 1 })), .fixed(.hour))
        return MarketSeries(
            instrument: InstrumentID("binance:spot:ETHUSDT")!, kind: .bars, columns: columns,
            priceScale: Scale(0), quantityScale: Scale(0),
            digest: columns.digest(kind: .bars, priceScale: Scale(0), quantityScale: Scale(0)), warnings: [])
    }

    /// An equity curve whose periods end at these hours.
    private func curve(start: Int, _ hours: [Int]) -> EquityCurve {
        var recorder = EquityRecorder(
            scale: Scale(0), start: hour(start), initialEquity: 100, initialCash: 100,
            everyStepIsPeriod: true)
        for end in hours {
            recorder.append(time: hour(end).nanoseconds, equity: 100, cash: 100, netFlows: 0)
        }
        return recorder.finish()
    }

    @Test func itStandsAtTheLastCloseAndStartsAtTheFirstOpen() throws {
        // Closes at 1, 2, 3, 4 o'clock.
        let series = bars(from: 0, [100, 110, 121, 242])
        let whole = try #require(BenchmarkCurve(bars: series, over: curve(start: 0, [1, 2, 3, 4])))
        #expect(near(whole.periodReturns, [10.0 / 90, 0.1, 0.1, 1]))
        #expect(near(whole.points.map(\.growth), [90, 100, 110, 121, 242].map { $0 / 90 }))
        #expect(whole.points.map(\.time) == [0, 1, 2, 3, 4].map(hour))
        // What happened before the start counts for nothing, and a hole holds the last close.
        let late = try #require(BenchmarkCurve(bars: series, over: curve(start: 2, [3, 6, 7])))
        #expect(near(late.periodReturns, [0.1, 1, 0]))
        #expect(late.points.map(\.time) == [2, 3, 4].map(hour) && late.lastClose == hour(4))
        // A benchmark that begins later stands at its first open until then.
        let early = try #require(BenchmarkCurve(bars: series, over: curve(start: -5, [-1, 1])))
        #expect(near(early.periodReturns, [0, 10.0 / 90]))
        #expect(BenchmarkCurve(bars: series, over: curve(start: -9, [-8, -7])) == nil)
        #expect(BenchmarkCurve(bars: bars(from: 0, []), over: curve(start: 0, [1])) == nil)
    }

    private func near(_ values: [Double?], _ expected: [Double]) -> Bool {
        values.count == expected.count
            && zip(values, expected).allSatisfy { $0.map { abs($0) } != nil && abs($0! - $1) < 1e-14 }
    }

    /// A benchmark changes nothing of the run, and its figures are those of a second computation.
    @Test func figuresBesideTheBenchmarkAreThoseOfASecondComputation() throws {
        let (plain, series) = try SyntheticRun(bars: 24 * 90).run()
        var held = plain
        held.setBenchmark(series)
        #expect(held.data.warnings.isEmpty && held.finalEquity == plain.finalEquity)
        let statistics = BacktestStatistics(held)
        let figures = try #require(statistics.benchmark)
        // The close of each midnight, from the columns themselves; the first open is the first close here.
        guard case .bars(let bars, _) = series.columns else { return }
        let closes = (0..<91).map { Double(bars.close[max(0, $0 * 24 - 1)]) }
        let own = held.equity.periodReturns.compactMap { $0 }
        let other = zip(closes, closes.dropFirst()).map { $1 / $0 - 1 }
        #expect(own.count == 90 && other.count == 90)
        let n = 90.0
        let (a, b) = (own.reduce(0, +) / n, other.reduce(0, +) / n)
        // Covariance as mean of products less product of means.
        let covariance = zip(own, other).reduce(0) { $0 + $1.0 * $1.1 } / n - a * b
        let variance = other.reduce(0) { $0 + $1 * $1 } / n - b * b
        let beta = covariance / variance
        func near(_ value: Double?, _ expected: Double) -> Bool {
            value.map { abs($0 - expected) < 1e-9 * max(1, abs(expected)) } ?? false
        }
        #expect(near(figures.beta, beta) && near(figures.alpha, (a - beta * b) * 365))
        let active = zip(own, other).map { $0 - $1 }
        let mean = active.reduce(0, +) / n
        let spread = (active.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 89).squareRoot()
        #expect(near(figures.trackingError, spread * 365.0.squareRoot()))
        #expect(near(figures.informationRatio, mean / spread * 365.0.squareRoot()))
        #expect(near(figures.totalReturn, closes[90] / closes[0] - 1))
        #expect(BacktestStatistics(plain).benchmark == nil)
    }

    @Test func aBenchmarkThatEndsEarlyOrIsNotThereIsAWarning() throws {
        let run = SyntheticRun(bars: 24 * 5)
        var (result, _) = try run.run()
        let short = try SyntheticRun(bars: 24).run().series
        result.setBenchmark(short)
        #expect(result.data.warnings.count == 1)
        #expect(result.data.warnings[0].contains("has no bar after 2023-12-30T00:00:00Z"))
        var later = try run.run().result
        later.setBenchmark(try SyntheticRun(bars: 24, start: Instant(day: 20_000)).run().series)
        #expect(later.benchmark == nil)
        #expect(later.data.warnings[0].contains("has no bar in the run's window"))
    }
}
