import Research
import Testing
import Units

@Suite("Statistics of returns")
struct ReturnStatisticsTests {
    private func near(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) <= abs(expected) * 1e-12 } ?? false
    }

    // Expected figures: numpy 2.4, and equal to empyrical-reloaded 0.5 with annualization=365.
    @Test("figures agree with numpy and empyrical")
    func reference() {
        let returns = (1...250).map { Double(($0 * 37) % 101 - 48) / 5_000 }
        let figures = ReturnStatistics(returns: returns, periodsPerYear: 365)
        #expect(near(figures.totalReturn, 0.101600420346037))
        #expect(near(figures.annualizedReturn, 0.151741924165403))
        #expect(near(figures.volatility, 0.11121393580874785))
        #expect(near(figures.sharpe, 1.3259129705973507))
        #expect(near(figures.sortino, 1.9985097373036504))
        #expect(near(figures.expectedShortfall, -0.009138461538461538))
        #expect(near(figures.best, 0.0104) && near(figures.worst, -0.0096))
        #expect(near(figures.positivePeriods, 0.516))
    }

    @Test("three returns of an exchange, by hand and numpy")
    func three() {
        let figures = ReturnStatistics(returns: [0.01, -0.02, 0.03], periodsPerYear: 252)
        #expect(near(figures.volatility, 0.3994996871087636))
        #expect(near(figures.sharpe, 4.205259864302774))
        #expect(near(figures.sortino, 9.165151389911678))
        #expect(near(figures.annualizedReturn, 4.0618891594159985))
        #expect(near(figures.expectedShortfall, -0.02))
    }

    @Test("what is not defined is nil")
    func undefined() {
        let none = ReturnStatistics(returns: [], periodsPerYear: 365)
        #expect(none.totalReturn == nil && none.sharpe == nil && none.best == nil)
        let one = ReturnStatistics(returns: [0.01], periodsPerYear: 365)
        #expect(near(one.totalReturn, 0.01))
        #expect(one.volatility == nil && one.sharpe == nil && one.annualizedReturn == nil)
        let equal = ReturnStatistics(returns: [Double](repeating: 0.01, count: 30), periodsPerYear: 365)
        #expect(equal.sharpe == nil && equal.sortino == nil && equal.volatility != nil)
        let flat = ReturnStatistics(returns: [0, 0, 0], periodsPerYear: 365)
        #expect(flat.sharpe == nil && flat.sortino == nil && flat.volatility == 0 && flat.totalReturn == 0)
        let lost = ReturnStatistics(returns: [-0.5, -1.5, nil], periodsPerYear: 365)
        #expect(lost.totalReturn == nil && lost.sharpe == nil)
        let ruined = ReturnStatistics(returns: [0.1, -1], periodsPerYear: 365)
        #expect(near(ruined.totalReturn, -1) && ruined.annualizedReturn == nil)
        let huge = ReturnStatistics(returns: [1e200, 1e200], periodsPerYear: 365)
        #expect(huge.totalReturn == nil && huge.annualizedReturn == nil)
    }

    @Test("periods in a year follow the market for days and the calendar for longer bars")
    func annualisation() {
        #expect(Annualisation.periodsPerYear(daysPerYear: 252, periodLength: .day) == 252)
        #expect(Annualisation.periodsPerYear(daysPerYear: 365, periodLength: .hour) == 365)
        #expect(near(Annualisation.periodsPerYear(daysPerYear: 252, periodLength: 7 * .day), 365.0 / 7))
    }

    @Test("months multiply their periods, and a midnight belongs to the month it ends")
    func months() throws {
        var recorder = EquityRecorder(
            scale: Scale(0), start: Instant(iso8601: "2024-01-30T12:00:00Z")!, initialEquity: 100,
            initialCash: 100)
        let steps: [(String, Int128)] = [
            ("2024-01-31T00:00:00Z", 110), ("2024-02-01T00:00:00Z", 121), ("2024-02-01T00:00:01Z", 60),
            ("2024-03-01T00:00:00Z", 242), ("2024-03-05T00:00:00Z", 484),
        ]
        for (time, equity) in steps {
            recorder.append(
                time: Instant(iso8601: time)!.nanoseconds, equity: equity, cash: equity, netFlows: 0)
        }
        var result = try SyntheticRun(bars: 1).run().result
        result.equity = recorder.finish()
        let months = BacktestStatistics(result).months
        #expect(months.map(\.month) == [1, 2, 3])
        #expect(near(months[0].value, 0.21) && near(months[1].value, 1) && near(months[2].value, 1))
    }

    @Test("trade figures by hand")
    func trades() throws {
        var result = try SyntheticRun(bars: 600).run().result
        let model = try #require(result.roundTrips.first)
        func trip(_ profit: Int, hours: Int) -> RoundTrip {
            RoundTrip(
                instrument: model.instrument, strategy: 0, isLong: true, entryTime: model.entryTime,
                exitTime: model.entryTime + hours * .hour, quantity: model.quantity,
                entryPrice: model.entryPrice, exitPrice: model.exitPrice, profit: ExactDecimal(profit),
                fees: .zero)
        }
        result.roundTrips = [trip(30, hours: 1), trip(-10, hours: 2), trip(0, hours: 3), trip(-5, hours: 2)]
        let figures = BacktestStatistics(result).trades
        #expect(figures.hitRate == 0.25 && figures.profitFactor == 2)
        #expect(figures.averageWin == 30 && figures.averageLoss == -7.5)
        #expect(figures.averageHoldingSeconds == 7_200)
        result.roundTrips = []
        let none = BacktestStatistics(result).trades
        #expect(none.hitRate == nil && none.profitFactor == nil && none.averageWin == nil)
    }
}
