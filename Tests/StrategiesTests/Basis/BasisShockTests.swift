import Markets
import Research
import Strategies
import Testing
import Trading
import Units

/// Prices that rise or fall by 40 %, slowly and at once.
@Suite struct BasisShockTests {
    @Test func aGradualShockNeverMeetsMaintenance() throws {
        for percent: Int64 in [140, 60] {
            for hours in [4, 5, 8, 20, 100] {
                let market = BasisMarketData(closes: BasisMarketData.shock(percent, over: hours))
                let (result, steps) = try market.run()
                for step in steps {
                    for margin in step.margins.compactMap({ $0 }) {
                        #expect(
                            margin.equity > margin.maintenance,
                            "\(percent) % over \(hours) hours at \(step.time)")
                    }
                }
                // The hedge holds: what funding brought is left, but for what two fills of a group may
                // differ.
                #expect(result.finalEquity.approximateDouble > 99_900, "\(percent) % over \(hours) hours")
            }
        }
    }

    /// A gap of 40 % leaves (0.8 - 0.4) / 1.4 = 0.286, below the half exit at 0.3: spot and shorts are
    /// halved.
    @Test func aGapOfFortyPercentHalvesThePosition() throws {
        let (result, steps) = try BasisMarketData(closes: BasisMarketData.shock(140, over: 1)).run()
        let before = try #require(steps.first { $0.shorts.contains { $0 != 0 } })
        let gap = try #require(steps.first { $0.time == BasisMarketData.time(hour: 121) })
        #expect(gap.shorts == before.shorts)
        for margin in gap.margins.compactMap({ $0?.ratio }) {
            #expect(margin < ExactDecimal("0.3")! && margin > ExactDecimal("0.2")!)
        }
        let next = try #require(steps.first { $0.time == BasisMarketData.time(hour: 122) })
        let halves = before.shorts.map { $0 / 2 / 100_000 * 100_000 }
        #expect(next.shorts == halves && next.held == halves.reduce(Int128(0)) { $0 + Int128($1) })
        #expect(result.finalEquity.approximateDouble > 99_900)
    }

    /// With the least margin a gap of 50 % ends below maintenance: (0.44 - 0.5) / 1.5 < 0. The venues close
    /// the shorts, and the loss beside what the spot gained is at most the margin that lay there.
    @Test func aGapBeyondTheMarginLosesNoMoreThanTheMargin() throws {
        var market = BasisMarketData(closes: BasisMarketData.shock(150, over: 1))
        // Before the gap the mean falls to (8 x 0.0002 - 0.001) / 9: enough to stay, too little to come back.
        for place in 14..<market.rates.count { market.rates[place] = place == 14 ? -100_000 : 0 }
        let (result, steps) = try market.run([("margin-ratio-target", "0.44")])
        let before = try #require(steps.last { $0.time < BasisMarketData.time(hour: 121) })
        let margin = before.margins.compactMap { $0 }.reduce(Int128(0)) { $0 + $1.equity.units }
        let spot = before.held * 7_500_000 / 100
        let last = try #require(steps.last)
        #expect(last.shorts == [0, 0])
        // At worst the margin is gone and the spot is sold at the new price.
        #expect(last.equity.units >= spot + before.equity.units - margin - before.held * 5_000_000 / 100)
        #expect(result.finalEquity.approximateDouble > 0)
    }
}
