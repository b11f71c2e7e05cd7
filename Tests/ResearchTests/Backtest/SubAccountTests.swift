import Accounting
import Markets
import Research
import StrategyKit
import Testing
import Units

@Suite struct SubAccountTests {
    private func sum(_ values: [ExactDecimal]) throws -> Int128 {
        try values.reduce(Int128(0)) { $0 + (try $1.mantissa(at: Scale(24), rounding: .halfEven)) }
    }

    @Test func subAccountsSumExactlyToTheWhole() throws {
        for seed in 0..<UInt64(500) {
            var shape = RandomRun.Shape()
            shape.strategies = 2...4
            let result = try RandomRun(seed: seed, shape: shape).run(keepsRecords: false)
            let parts = result.subAccounts
            #expect(parts.count >= 2)
            #expect(try sum(parts.map(\.finalEquity)) == sum([result.finalEquity]), "seed \(seed)")
            #expect(try sum(parts.map(\.initialEquity)) == sum([result.initialEquity]), "seed \(seed)")
            for cause in Cause.attributed.indices {
                #expect(
                    try sum(parts.map { $0.attribution[cause] }) == sum([result.attribution[cause]]),
                    "seed \(seed)")
            }
            #expect(parts.reduce(0) { $0 + $1.fillCount } == result.fillCount)
            #expect(parts.reduce(0) { $0 + $1.tradeCount } == result.tradeCount)
        }
    }

    @Test func aSubAccountIsWhatItsStrategyWouldBeAlone() throws {
        var fills = 0
        for seed in 0..<UInt64(400) {
            let shape = RandomRun.Shape(
                strategies: 2...3, barsOnly: true, allowsDraws: false, allowsCap: false)
            let run = RandomRun(seed: seed, shape: shape)
            let whole = try run.run()
            for (place, part) in whole.subAccounts.enumerated() {
                var alone = run
                alone.plan.strategies = [run.plan.strategies[place]]
                alone.plan.capital = run.plan.strategies[place].capital
                let result = try alone.run()
                #expect(part.finalEquity == result.finalEquity, "seed \(seed)")
                #expect(part.attribution == result.attribution, "seed \(seed)")
                let own = whole.fills.filter { $0.strategy == place }
                #expect(own.map(\.time) == result.fills.map(\.time), "seed \(seed)")
                #expect(own.map(\.price) == result.fills.map(\.price), "seed \(seed)")
                #expect(own.map(\.quantity) == result.fills.map(\.quantity), "seed \(seed)")
                fills += own.count
            }
        }
        #expect(fills > 1_500, "\(fills)")
    }
}
