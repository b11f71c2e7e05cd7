import Markets
import Research
import Strategies
import StrategyKit
import Testing
import Trading
import Units

/// The market-neutral modes under every shock, alone and together.
@Suite struct HedgedStressTests {
    private static let crises = [
        "price=-40%,depeg=5%,gas=20,outage=bybit", "price=+50%,funding-flip,borrow-rate=80%,outage=binance",
        "price=+90%,gas=20", "price=-50%,outage=etherfi", "price=+30%,outage=curve", "price=+40%,depeg=10%",
    ]

    /// Two weeks of a price that wanders, with growing ratio and index.
    private static func market() -> HedgedMarketData {
        var random = SplitMix64(seed: 9)
        var price: Int64 = 300_000
        var market = HedgedMarketData(
            closes: (0..<(24 * 14)).map { _ in
                price += random.integer(in: -900...900)
                return price
            })
        market.ratio = { 1_050_000 + Int64($0) / 4 }
        market.poolRate = { 1_049_000 + Int64($0) / 4 }
        market.gas = 12
        return market
    }

    /// - Parameter margin: target of the margin ratio; with 0.5 a rise of a quarter overrides.
    private static func stress(
        _ mode: String, _ shocks: [String], margin: String
    ) throws -> (report: StressReport, steps: [HedgedProbe.Step]) {
        let parameters = [("margin-ratio-target", ParameterValue.number(ExactDecimal(margin)!))]
        var options = StressOptions()
        options.scenarios = try shocks.map { try ShockScenario($0) }
        options.moment = HedgedMarketData.time(hour: 150)
        options.span = 2 * .day
        let probe = HedgedProbe()
        let report = try HedgedProbe.$current.withValue(probe) {
            try StressTest.run(
                plan: HedgedMarketData.plan(mode, parameters), series: market().series,
                registry: HedgedMarketData.registry, options: options)
        }
        return (report, probe.steps)
    }

    /// Where a step was overridden, nothing is larger at the next one.
    private static func openings(_ steps: [HedgedProbe.Step]) -> [(Instant, [Int64], [Int64])] {
        zip(steps, steps.dropFirst()).compactMap { before, after in
            guard after.time > before.time, before.isOverridden else { return nil }
            let grows = zip(before.shorts, after.shorts).contains { $1 > $0 } || after.tokens > before.tokens
            return grows ? (before.time, before.shorts, after.shorts) : nil
        }
    }

    #if DEBUG
    private static let sets: [[String]] = [crises]
    #else
    // None: every shock that there is.
    private static let sets: [[String]] = [[], crises]
    #endif

    @Test(arguments: HedgedStakingTests.modes, ["1", "0.5"])
    func everyShockReconcilesAndNothingOpensOnARiskOverride(_ mode: String, _ margin: String) throws {
        for shocks in Self.sets {
            let (report, steps) = try Self.stress(mode, shocks, margin: margin)
            #expect(report.result.attributionResidual.isZero)
            var ran: [String] = []
            for outcome in report.outcomes {
                switch outcome.course {
                case .ran(let run):
                    ran.append(outcome.scenario.text)
                    let name = "\(mode) \(margin) \(outcome.scenario.text)"
                    #expect(run.result.attributionResidual.description == "0", "\(name)")
                    #expect(run.result.finalEquity > .zero, "\(name)")
                case .unfit(let reason):
                    // Without a loan nothing is borrowed.
                    let needsLoan = outcome.scenario.text.contains("borrow-rate")
                    #expect(needsLoan && mode.hasSuffix("unlevered"), "\(outcome.scenario.text): \(reason)")
                case .stopped(let reason): Issue.record("\(outcome.scenario.text) stopped the run: \(reason)")
                }
            }
            #expect(Self.openings(steps).isEmpty, "\(Self.openings(steps).prefix(3))")
            if margin == "0.5" { #expect(steps.contains { $0.isOverridden }, "a shock overrides") }
            if shocks.isEmpty {
                for text in ["price=-50%", "depeg=5%", "funding-flip", "gas=20", "outage=binance"] {
                    #expect(ran.contains(text), "\(text): \(ran)")
                }
            }
        }
    }

    @Test(arguments: HedgedStakingTests.modes) func whatAShockCostsIsItsCausesToTheLastUnit(
        _ mode: String
    ) throws {
        let (report, _) = try Self.stress(mode, ["gas=20", "funding-flip", Self.crises[0]], margin: "1")
        for outcome in report.outcomes {
            guard case .ran(let run) = outcome.course else {
                Issue.record("\(outcome.scenario.text): \(outcome.course)")
                continue
            }
            let sum = run.attributionChange.reduce(Int128(0)) { $0 + ($1.exactMantissa(at: Scale(28)) ?? 0) }
            #expect(run.lost.exactMantissa(at: Scale(28)) == -sum, "\(outcome.scenario.text)")
        }
    }
}
