import Markets
import Research
import StrategyKit
import Testing
import Units

@Suite struct LookAheadTests {
    /// The same run with everything after a moment drawn anew. A bar that had begun keeps its open, which
    /// happened before.
    private func altered(_ run: RandomRun, after cut: Int64, seed: UInt64) -> RandomRun {
        var other = run
        var dice = SplitMix64(seed: seed, purpose: "altered")
        for place in other.raw.indices {
            var one = run.raw[place]
            one.rows = run.raw[place].rows.filter { $0[0] <= cut }
            for row in one.rows.indices where one.visible(one.rows[row]) > cut {
                let open = one.rows[row][1]
                let (high, low) = (
                    open + dice.integer(in: 0...open / 20), open - dice.integer(in: 0...open / 20)
                )
                one.rows[row] = [
                    one.rows[row][0], open, high, low, (high + low) / 2, dice.integer(in: 0...99),
                ]
            }
            let last = one.rows.last ?? [cut, 1_000_000]
            let next = max(last[0] + 1, cut + 1)
            let step = one.barLength
            let from = one.kind == .bars ? (next + step - 1) / step * step : next
            // Which instruments there are is known from the start.
            let count = Int(dice.integer(in: one.rows.isEmpty ? 1...12 : 0...12))
            other.extend(&one, count: count, from: from, price: max(1_000, last[1] * dice.integer(in: 1...3)))
            other.raw[place] = one
        }
        return other
    }

    private func decisions(_ run: RandomRun) throws -> [Decision] {
        var run = run
        let page = DecisionBook.open()
        run.plan.strategies = run.plan.strategies.map { one in
            PlannedStrategy(
                account: one.account, strategy: one.strategy,
                parameters: one.parameters + [NamedParameter("page", .number(ExactDecimal(page)))],
                capital: one.capital)
        }
        _ = try run.run(keepsRecords: false)
        return DecisionBook.close(page)
    }

    @Test func changingTheFutureChangesNoEarlierDecision() throws {
        var (compared, later) = (0, 0)
        for seed in 0..<UInt64(900) {
            var shape = RandomRun.Shape()
            shape.strategies = 1...2
            var run = RandomRun(seed: seed, shape: shape)
            let times = run.raw.flatMap { one in one.rows.flatMap { [$0[0], one.visible($0)] } }.sorted()
            let cut =
                times[Int(run.pick(0...Int64(times.count - 1)))] + run.pick(-1...1)
                * run.pick(0...30_000_000_000)
            let other = altered(run, after: cut, seed: seed)
            let (one, two) = (try decisions(run), try decisions(other))
            let before = one.filter { $0.time.nanoseconds <= cut }
            #expect(before == two.filter { $0.time.nanoseconds <= cut }, "seed \(seed)")
            compared += before.count
            if one.filter({ $0.time.nanoseconds > cut }) != two.filter({ $0.time.nanoseconds > cut }) {
                later += 1
            }
        }
        #expect(compared > 3_000 && later > 600, "\(compared) decisions compared, \(later) futures differ")
    }
}
