import MarketData
import Markets
import Research
import Testing
import Units

@Suite struct PathMarketTests {
    private func walk(_ count: Int, seed: UInt64, id: String = "test:spot:BTCUSDT") -> MarketSeries {
        TestSeries.series(
            id, .bars, .bars(RandomWalk.bars(count: count, seed: seed), .fixed(.minute)), 2, 0)
    }

    private func bars(_ series: MarketSeries) -> BarColumns {
        guard case .bars(let bars, _) = series.columns else { preconditionFailure("bars") }
        return bars
    }

    private func scenario(_ volatility: Double, dropout: Double = 0, seed: UInt64 = 1) -> PathScenario {
        PathScenario(volatility: volatility, lagBars: 0, dropout: dropout, seed: seed)
    }

    private func deviation(_ bars: BarColumns) -> Double {
        let returns = (1..<bars.close.count).map { Double(bars.close[$0]) / Double(bars.close[$0 - 1]) - 1 }
        let mean = returns.reduce(0, +) / Double(returns.count)
        return (returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(returns.count - 1)).squareRoot()
    }

    @Test func aScenarioThatChangesNothingGivesTheRecordedMarket() throws {
        let series = walk(3_000, seed: 1)
        let same = try #require(PathMarket([series])).changed(scenario(1))[0]
        #expect(same.digest == series.digest)
    }

    @Test func volatilityIsScaledAroundTheMeanMove() throws {
        let series = walk(20_000, seed: 2)
        let market = try #require(PathMarket([series]))
        for factor in [0.75, 1.25, 3] {
            let made = market.changed(scenario(factor))[0]
            let ratio = deviation(bars(made)) / deviation(bars(series))
            #expect(abs(ratio - factor) < 0.01 * factor, "\(factor): \(ratio)")
            #expect(made.count == series.count && made.digest != series.digest)
        }
    }

    @Test func everyMadeBarIsABar() throws {
        for seed in 0..<UInt64(40) {
            var random = SplitMix64(seed: seed)
            let series = walk(200, seed: seed)
            let market = try #require(PathMarket([series]))
            let changed = scenario(random.unitDouble() * 40, dropout: random.unitDouble(), seed: seed)
            let resampled = market.resampled(block: Int(random.integer(in: 1...300)), seed: seed)
            for made in market.changed(changed) + resampled {
                let bars = bars(made)
                for row in 0..<made.count {
                    let (low, high) = (bars.low[row], bars.high[row])
                    #expect(low >= 1 && low <= min(bars.open[row], bars.close[row]))
                    #expect(high >= max(bars.open[row], bars.close[row]))
                    if row > 0 { #expect(bars.openTime[row] > bars.openTime[row - 1]) }
                }
            }
        }
    }

    @Test func missingBarsAreAsManyAsTheProbabilitySaysAndNeverTheFirstOrTheLast() throws {
        let series = walk(20_000, seed: 3)
        let market = try #require(PathMarket([series]))
        let made = market.changed(scenario(1, dropout: 0.1))[0]
        // Four deviations of a binomial of 20,000 draws: 170.
        #expect(abs(series.count - made.count - 2_000) < 170)
        let none = bars(market.changed(scenario(1, dropout: 1))[0])
        #expect(none.openTime.count == 2)
        #expect(none.openTime[0] == bars(series).openTime[0])
        #expect(none.openTime[1] == bars(series).openTime[19_999])
    }

    @Test func blocksKeepShortPatternsAndInstrumentsTogether() throws {
        let first = walk(1_000, seed: 4)
        // The second moves exactly as the first, at other prices.
        let double = bars(first)
        func twice(_ column: Column) -> Column { Column((0..<column.count).map { 2 * column[$0] }) }
        let second = TestSeries.series(
            "test:spot:ETHUSDT", .bars,
            .bars(
                BarColumns(
                    openTime: double.openTime, closeTime: double.closeTime, open: twice(double.open),
                    high: twice(double.high), low: twice(double.low), close: twice(double.close),
                    volume: double.volume), .fixed(.minute)), 2, 0)
        let market = try #require(PathMarket([first, second]))
        #expect(market.canResample)
        let made = market.resampled(block: 50, seed: 7)
        let (a, b) = (bars(made[0]), bars(made[1]))
        var recorded: Set<Int64> = []
        for row in 0..<1_000 { recorded.insert(double.volume[row]) }
        for row in 0..<1_000 {
            #expect(abs(2 * a.close[row] - b.close[row]) <= 1, "they move together")
            #expect(recorded.contains(a.volume[row]))
        }
        // Within a block volumes follow each other as recorded.
        let rows = (0..<1_000).map { row in (0..<1_000).first { double.volume[$0] == a.volume[row] }! }
        let neighbours = zip(rows, rows.dropFirst()).count { ($0 + 1) % 1_000 == $1 }
        #expect(neighbours >= 950)
        #expect(market.resampled(block: 50, seed: 7)[0].digest == made[0].digest)
        #expect(market.resampled(block: 50, seed: 8)[0].digest != made[0].digest)
        #expect(try #require(PathMarket([first, walk(999, seed: 1, id: "a:spot:AB")])).canResample == false)
    }

    @Test func whatIsNotBarsIsNotRemade() {
        let quotes = TestSeries.series(
            "test:spot:BTCUSDT", .quotes, .quotes(RandomWalk.quotes(count: 5, seed: 1)), 2, 0)
        #expect(PathMarket([quotes]) == nil && PathMarket([]) == nil)
        let negative = TestSeries.bars("test:spot:BTCUSDT", [[0, 100, 100, -100, -100, 1]])
        #expect(PathMarket([negative]) == nil)
    }

    @Test func scenariosLieInTheirRangesAndTheFirstStayWhenMoreAreDrawn() {
        let ranges = PathScenarioRanges()
        let many = PathScenario.draw(500, from: ranges, seed: 3)
        #expect(Array(many.prefix(20)) == PathScenario.draw(20, from: ranges, seed: 3))
        #expect(many.allSatisfy { ranges.volatility.contains($0.volatility) && $0.dropout == 0.01 })
        #expect(Set(many.map(\.lagBars)) == Set(0...5))
        #expect(many.map(\.volatility).min()! < 0.77 && many.map(\.volatility).max()! > 1.23)
    }
}
