import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

/// What shocks do to small runs, with figures worked out by hand.
@Suite struct StressRunTests {
    private static let unit: Int128 = 100_000_000

    /// Sends 500 to the venue and buys (or sells) one contract at the first step.
    private static func holder(_ side: Side, _ action: @escaping ContractScript.Action = { _, _ in })
        -> ContractScript
    {
        ContractScript { step, context in
            if step == 0 {
                context.transfer(
                    Amount(units: 500 * unit), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
                context.submit(
                    OrderRequest(side, Quantity(mantissa: 100_000_000), of: InstrumentIndex(0)))
            }
            action(step, &context)
        }
    }

    private static func run(_ script: ContractScript, closes: [Int64]? = nil, funding: Bool = false)
        -> ContractRun
    {
        var run = ContractRun([script.planned()])
        run.addBars("one:perp:BTCUSDT", closes ?? Array(repeating: 10_000, count: 96))
        if funding {
            run.addFunding(
                "one:perp:BTCUSDT", (1...12).map { (time: Int64.hour($0 * 8), rate: Int64(100_000)) })
        }
        return run
    }

    private static func stress(
        _ run: ContractRun, _ shocks: [String], at hour: Int, for span: Timespan? = nil
    ) throws -> StressReport {
        var options = StressOptions()
        options.scenarios = try shocks.map { try ShockScenario($0) }
        options.moment = Instant(nanoseconds: .hour(hour))
        options.span = span
        return try StressTest.run(
            plan: run.plan, series: run.series, registry: ContractRun.registry, options: options)
    }

    private static func ran(_ outcome: StressOutcome) throws -> StressedRun {
        guard case .ran(let run) = outcome.course else {
            Issue.record("\(outcome.scenario.text): \(outcome.course)")
            throw CancellationError()
        }
        return run
    }

    @Test func aFallOfThePriceCostsWhatIsHeldAndARiseCostsAShort() throws {
        for (side, texts, lost) in [
            (Side.buy, ["price=-30%", "price=+30%"], ["30", "-30"]),
            (.sell, ["price=-30%", "price=+30%"], ["-30", "30"]),
        ] {
            let report = try Self.stress(Self.run(Self.holder(side)), texts, at: 48)
            #expect(report.result.finalEquity == ExactDecimal(1_000))
            for (outcome, expected) in zip(report.outcomes, lost) {
                let run = try Self.ran(outcome)
                #expect(run.lost.description == expected, "\(side) \(outcome.scenario.text)")
                #expect(run.attributionChange[0].description == (ExactDecimal.zero - run.lost).description)
                #expect(run.result.attributionResidual.description == "0")
                #expect(run.changed == ["bars of one:perp:BTCUSDT"] && outcome.end == nil)
            }
        }
    }

    @Test func aFallBeyondTheMarginEndsWithALiquidation() throws {
        // 50 of margin for one at 100: at 50 nothing is left of it.
        var run = ContractRun([
            ContractScript { step, context in
                guard step == 0 else { return }
                context.transfer(
                    Amount(units: 50 * Self.unit), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
                context.submit(
                    OrderRequest(.buy, Quantity(mantissa: 100_000_000), of: InstrumentIndex(0)))
            }.planned()
        ])
        run.addBars("one:perp:BTCUSDT", Array(repeating: 10_000, count: 96))
        let report = try Self.stress(run, ["price=-50%"], at: 48)
        let shocked = try Self.ran(report.outcomes[0])
        #expect(report.result.risk.liquidations == 0 && shocked.result.risk.liquidations == 1)
        #expect(shocked.activity.liquidations == 1 && shocked.usualActivity.liquidations == 0)
        #expect(shocked.lost == ExactDecimal(50) && shocked.result.attributionResidual.isZero)
        #expect(
            shocked.actions.contains { $0.text.contains("by the venue: liquidated") }, "\(shocked.actions)")
        #expect((shocked.result.risk.worstMarginRatio ?? 1) <= 0)
    }

    @Test func flippedFundingIsPaidInsteadOfReceivedForAWeek() throws {
        // A short of one at 100 receives 0.1 at each of 12 stamps, from 16:00 of the second day on pays it:
        // stamps 5 to 12 within seven days, 8 of them.
        let report = try Self.stress(
            Self.run(Self.holder(.sell), funding: true), ["funding-flip"], at: 40)
        let run = try Self.ran(report.outcomes[0])
        #expect(report.result.attribution[2].description == "1.2")
        #expect(run.result.attribution[2].description == "-0.4" && run.lost.description == "1.6")
        #expect(run.result.attributionResidual.isZero)
        // For a day alone: stamps 5, 6 and 7.
        let short = try Self.stress(
            Self.run(Self.holder(.sell), funding: true), ["funding-flip"], at: 40, for: .day)
        #expect(try Self.ran(short.outcomes[0]).lost.description == "0.6")
    }

    @Test func shocksTogetherHitOneRun() throws {
        // A short of one: the fall pays 30, and its funding is paid, at 100 once and at 70 seven times.
        let report = try Self.stress(
            Self.run(Self.holder(.sell), funding: true), ["price=-30%,funding-flip", "price=-30%"], at: 40)
        let both = try Self.ran(report.outcomes[0])
        #expect(both.result.attribution[0].description == "30")
        #expect(both.result.attribution[2].description == "-0.19")
        #expect(both.changed == ["bars of one:perp:BTCUSDT", "funding of one:perp:BTCUSDT"])
        #expect(both.lost.description == "-28.61" && both.result.attributionResidual.isZero)
        #expect(report.outcomes[0].scenario.name == "combined")
        #expect(report.outcomes[0].end == Instant(nanoseconds: .hour(40 + 168)), "that of the last")
        #expect(report.outcomes[1].end == nil)
        // The order of shocks on different series means nothing; one that means nothing spoils the rest.
        let turned = try Self.stress(
            Self.run(Self.holder(.sell), funding: true), ["funding-flip,price=-30%", "price=-30%,gas=20"],
            at: 40)
        #expect(try Self.ran(turned.outcomes[0]).result.attribution == both.result.attribution)
        guard case .unfit(let reason) = turned.outcomes[1].course else {
            Issue.record("it ran")
            return
        }
        #expect(reason.hasPrefix("gas=20 of it: the run holds no series of gas prices"))
        for text in ["price=-30%,", "gas=20,gas=20", "price=-30%+gas=20", ""] {
            #expect(throws: ShockProblem.self) { try ShockScenario(text) }
        }
    }

    @Test func aPageTellsEveryShockAndNothingRunsInIt() throws {
        let report = try Self.stress(
            Self.run(Self.holder(.buy)), ["price=-30%", "price=-50%,outage=one", "gas=20"], at: 48)
        let page = StressPage(report, producer: "tradewind <1>").render()
        for text in [
            "<title>", "stress test", "price=-30%", "price=-50%,outage=one", "the run holds no series of gas",
            "What each shock came to", "<code>price</code>", "tradewind &lt;1&gt;",
        ] { #expect(page.contains(text), "\(text)") }
        #expect(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"))
        #expect(page == StressPage(report, producer: "tradewind <1>").render())
    }

    @Test func aVenueThatIsOutRefusesOrdersHoldsTransfersAndIsNotSeen() throws {
        let script = Self.holder(.buy) { step, context in
            // Hours 48 to 71 are out: steps 47 to 70, as the first bar closes after an hour.
            if step == 50 {
                context.submit(OrderRequest(.buy, Quantity(mantissa: 100_000_000), of: InstrumentIndex(0)))
                context.transfer(
                    Amount(units: 10 * Self.unit), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
                context.transfer(
                    Amount(units: 10 * Self.unit), of: Asset("USDT")!, from: Venue("one")!, to: .wallet)
            }
        }
        let report = try Self.stress(Self.run(script), ["outage=one"], at: 48)
        let run = try Self.ran(report.outcomes[0])
        #expect(run.activity.refusals == 1 && run.activity.refusedTransfers == 1)
        #expect(run.activity.fills == 0 && run.usualActivity.fills == 1)
        #expect(run.usualActivity.refusals == 0 && run.usualActivity.refusedTransfers == 0)
        #expect(run.actions.contains { $0.text.hasSuffix("rejected: venue-unavailable") }, "\(run.actions)")
        let sent = try #require(run.actions.first { $0.text.contains("from wallet to one") })
        let arrived = try #require(run.actions.first { $0.text.hasSuffix("arrives") })
        #expect(sent.time == Instant(nanoseconds: .hour(51)))
        #expect(arrived.time == Instant(nanoseconds: .hour(72)), "once the venue is back")
        #expect(run.result.attributionResidual.isZero && run.changed.isEmpty)
    }

    @Test func anOrderThatRestsDoesNotFillWhileItsVenueIsOut() throws {
        // A limit at 90: the market is there within the outage and after it.
        let script = ContractScript { step, context in
            guard step == 0 else { return }
            context.transfer(
                Amount(units: 500 * Self.unit), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
            context.submit(
                OrderRequest(
                    .buy, Quantity(mantissa: 100_000_000), of: InstrumentIndex(0),
                    type: .limit(Price(mantissa: 9_000))))
        }
        var closes = Array(repeating: Int64(10_000), count: 96)
        for hour in 50..<56 { closes[hour] = 8_900 }
        for hour in 80..<84 { closes[hour] = 8_900 }
        let report = try Self.stress(Self.run(script, closes: closes), ["outage=one"], at: 48)
        let run = try Self.ran(report.outcomes[0])
        #expect(report.result.fills.map(\.time) == [Instant(nanoseconds: .hour(51))])
        #expect(run.result.fills.map(\.time) == [Instant(nanoseconds: .hour(81))])
    }

    @Test func whatDoesNotConcernARunIsSaidWithItsReason() throws {
        let shocks = ["depeg=5%", "funding-flip", "borrow-rate=80%", "gas=20", "outage=two"]
        let report = try Self.stress(Self.run(Self.holder(.buy)), shocks, at: 48)
        var reasons: [String] = []
        for outcome in report.outcomes {
            if case .unfit(let reason) = outcome.course { reasons.append(reason) }
        }
        #expect(reasons.count == 5 && Set(reasons).count == 5)
        #expect(reasons[4] == "the run trades nothing at two")
    }

    @Test func shocksBeginWhereTheRunHoldsSomething() throws {
        // Held from hour 70 to 90 of 96: the middle of the run is empty, that of the holding is hour 80.
        let script = ContractScript { step, context in
            if step == 0 {
                context.transfer(
                    Amount(units: 500 * Self.unit), of: Asset("USDT")!, from: .wallet, to: Venue("one")!)
            }
            let quantity = Quantity(mantissa: 100_000_000)
            if step == 69 { context.submit(OrderRequest(.buy, quantity, of: InstrumentIndex(0))) }
            if step == 89 { context.submit(OrderRequest(.sell, quantity, of: InstrumentIndex(0))) }
        }
        let run = Self.run(script)
        let report = try StressTest.run(
            plan: run.plan, series: run.series, registry: ContractRun.registry)
        #expect(report.moment == Instant(nanoseconds: .hour(80)))
        #expect(report.outcomes.map(\.scenario.text).contains("outage=one"))
        #expect(throws: ShockProblem.self) { try Self.stress(run, ["gas=20"], at: 97) }
    }
}

extension ExactDecimal {
    fileprivate static func - (a: ExactDecimal, b: ExactDecimal) -> ExactDecimal {
        let scale = max(a.scale, b.scale)
        return ExactDecimal(
            mantissa: a.exactMantissa(at: scale)! - b.exactMantissa(at: scale)!, scale: scale)
    }
}
