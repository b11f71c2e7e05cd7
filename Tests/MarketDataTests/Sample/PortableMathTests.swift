import Foundation
import MarketData
import Markets
import Testing
import Units

@Suite struct PortableMathTests {
    @Test func elementaryFunctionsAgreeWithTheSystemLibrary() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<2000 {
            let x = (random.unitDouble() - 0.5) * 60
            #expect(abs(PortableMath.exp(x) / Foundation.exp(x) - 1) < 1e-14)
            let y = Foundation.exp(x)
            #expect(abs(PortableMath.log(y) - Foundation.log(y)) < 1e-13 * max(1, abs(x)))
            let z = x / 5
            #expect(abs(PortableMath.normalDistribution(z) - 0.5 * erfc(-z / 2.0.squareRoot())) < 1e-7)
        }
        #expect(PortableMath.exp(-1e9) == 0 && PortableMath.exp(.nan) == 0)
        #expect(PortableMath.log(0) == 0 && PortableMath.log(-1) == 0 && PortableMath.log(.infinity) == 0)
    }

    /// Expected values by Python's `math.erfc`.
    @Test func optionValuesMatchAnIndependentComputation() {
        let call = BlackScholes(isCall: true, price: 42, strike: 40, volatility: 0.2, years: 0.5)
        let put = BlackScholes(isCall: false, price: 42, strike: 40, volatility: 0.2, years: 0.5)
        #expect(abs(call.value - 3.44718954) < 1e-5)
        #expect(abs(put.value - 1.44718954) < 1e-5)
        #expect(abs(call.delta - 0.66118861) < 1e-6)
    }
}

@Suite struct RandomWalkTests {
    @Test func barsOfTheBenchmarkAreConsistent() {
        let bars = RandomWalk.bars(count: 20_000, seed: 9)
        for row in 0..<bars.open.count {
            let (open, close) = (bars.open[row], bars.close[row])
            #expect(bars.low[row] <= min(open, close) && max(open, close) <= bars.high[row])
            #expect(bars.closeTime[row] - bars.openTime[row] == Timespan.minute.nanoseconds)
            #expect(bars.volume[row] > 0 && bars.low[row] > 0)
            if row > 0 {
                #expect(open == bars.close[row - 1] && bars.openTime[row] == bars.closeTime[row - 1])
            }
        }
        let again = RandomWalk.bars(count: 20_000, seed: 9)
        #expect((0..<20_000).allSatisfy { bars.close[$0] == again.close[$0] })
        #expect(RandomWalk.bars(count: 0, seed: 1).open.count == 0)
    }

    @Test func quotesOfTheBenchmarkAreConsistent() {
        let quotes = RandomWalk.quotes(count: 20_000, seed: 9)
        for row in 0..<quotes.time.count {
            #expect(quotes.bid[row] < quotes.ask[row] && quotes.bidSize[row] > 0 && quotes.askSize[row] > 0)
            if row > 0 { #expect(quotes.time[row] > quotes.time[row - 1]) }
        }
    }
}
