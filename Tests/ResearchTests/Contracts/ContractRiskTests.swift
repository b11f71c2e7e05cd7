import Markets
import Research
import StrategyKit
import Testing
import Trading
import Units

/// The curve of exposure, margin ratio and funding with figures worked out by hand.
@Suite struct ContractRiskTests {
    private func near(_ values: [Double?], _ expected: [Double?]) -> Bool {
        values.count == expected.count
            && zip(values, expected).allSatisfy { abs(($0 ?? -1) - ($1 ?? -1)) < 1e-11 }
    }

    @Test func everyStepHasItsExposureMarginRatioAndFunding() throws {
        // 300 of 1,000 back a short of 10 at 100. At 110 equity is 900, and funding of 0.1 % pays 1.1.
        let script = ContractScript { step, context in
            guard step == 0 else { return }
            context.transfer(
                Amount(units: 300 * 100_000_000), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
            context.submit(OrderRequest(.sell, Quantity(mantissa: 1_000_000_000), of: InstrumentIndex(0)))
        }
        var run = ContractRun([script.planned()])
        run.addBars("one:perp:BTCUSDT", [10_000, 10_000, 11_000, 10_500])
        run.addFunding("one:perp:BTCUSDT", [(.hour(3), 100_000)])
        let result = try run.run()
        let points = try #require(result.riskCurve).points
        #expect(points.map(\.time.nanoseconds) == [1, 2, 3, 4].map { .hour($0) })
        #expect(near(points.map(\.gross), [0, 1, 1_100 / 901.1, 1_050 / 951.1]))
        #expect(near(points.map(\.net), [0, -1, -1_100 / 901.1, -1_050 / 951.1]))
        #expect(near(points.map(\.marginRatio), [nil, 0.3, 201.1 / 1_100, 251.1 / 1_050]))
        #expect(near(points.map(\.funding), [0, 0, 1.1, 1.1]))
        let page = HTMLReport(
            ReportInput(result: result, statistics: BacktestStatistics(result), prices: [], producer: "t")
        ).render()
        for part in ["Margin ratio over time", "Funding over time", "gross at most"] {
            #expect(page.contains(part), "\(part)")
        }
    }

    @Test func runsWithoutContractsHaveNone() throws {
        #expect(try SyntheticRun(bars: 50).run().result.riskCurve == nil)
    }
}
