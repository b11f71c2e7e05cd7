import Strategies
import Testing
import Trading
import Units

@Suite struct MarginBandTests {
    private let bands = MarginBands(
        target: Ratio(mantissa: 800_000_000), halfExit: Ratio(mantissa: 300_000_000),
        fullExit: Ratio(mantissa: 200_000_000), critical: Ratio(mantissa: 120_000_000))

    private func band(_ equity: Int128) -> MarginBand {
        bands.band(of: MarginRatio(equity: Amount(units: equity), notional: Amount(units: 10_000)))
    }

    @Test func eachBandBeginsBelowItsFigure() {
        let expected: [(Int128, MarginBand)] = [
            (-500, .critical), (0, .critical), (1_199, .critical), (1_200, .fullExit), (1_999, .fullExit),
            (2_000, .halfExit), (2_999, .halfExit), (3_000, .restore), (4_399, .restore), (4_400, .enough),
            (8_000, .enough), (12_500, .enough), (12_501, .restore),
        ]
        for (equity, band) in expected { #expect(self.band(equity) == band, "\(equity)") }
    }

    /// A short of notional 1 with margin 0.44 stands at 0.20 after its price rose by a fifth, and a little
    /// less margin does not; at the target of 0.8 a fall by a fifth gives the upper bound of 1.25.
    @Test func theLeastTargetStandsAFifthOfAdverseMove() {
        let after = { (margin: Int128) in (margin - 2_000, Int128(12_000)) }
        let (equity, notional) = after(4_400)
        #expect(equity * 10 == notional * 2)
        #expect(MarginBands.least == Ratio(mantissa: 440_000_000))
        #expect((8_000 + 2_000) * 10_000 / 8_000 == 12_500)
    }
}
