import Research
import Testing
import Units

@Suite struct OverfittingProbabilityTests {
    private func sharpe(_ returns: [Double]) -> Double {
        let mean = returns.reduce(0, +) / Double(returns.count)
        let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(returns.count - 1)
        return variance > 0 ? mean / variance.squareRoot() : 0
    }

    private func choose(_ count: Int, from items: [Int]) -> [[Int]] {
        if count == 0 { return [[]] }
        guard let first = items.first else { return [] }
        let rest = Array(items.dropFirst())
        return choose(count - 1, from: rest).map { [first] + $0 } + choose(count, from: rest)
    }

    /// As the paper tells it, with lists of returns and ranks.
    private func slow(_ returns: [[Double]], blocks: Int) -> (overfitted: Double, lost: Double, ways: Int) {
        let size = returns[0].count / blocks
        let skip = returns[0].count - blocks * size
        var (overfitted, lost, ways) = (0, 0, 0)
        for chosen in choose(blocks / 2, from: Array(0..<blocks)) {
            func part(_ trial: [Double], _ inside: Bool) -> [Double] {
                (0..<blocks).filter { chosen.contains($0) == inside }
                    .flatMap { trial[(skip + $0 * size)..<(skip + ($0 + 1) * size)] }
            }
            let inside = returns.map { sharpe(part($0, true)) }
            let outside = returns.map { sharpe(part($0, false)) }
            let best = inside.firstIndex(of: inside.max()!)!
            let rank = outside.sorted().firstIndex(of: outside[best])! + 1
            if Double(rank) / Double(returns.count + 1) <= 0.5 { overfitted += 1 }
            if outside[best] < 0 { lost += 1 }
            ways += 1
        }
        return (Double(overfitted) / Double(ways), Double(lost) / Double(ways), ways)
    }

    private func random(_ trials: Int, _ periods: Int, seed: UInt64, edge: Double = 0) -> [[Double]] {
        var random = SplitMix64(seed: seed)
        return (0..<trials).map { trial in
            (0..<periods).map { _ in random.unitDouble() - 0.5 + (trial == 3 ? edge : 0) }
        }
    }

    @Test func sumsOverBlocksGiveWhatListsOfReturnsGive() throws {
        for seed in 0..<UInt64(20) {
            let periods = 18 + Int(seed)
            let returns = random(4 + Int(seed % 5), periods, seed: seed)
            let found = try #require(OverfittingProbability(returns: returns))
            let wanted = slow(returns, blocks: found.blocks)
            #expect(found.blocks == periods / 4 / 2 * 2)
            #expect(found.probability == wanted.overfitted && found.lossProbability == wanted.lost)
            #expect(found.combinations == wanted.ways && found.trials == returns.count)
        }
    }

    @Test func anEdgeIsNotOverfittedAndLuckIsAsOftenAsNot() throws {
        let edge = try #require(OverfittingProbability(returns: random(20, 200, seed: 5, edge: 0.3)))
        #expect(edge.blocks == 16 && edge.combinations == 12_870)
        #expect(edge.probability < 0.001)
        let lucky = (0..<UInt64(12)).compactMap { OverfittingProbability(returns: random(10, 48, seed: $0)) }
        let mean = lucky.reduce(0) { $0 + $1.probability } / Double(lucky.count)
        #expect((0.35...0.75).contains(mean), "\(mean)")
    }

    @Test func withoutEnoughToCompareThereIsNone() {
        #expect(OverfittingProbability(returns: random(1, 100, seed: 1)) == nil)
        #expect(OverfittingProbability(returns: random(5, 15, seed: 1)) == nil)
        #expect(OverfittingProbability(returns: []) == nil)
        #expect(OverfittingProbability(returns: [[0.1, .nan], [0.1, 0.2]]) == nil)
        // Trials that never trade are all equal: the best of them is in the middle, not above it.
        let idle = Array(repeating: Array(repeating: 0.0, count: 20), count: 5)
        #expect(OverfittingProbability(returns: idle)?.probability == 1)
    }
}
