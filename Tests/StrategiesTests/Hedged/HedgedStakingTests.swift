import Accounting
import Markets
import Research
import Strategies
import StrategyKit
import Testing
import Trading
import Units

/// The market-neutral modes over made markets.
@Suite struct HedgedStakingTests {
    static let modes = ["usdt-market-neutral-unlevered", "usdt-market-neutral"]

    @Test(arguments: modes) func theEntryIsHedgedAndKeepsItsReserve(_ mode: String) throws {
        let market = HedgedMarketData(closes: Array(repeating: 300_000, count: 48), rate: 0)
        let (result, steps) = try market.run(mode)
        let last = try #require(steps.last)
        // 90,000 are divided in halves; the cushion of a purchase is a half per cent.
        #expect(abs(last.staked - 45_000 / 1.005) < 200, "\(last.staked)")
        #expect(abs(last.delta) < 0.005 * last.equity)
        #expect(last.margins.allSatisfy { $0 > 0.95 && $0 < 1.1 }, "\(last.margins)")
        #expect(result.attributionResidual.isZero)
        #expect(result.rebalances.map(\.reason).first == "entry")
        // All orders of the entry carry one time.
        let times = Set(result.fills.map(\.time))
        #expect(result.fills.count == 3 && times.count == 1, "\(result.fills.count) fills")
    }

    @Test(arguments: modes) func aMoveOfThirtyPercentMovesCapitalFromTheWinningToTheLosingLeg(
        _ mode: String
    ) throws {
        for (percent, hours) in [(130, 1), (70, 1), (130, 30), (70, 30)] as [(Int64, Int)] {
            let name = "\(mode) to \(percent) % over \(hours) hours"
            let market = HedgedMarketData(
                closes: HedgedMarketData.move(to: percent, over: hours), rate: 0)
            let (result, steps) = try market.run(mode)
            #expect(steps.flatMap(\.margins).allSatisfy { $0 > 0.12 }, "\(name)")
            #expect(result.attributionResidual.isZero, "\(name)")
            #expect(result.rebalances.contains { $0.reason.hasPrefix("margin") }, "\(name)")
            let last = try #require(steps.last)
            #expect(abs(last.delta) < 0.005 * last.equity, "\(name): \(last.delta)")
            // Both legs have the size that equity carries, half each, within the threshold of 10 %.
            #expect(abs(last.staked - last.atVenues) < 0.2 * last.staked, "\(name)")
            let shocked = try #require(
                steps.first { $0.time == HedgedMarketData.time(hour: 48 + hours) })
            if hours == 1 {
                // At the price after the move the loser got what the winner gave.
                let given = shocked.staked - last.staked
                let got = last.atVenues - shocked.atVenues
                let side = percent > 100 ? 1.0 : -1.0
                #expect(side * given > 4_000 && side * got > 4_000, "\(name)")
            }
            // Every venue has its margin again, not only the one where ETH is sold.
            #expect(last.margins.allSatisfy { $0 > 0.75 && $0 < 1.35 }, "\(name): \(last.margins)")
            // A hedge: what is lost is costs.
            #expect(last.equity > 99_000, "\(name): \(last.equity)")
        }
    }

    @Test func theLoanStandsAtItsTargetAndHasItsHealth() throws {
        let market = HedgedMarketData(closes: Array(repeating: 300_000, count: 48), rate: 0)
        let (_, steps) = try market.run("usdt-market-neutral")
        let health = try #require(steps.last?.health).approximateDouble
        // 0.95 / 0.65 in the efficiency mode.
        #expect(abs(health - 0.95 / 0.65) < 0.002, "\(health)")
    }

    @Test(arguments: modes) func positiveFundingCreditsTheShortOnceAnInterval(_ mode: String) throws {
        let market = HedgedMarketData(closes: Array(repeating: 300_000, count: 96))
        let (result, _) = try market.run(mode)
        let funding = result.ledger.filter { $0.cause == .funding }
        let hours = Set(funding.map { ($0.time.nanoseconds / Timespan.hour.nanoseconds) % 24 })
        #expect(hours.isSubset(of: [0, 8, 16]) && hours.count == 3)
        let amount = result.attribution[2].approximateDouble
        // About 45,000 of short x 0.0001, eleven times of twelve: the first is before the entry ends.
        let each = 45_000 / 1.005 * 0.0001
        #expect(amount > 10 * each && amount < 12.2 * each, "\(amount)")
    }

    @Test(arguments: modes) func withdrawalsArePaidOneToOne(_ mode: String) throws {
        let market = HedgedMarketData(closes: Array(repeating: 300_000, count: 96), rate: 0)
        let flows = [
            CapitalFlow(time: HedgedMarketData.time(hour: 40), amount: ExactDecimal(-30_000)),
            CapitalFlow(time: HedgedMarketData.time(hour: 64), amount: ExactDecimal(20_000)),
        ]
        let (result, steps) = try market.run(mode, flows: flows)
        #expect(result.netFlows == ExactDecimal(-10_000))
        #expect(!result.data.warnings.contains { $0.contains("withdrawals") }, "\(result.data.warnings)")
        let last = try #require(steps.last)
        #expect(abs(last.delta) < 0.005 * last.equity)
        #expect(abs(last.staked - 0.45 * last.equity) < 0.03 * last.equity, "\(last.staked)")
        for reason in ["withdrawal", "deposit"] {
            #expect(result.rebalances.contains { $0.reason == reason }, "\(reason)")
        }
    }

    /// Announced on a Sunday and again a week later, credited on Mondays, sold for ETH, which is hedged.
    @Test(arguments: modes) func rewardsAreSoldAndTheirEtherIsHedged(_ mode: String) throws {
        var market = HedgedMarketData(closes: Array(repeating: 300_000, count: 24 * 16), rate: 0)
        market.rewards = [(50, 500), (218, 500)]
        let (result, steps) = try market.run(
            mode, [("rewards", .text("base-eigen")), ("dust-delta", .number(ExactDecimal("0.002")!))])
        let sales = result.rebalances.filter { $0.reason == "rewards" }
        #expect(sales.count == 2, "\(result.rebalances)")
        #expect(sales.allSatisfy { $0.action == "sell-dust" })
        #expect(!result.finalPositions.contains { $0.instrument.hasSuffix("EIGEN") && !$0.quantity.isZero })
        // Half an EIGEN at 0.02 ETH for each ETH that the token stands for: 1 % of the stake, twice; with a
        // loan the stake is 1 / (1 - 0.65) times as large.
        let staked = 45_000 / 1.005 * (mode.hasSuffix("unlevered") ? 1 : 1 / 0.35)
        let earned = result.attribution[6].approximateDouble
        #expect(abs(earned - 0.02 * staked) < 0.001 * staked, "\(earned) of \(staked)")
        #expect(result.attributionResidual.isZero)
        let last = try #require(steps.last)
        #expect(abs(last.delta) < 0.005 * last.equity, "\(last.delta)")
    }

    /// Below `dust-delta` they are kept.
    @Test func rewardsThatAreDustAreKept() throws {
        var market = HedgedMarketData(closes: Array(repeating: 300_000, count: 24 * 16), rate: 0)
        market.rewards = [(50, 500)]
        let (result, _) = try market.run(
            "usdt-market-neutral-unlevered",
            [("rewards", .text("base-eigen")), ("dust-delta", .number(ExactDecimal("0.02")!))])
        #expect(!result.rebalances.contains { $0.reason == "rewards" })
        #expect(result.finalPositions.contains { $0.instrument == "wallet:base:EIGEN" })
    }

    /// A withdrawal of capital through the protocol's queue: nothing is sold in the pool, what waits stays
    /// hedged for the seven days of ether.fi, and then it is paid one to one.
    @Test func aSlowWithdrawalWaitsHedgedInTheQueueAndIsPaid() throws {
        let hours = 24 * 16
        let market = HedgedMarketData(closes: Array(repeating: 300_000, count: hours), rate: 0)
        let flows = [
            CapitalFlow(time: HedgedMarketData.time(hour: 40), amount: ExactDecimal(-60_000))
        ]
        let (fast, _) = try market.run("usdt-market-neutral-unlevered", flows: flows)
        let (slow, steps) = try market.run(
            "usdt-market-neutral-unlevered", [("withdrawal", .text("slow"))], flows: flows)
        #expect(slow.netFlows == ExactDecimal(-60_000) && fast.netFlows == slow.netFlows)
        let paid = { (result: BacktestResult) in
            result.ledger.filter { $0.cause == .netFlow }.map(\.time).max()
        }
        let (early, late) = (try #require(paid(fast)), try #require(paid(slow)))
        #expect(early < HedgedMarketData.time(hour: 50))
        #expect(late >= HedgedMarketData.time(hour: 40 + 168) && late < HedgedMarketData.time(hour: 40 + 180))
        // The pool pays 0.1 % less than the ratio, and its cost; the queue pays the ratio.
        #expect(slow.attribution[8].approximateDouble > fast.attribution[8].approximateDouble + 50)
        #expect(slow.attributionResidual.isZero)
        // Hedged at every step, in the queue as well.
        let waiting = steps.filter { $0.time > HedgedMarketData.time(hour: 48) }
        #expect(waiting.count > 200 && waiting.allSatisfy { abs($0.delta) < 0.005 * $0.equity })
    }

    /// A short without enough margin is bought back at once; nothing is opened while risk overrides.
    @Test(arguments: modes) func aGapBelowTheCriticalRatioOnlyReduces(_ mode: String) throws {
        let closes = HedgedMarketData.move(to: 184, over: 1)
        let (result, steps) = try HedgedMarketData(closes: closes, rate: 0).run(mode)
        #expect(steps.contains { $0.band == .critical })
        #expect(result.rebalances.contains { $0.reason == "risk-override" })
        #expect(result.attributionResidual.isZero)
        let last = try #require(steps.last)
        #expect(last.margins.allSatisfy { $0 > 0.44 }, "\(last.margins)")
        #expect(abs(last.delta) < 0.005 * last.equity, "\(last.delta)")
    }

    @Test(arguments: modes) func everythingThatIsWrongIsToldAtOnce(_ mode: String) {
        let shares = ParameterValue.map([
            NamedParameter("binance", .number(ExactDecimal("0.5")!)),
            NamedParameter("bybit", .number(ExactDecimal("0.4")!)),
        ])
        let (parameters, sum) = Parameters.resolve(
            [NamedParameter("hedge", shares)], schema: USDTMarketNeutral.descriptor.parameters)
        #expect(sum.map(\.name) == ["hedge"] && sum[0].message.contains("0.9"))
        _ = parameters
        let (bad, none) = Parameters.resolve(
            [
                NamedParameter("target-ltv", .number(ExactDecimal("0.8")!)),
                NamedParameter("margin-ratio-target", .number(ExactDecimal("0.4")!)),
                NamedParameter("reduce-ratio", .number(ExactDecimal("0.1")!)),
            ], schema: USDTMarketNeutral.descriptor.parameters)
        #expect(none.isEmpty)
        let problems = USDTMarketNeutral.check(bad)
        #expect(Set(problems.map(\.name)) == ["target-ltv", "margin-ratio-target", "critical-ratio"])
        #expect(problems.contains { $0.message.contains("2/3") })
        // Only a stake without a loan can wait for the queue.
        let named = USDTMarketNeutral.descriptor.parameters.map(\.name)
        #expect(!named.contains("withdrawal"))
        #expect(USDTMarketNeutralUnlevered.descriptor.parameters.map(\.name).contains("withdrawal"))
    }

    @Test(arguments: modes) func missingSeriesTheShareClassAndTheCapitalAreToldAtOnce(
        _ mode: String
    ) throws {
        var market = HedgedMarketData(closes: Array(repeating: 300_000, count: 48))
        market.missing = ["aave-oracle:spot:weETH/USD", "curve:spot:weETH/ETH", "bybit:perp:ETHUSDT"]
        do {
            _ = try market.run(mode, capital: 500, shareClass: "ETH")
            Issue.record("it ran")
        } catch {
            let text = "\(error)"
            for part in market.missing + ["USDT", "1000"] { #expect(text.contains(part), "\(part): \(text)") }
        }
    }
}
