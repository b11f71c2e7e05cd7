import MarketData
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import Units

/// Statistics of a real run against pandas and numpy over the reference's bars and fills: equity at each
/// close, the last of each UTC day (midnight belongs to the day it ends), simple returns.
@Suite struct ReferenceStatisticsTests {
    private func near(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) <= abs(expected) * 1e-9 } ?? false
    }

    @Test func figuresAgreeWithASecondComputation() throws {
        guard let folder = SharedReference.smaCross else { return }
        let series = try SMACrossReferenceTests.series(folder)
        let result = try Backtest.run(
            plan: SMACrossReferenceTests.plan(fast: 10, slow: 30, fill: .nextOpen), series: [series],
            registry: StrategyRegistry(BuiltInStrategies.all), options: BacktestOptions(keepsRecords: true))
        let figures = BacktestStatistics(result)
        #expect(figures.returns.periods == 70)
        #expect(near(figures.totalReturn, -0.003956577084600066))
        #expect(near(figures.returns.annualizedReturn, -0.02045945106451741))
        #expect(near(figures.returns.volatility, 0.0002189265555672312))
        #expect(near(figures.returns.sharpe, -94.41995666926789))
        #expect(near(figures.returns.sortino, -18.73075507063152))
        #expect(near(figures.maxDrawdown, 0.003957489472839834))
        #expect(near(figures.returns.expectedShortfall, -7.8287262962079e-05))
        #expect(near(figures.exposure, 0.9997))
        let tracks = PriceTrack.tracks(of: result, [series])
        #expect(tracks.count == 1 && tracks[0].kind == "close" && tracks[0].points.count <= 4_000)
    }
}
