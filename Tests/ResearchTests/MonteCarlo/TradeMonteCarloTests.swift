import Research
import Testing
import Units

@Suite struct TradeMonteCarloTests {
    private func profits(_ count: Int, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in (random.unitDouble() - 0.45) / 50 }
    }

    @Test func percentilesLieBetweenNeighboursInProportion() throws {
        // numpy.percentile([15, 20, 35, 40, 50], [5, 25, 50, 75, 95])
        let found = try #require(Percentiles([50, 20, 40, 35, 15]))
        #expect(found == Percentiles([15, 20, 35, 40, 50]))
        #expect([found.p5, found.p25, found.p50, found.p75, found.p95] == [16, 20, 35, 40, 48])
        let one = try #require(Percentiles([3]))
        #expect(one.p5 == 3 && one.p95 == 3)
        #expect(Percentiles([]) == nil && Percentiles([1, .nan]) == nil)
    }

    @Test func otherOrdersEndWhereTheTradesDidAndDrawnOnesAroundIt() throws {
        let profits = profits(80, seed: 3)
        let total = profits.reduce(0, +)
        let found = try #require(TradeMonteCarlo(profits: profits, scenarios: 2_000, seed: 1))
        #expect(found.trades == 80 && found.bootstrap.count == 2_000)
        #expect(abs(found.shuffle.totalReturn.p5 - total) < 1e-12)
        #expect(abs(found.shuffle.totalReturn.p95 - total) < 1e-12)
        // A sum of 80 draws has mean `total` and variance 80 x that of the trades.
        let mean = total / 80
        let deviation = (profits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
        #expect(abs(found.bootstrap.totalReturn.p50 - total) < 0.1 * deviation)
        #expect(abs(found.bootstrap.totalReturn.p95 - total - 1.645 * deviation) < 0.15 * deviation)
        #expect(abs(found.bootstrap.totalReturn.p5 - total + 1.645 * deviation) < 0.15 * deviation)
        #expect(found.shuffle.maxDrawdown.p5 < found.shuffle.maxDrawdown.p95)
        #expect(found.bootstrap.ruinProbability == 0)
    }

    @Test func drawdownsOfAllOrdersAreThoseOfEveryPermutation() throws {
        // Orders of +0.5, -0.3, -0.3: peaks 1.5 then 0.9, or falls first.
        let found = try #require(TradeMonteCarlo(profits: [0.5, -0.3, -0.3], scenarios: 6_000, seed: 9))
        // Gain first: (1.5 - 0.9) / 1.5 = 0.4; in between: max(0.3, 0.3 / 1.2) = 0.3; last: 0.6.
        #expect(abs(found.shuffle.maxDrawdown.p5 - 0.3) < 1e-12)
        #expect(abs(found.shuffle.maxDrawdown.p50 - 0.4) < 1e-12)
        #expect(abs(found.shuffle.maxDrawdown.p95 - 0.6) < 1e-12)
        #expect(found.shuffle.lossProbability == 1)
    }

    @Test func ruinEndsAScenario() throws {
        let found = try #require(TradeMonteCarlo(profits: [-1.5, 5], scenarios: 4_000, seed: 2))
        // Half of the orders begin with the ruin; a quarter of the draws is a gain first and a gain second,
        // a quarter survives the ruin's size by the gain before it.
        #expect(abs(found.shuffle.ruinProbability - 0.5) < 0.04)
        #expect(abs(found.bootstrap.ruinProbability - 0.5) < 0.04)
        #expect(found.bootstrap.totalReturn.p5 == -1 && found.bootstrap.maxDrawdown.p95 == 1)
    }

    @Test func equalSeedsGiveEqualScenariosAndWithoutTradesThereAreNone() {
        let profits = profits(30, seed: 4)
        let first = TradeMonteCarlo(profits: profits, scenarios: 100, seed: 5)
        #expect(first == TradeMonteCarlo(profits: profits, scenarios: 100, seed: 5))
        #expect(first != TradeMonteCarlo(profits: profits, scenarios: 100, seed: 6))
        #expect(TradeMonteCarlo(profits: [], scenarios: 100, seed: 5) == nil)
        #expect(TradeMonteCarlo(profits: [.infinity], scenarios: 100, seed: 5) == nil)
        #expect(TradeMonteCarlo(profits: profits, scenarios: 0, seed: 5) == nil)
    }
}
