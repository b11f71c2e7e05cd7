import Accounting
import Markets
import Research
import Strategies
import Testing
import Units

/// Basis runs over synthetic markets, as the strategy and its fills tell them.
@Suite struct BasisRunTests {
    /// 100,000 at 50,000: 100,000 / 1.8 / 1.005 / 50,000 = 1.1055 BTC, in lots of 0.001 two shorts of 0.552
    /// and the lot that is left with the first; spot the sum of them.
    @Test func entersSpotAndAllShortsAtOneTimeWithOneSize() throws {
        let (result, _) = try BasisMarketData(closes: Array(repeating: 5_000_000, count: 100)).run()
        #expect(result.fills.count == 3)
        #expect(Set(result.fills.map(\.time)).count == 1)
        // Nine rates are settled at hour 72; what is asked then is done once the transfers have arrived.
        #expect(result.fills[0].time >= BasisMarketData.time(hour: 72))
        #expect(result.fills[0].time <= BasisMarketData.time(hour: 74))
        let bought = result.fills.filter { $0.side == .buy }.map(\.quantity.mantissa)
        let sold = result.fills.filter { $0.side == .sell }.map(\.quantity.mantissa)
        #expect(bought == [110_500_000])
        #expect(sold.sorted() == [55_200_000, 55_300_000])
    }

    /// Short 1.105 BTC at a mark of 50,000 with a rate of 0.0002 is 11.05 an interval.
    @Test func fundingArrivesEveryIntervalFromTheEntryOn() throws {
        let (result, steps) = try BasisMarketData(closes: Array(repeating: 5_000_000, count: 100)).run()
        let last = try #require(steps.last)
        let gained = last.equity.units - 100_000 * 100_000_000
        // Stamps at the hours 80, 88, 96 and 104.
        #expect(gained == 4 * 11_05000000)
        #expect(result.funding == ExactDecimal("44.2"))
    }

    @Test func leavesShortsFirstWhereThatIsAskedFor() throws {
        var market = BasisMarketData(closes: Array(repeating: 5_000_000, count: 200))
        for place in 12..<market.rates.count { market.rates[place] = -60_000 }
        let (result, steps) = try market.run(unwind: "shorts-first")
        #expect(result.fills.count == 6)
        #expect(result.fills[..<3].allSatisfy { $0.time < result.fills[3].time })
        let (shorts, spot) = (Array(result.fills[3..<5]), result.fills[5])
        #expect(shorts.allSatisfy { $0.side == .buy } && shorts[0].time == shorts[1].time)
        #expect(spot.side == .sell && spot.time > shorts[0].time)
        let last = try #require(steps.last)
        // Flat, and the money back in the wallet.
        #expect(last.held == 0 && last.shorts == [0, 0] && last.cash[1...].allSatisfy { $0 == .zero })
        #expect(last.cash[0] == last.equity)
    }

    /// The shorts' orders come first, and all are of one step: a lot is the most that is ever unhedged.
    @Test func leavesInOneStepWhenFundingTurns() throws {
        var market = BasisMarketData(closes: Array(repeating: 5_000_000, count: 200))
        for place in 12..<market.rates.count { market.rates[place] = -60_000 }
        let (result, steps) = try market.run()
        let left = result.fills.suffix(3).sorted { $0.order < $1.order }
        #expect(Set(left.map(\.time)).count == 1)
        #expect(left.map(\.side) == [.buy, .buy, .sell])
        for step in steps {
            let net = step.held - step.shorts.reduce(Int128(0)) { $0 + Int128($1) }
            #expect(abs(net) < 100_000, "\(step.time)")
        }
        let last = try #require(steps.last)
        #expect(last.held == 0 && last.shorts == [0, 0] && last.cash[0] == last.equity)
    }

    @Test func theGroupWaitsWhileOneVenueHasNoBars() throws {
        var market = BasisMarketData(closes: Array(repeating: 5_000_000, count: 160))
        market.holes["bybit:perp:BTCUSDT"] = 60..<110
        let (result, _) = try market.run()
        #expect(result.fills.count == 3)
        // The first bar after the hole closes at hour 111.
        #expect(result.fills.allSatisfy { $0.time >= BasisMarketData.time(hour: 111) })
        #expect(Set(result.fills.map(\.time)).count == 1)
    }

    @Test func isNeutralWithinOneLotAfterEachRebalance() throws {
        var random = SplitMix64(seed: 59)
        for seed in 0..<6 {
            var closes: [Int64] = []
            var price: Int64 = 5_000_000
            for _ in 0..<600 {
                price = max(500_000, price + price / 1000 * random.integer(in: -25...25) / 10)
                closes.append(price)
            }
            var market = BasisMarketData(closes: closes)
            let drift = random.integer(in: -3_000...3_000)
            market.premium = { Int64($0 % 7) * drift / 7 }
            let lot = ["0.001", "0.01", "0.0003"][seed % 3]
            let (_, steps) = try market.run(lot: lot)
            let units = ExactDecimal(lot)!.exactMantissa(at: Scale(8))!
            let settled = steps.filter { !$0.isWorking && $0.shorts.contains { $0 != 0 } }
            #expect(settled.count > 400)
            for step in settled {
                let net = step.held - step.shorts.reduce(Int128(0)) { $0 + Int128($1) }
                #expect(abs(net) < units, "\(step.time)")
            }
        }
    }
}

extension BacktestResult {
    /// What funding added to equity.
    fileprivate var funding: ExactDecimal? {
        Cause.attributed.firstIndex(of: .funding).map { attribution[$0] }
    }
}
