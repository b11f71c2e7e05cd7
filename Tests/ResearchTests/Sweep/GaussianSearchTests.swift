import Markets
import Research
import StrategyKit
import Testing
import Units

@Suite struct GaussianSearchTests {
    private static let space: SweepSpace = {
        let plan = BacktestPlan(
            name: "dial",
            strategies: [
                PlannedStrategy(
                    account: "dial", strategy: "dial", parameters: [], capital: ExactDecimal(1))
            ], capital: ExactDecimal(1), shareClass: Asset("USDT")!)
        let axes = ["x", "y"].map { SweepFixture.axis($0, 0, 99) }
        return SweepSpace(SweepPlan(axes: axes), plan: plan, registry: StrategyRegistry([Dial.self]))
    }()

    /// A tilted bell with a ridge; its only top is 1 at (71, 23).
    private func value(_ combination: Int) -> Double {
        let levels = Self.space.levels(of: combination)
        let (x, y) = (Double(levels[0] - 71) / 100, Double(levels[1] - 23) / 100)
        return 1 / (1 + 40 * x * x + 90 * (y + 0.5 * x) * (y + 0.5 * x))
    }

    private func best(budget: Int, seed: UInt64) -> Double {
        var search = GaussianSearch(Self.space, budget: budget, seed: seed)
        var (best, count) = (0.0, 0)
        while true {
            let batch = search.next()
            if batch.isEmpty { break }
            for combination in batch {
                let value = value(combination)
                search.learn(combination, score: value)
                best = max(best, value)
                count += 1
            }
        }
        #expect(count == budget)
        return best
    }

    @Test func itBeatsRandomDrawsOnASmoothFunctionOnAverageOverSeeds() {
        let seeds = UInt64(0)..<10
        let (budget, count) = (64, Double(10))
        let modelled = seeds.map { best(budget: budget, seed: $0) }
        let drawn = seeds.map { seed in
            var random = SplitMix64(seed: seed)
            return (0..<budget).map { _ in value(Int(random.integer(in: 0...9_999))) }.max() ?? 0
        }
        // How far the best found stays below the top, on average.
        let missed = 1 - modelled.reduce(0, +) / count
        let missedByChance = 1 - drawn.reduce(0, +) / count
        #expect(missed < missedByChance / 10, "\(missed) against \(missedByChance)")
        let wins = zip(modelled, drawn).count { $0 > $1 }
        #expect(wins >= 9, "\(wins) of 10 seeds")
    }

    @Test func proposalsFollowTheSeedAndAreNeverRepeated() {
        func proposals(_ seed: UInt64) -> [Int] {
            var search = GaussianSearch(Self.space, budget: 60, seed: seed)
            var all: [Int] = []
            while true {
                let batch = search.next()
                if batch.isEmpty { return all }
                #expect(batch.count <= GaussianSearch.batch)
                // A figure that is never defined, or for some points only, stops nothing.
                for one in batch { search.learn(one, score: one % 3 == 0 ? nil : value(one)) }
                all += batch
            }
        }
        #expect(proposals(1) == proposals(1) && proposals(1) != proposals(2))
        #expect(Set(proposals(2)).count == 60)
    }
}
