import Markets
import Research
import Testing
import Units

/// Yields beside a result, with figures worked out by hand.
@Suite struct YieldCurveTests {
    /// Three days: an equity curve with a period at each midnight.
    private var curve: EquityCurve {
        let points = (0...2).map { day in
            EquityPoint(time: Instant(day: 100 + day), equity: 1_000, cash: 1_000, netFlows: 0)
        }
        return EquityCurve(
            scale: Scale(0), points: points, periods: points, periodReturns: [0, 0],
            drawdown: DrawdownSummary(deepest: nil, peak: nil, trough: nil, longest: .zero), exposure: nil)
    }

    private func series(_ id: String, _ name: String, _ rows: [(day: Int, value: Int64)]) -> MarketSeries {
        let columns = SeriesColumns.values(
            ValueColumns(
                time: Column(rows.map { Instant(day: $0.day).nanoseconds }), names: [name],
                values: [Column(rows.map(\.value))]))
        return TestSeries.series(id, .ratio, columns, 4, 0)
    }

    @Test func indicesAndRatiosCountByTheirGrowth() throws {
        let index = series("a:base:X", "liquidity-index", [(99, 10_000), (101, 10_500), (103, 20_000)])
        let made = try #require(YieldCurve(name: "x", index, over: nil, in: curve))
        #expect(made.points.map(\.growth) == [1, 1.05, 1.05])
        let price = series("a:base:Y", "ratio", [(90, 40_000)])
        let over = series("a:base:Z", "ratio", [(90, 20_000), (102, 10_000)])
        let divided = try #require(YieldCurve(name: "y", price, over: over, in: curve))
        #expect(divided.points.map(\.growth) == [1, 1, 2])
    }

    @Test func yieldsAYearAreCompoundedFromRowToRow() throws {
        // 365 days at 10 % and then at nothing would be 1.1: one day is 1.1^(1/365).
        let apy = series("a:base:X", "apy", [(100, 1_000), (101, 0)])
        let made = try #require(YieldCurve(name: "x", apy, over: nil, in: curve))
        let day = 1.0002611578760678
        #expect(abs(made.points[1].growth - day) < 1e-12 && abs(made.points[2].growth - day) < 1e-12)
        let annual = try #require(made.annualized)
        #expect(abs(annual - 0.0488088481701515) < 1e-9, "\(annual)")
    }

    @Test func whatTellsNothingIsNoYield() {
        #expect(YieldCurve(name: "x", series("a:base:X", "amount", [(99, 1)]), over: nil, in: curve) == nil)
        #expect(YieldCurve(name: "x", series("a:base:X", "ratio", [(103, 1)]), over: nil, in: curve) == nil)
        #expect(YieldCurve(name: "x", series("a:base:X", "ratio", [(99, 0)]), over: nil, in: curve) == nil)
    }
}
