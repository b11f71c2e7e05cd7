import Markets
import Research
import StrategyKit
import Testing
import Units

/// Strategies that know the future are caught, honest ones are not, over many markets.
@Suite struct PeekingTests {
    private static let decisionChecks = ["repeatability", "look-ahead", "foreknowledge"]

    private func weights(_ scene: AuditScene, seed: UInt64) throws -> [String: AuditWeight] {
        let report = try scene.audit("repeatability", "look-ahead", "foreknowledge", seed: seed)
        return Dictionary(uniqueKeysWithValues: report.findings.map { ($0.check, $0.weight) })
    }

    private func number(_ name: String, _ value: Int) -> NamedParameter {
        NamedParameter(name, .number(ExactDecimal(value)))
    }

    @Test func aCacheThatOutlivesARunIsCaughtInEveryMarket() throws {
        for seed in 0..<20 as Range<UInt64> {
            let bars = AuditScene.bars(AuditScene.walk(120 + Int(seed) * 13, seed: seed))
            for name in ["run-cache-peeker", "prefix-peeker"] {
                let scene = AuditScene(
                    strategy: name, parameters: [number("book", Memories.open())], series: [bars])
                let found = try weights(scene, seed: seed)
                #expect(found["repeatability"] == .fatal, "\(name), seed \(seed)")
                #expect(found["look-ahead"] == .fatal, "\(name), seed \(seed)")
            }
        }
    }

    @Test func aTableOfPricesThatNoRunFilledIsCaughtInEveryMarket() throws {
        for seed in 0..<20 as Range<UInt64> {
            let closes = AuditScene.walk(240 + Int(seed) * 13, seed: seed)
            let own = Memories.open()
            var table: [Int64: Int64] = [:]
            for (row, close) in closes.enumerated() {
                table[AuditScene.start.nanoseconds + Int64(row + 1) * AuditScene.hour] = close
            }
            Memories.fill(own, table)
            for honest in [0, 30] {
                let scene = AuditScene(
                    strategy: "table-peeker",
                    parameters: [number("book", own), number("honest", honest)],
                    series: [AuditScene.bars(closes)])
                let found = try weights(scene, seed: seed)
                #expect(found["foreknowledge"] == .fatal, "\(honest) % honest, seed \(seed)")
                // Runs repeat themselves and do not look into their own data: only this check can tell.
                #expect(found["repeatability"] == .fine && found["look-ahead"] == .fine)
            }
        }
    }

    @Test func honestStrategiesAreNotAccused() throws {
        for seed in 0..<10 as Range<UInt64> {
            let walk = AuditScene.walk(300 + Int(seed) * 7, seed: seed)
            // A market that repeats itself is foreseen by anybody.
            for closes in [walk, AuditScene.waves(300, seed: seed)] {
                let honest: [(String, [NamedParameter])] = [
                    ("sma-cross", [number("fast", 2), number("slow", 5 + Int(seed))]),
                    ("mean-reversion", []), ("coin-flipper", [number("seed", Int(seed))]),
                    ("clock-trader", []), ("random-trader", [number("seed", Int(seed))]),
                ]
                for (name, parameters) in honest {
                    let scene = AuditScene(
                        strategy: name, parameters: parameters, series: [AuditScene.bars(closes)])
                    let found = try weights(scene, seed: seed)
                    #expect(found.values.allSatisfy { $0 == .fine }, "\(name), seed \(seed): \(found)")
                    #expect(found.count == Self.decisionChecks.count)
                }
            }
        }
    }

    #if DEBUG
    private static let runs = 60
    #else
    private static let runs = 300
    #endif

    /// Markets of bars, quotes and trades, several instruments and strategies, orders of every kind, delays.
    @Test func honestTradersOfEveryKindOfOrderAreNotAccused() throws {
        var decided = 0
        for seed in 0..<UInt64(Self.runs) {
            var shape = RandomRun.Shape()
            shape.strategies = 1...2
            let run = RandomRun(seed: seed, shape: shape)
            var options = AuditOptions()
            options.seed = seed
            options.cuts = 6
            options.only = Self.decisionChecks
            let report = try BacktestAudit.run(
                plan: run.plan, series: run.raw.map(\.series), registry: RandomRun.registry,
                options: options)
            #expect(report.verdict == .nothingFound, "seed \(seed): \(report.findings[0])")
            decided += report.result.fillCount
        }
        #expect(decided > 3 * Self.runs, "\(decided) fills")
    }

    @Test func randomNumbersOfTheSystemAreCaught() throws {
        let scene = AuditScene(
            strategy: "unseeded-trader", series: [AuditScene.bars(AuditScene.walk(200, seed: 3))])
        #expect(try scene.finding("repeatability").weight == .fatal)
    }

    @Test func theFindingNamesTimeAndBothDecisions() throws {
        let scene = AuditScene(
            strategy: "run-cache-peeker", parameters: [number("book", Memories.open())],
            series: [AuditScene.bars(AuditScene.walk(200, seed: 4))])
        let report = try scene.audit("repeatability", "look-ahead")
        let second = report.findings[1]
        #expect(report.findings[0].detail.contains("knew what was to come"))
        #expect(second.figure.hasSuffix(" cuts") && second.detail.contains("a market order to "))
        #expect(report.verdict == .notBelievable && report.reaches(.fatal))
    }
}
