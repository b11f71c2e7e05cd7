import Accounting
import Events
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import Trading
import Units

/// `eth-staking` over made series.
@Suite struct PlainStakingTests {
    private static let one = StakingRun.one
    private static let flat = (ether: Int64(2000_00000000), token: Int64(2000_00000000), pool: one)

    @Test func allButTheReserveIsStakedAndGrowsWithTheRatio() throws {
        var run = StakingRun(
            "eth-staking", capital: "20", parameters: [("position-deviation-threshold", "1")])
        run.addPrices([Self.flat, (ether: 1000_00000000, token: 1050_00000000, pool: Self.one)])
        let result = try run.run()
        #expect(result.held == ["wallet:base:ETH": "2", "wallet:base:weETH": "18"])
        #expect(result.cause("staking") == "0.9")
        #expect(result.cause("price") == "0")
        #expect(result.finalEquity.normalized.description == "20.9")
        #expect(result.attributionResidual.isZero)
        #expect(result.isConserved)
    }

    @Test func aFastWithdrawalSellsInThePoolAtItsRateAndASlowOneWaitsForTheQueue() throws {
        let prices = (0..<10).map { _ in
            (ether: Int64(2000_00000000), token: Int64(2000_00000000), pool: Self.one / 1000 * 999)
        }
        for (way, slippage, price) in [("fast", "-0.0215784", "-0.009"), ("slow", "0", "0")] {
            var run = StakingRun(
                "eth-staking", capital: "20",
                parameters: [("position-deviation-threshold", "1"), ("withdrawal", way)],
                flows: [(1, "-9")])
            run.addPrices(prices)
            let result = try run.run()
            #expect(result.netFlows.normalized.description == "-9")
            // 9 tokens at 0.999, 24 basis points of what comes out; what lacks, out of the reserve.
            #expect(result.cause("price") == price)
            #expect(result.cause("slippage") == slippage)
            #expect(result.held["wallet:base:weETH"] == "9")
            #expect(result.held["etherfi:base:ETH"] == nil)
            #expect(result.attributionResidual.isZero)
            #expect(result.isConserved)
        }
    }

    @Test func whatWaitsInTheQueueIsStillOwnedAndIsPaidAfterTheDelay() throws {
        let cases: [(Timespan?, Bool)] = [(nil, false), (2 * Timespan.day, true)]
        for (delay, isPaid) in cases {
            var run = StakingRun(
                "eth-staking", capital: "20",
                parameters: [("position-deviation-threshold", "1"), ("withdrawal", "slow")],
                flows: [(1, "-9")])
            run.lending.plan.execution.chain.unstakingDelay = delay
            run.addPrices((0..<5).map { _ in Self.flat })
            let result = try run.run()
            #expect(result.finalEquity.normalized.description == (isPaid ? "11" : "20"))
            #expect(result.held["etherfi:base:ETH"] == (isPaid ? nil : "9"))
            #expect(result.attributionResidual.isZero)
        }
    }

    @Test func rewardsComeOnMondaysAndAreSoldOnceTheyAreNoDust() throws {
        // Day 0 is a Thursday: rewards of day 1 come on Monday, day 4.
        var run = StakingRun(
            "eth-staking", capital: "100",
            parameters: [
                ("reserve-ratio", "0"), ("rewards", "base-eigen"), ("dust-delta", "0.01"),
                ("position-deviation-threshold", "1"),
            ])
        run.addPrices((0..<14).map { _ in Self.flat })
        let days = LendingRun.day
        let columns = SeriesColumns.values(
            ValueColumns(
                time: Column([days, 8 * days]), names: ["earned", "restaked", "not-restaked"],
                values: [Column([30, 60]), Column([80, 80]), Column([20, 20])]))
        run.lending.series.append(TestSeries.series("etherfi:base:EIGEN", .ratio, columns, 0, 0))
        run.lending.series.append(
            TestSeries.bars(
                "uniswap-v3:spot:EIGEN/WETH", (0..<14).map { [Int64($0) * 1440, 20, 20, 20, 20, 1] },
                priceScale: 3, timeframe: .fixed(.day)))
        var (received, times): ([Int128], [Int64]) = ([], [])
        for record in try LoggedGroups.records(run) {
            guard case .rewardReceived(_, _, let amount) = record.event else { continue }
            received.append(amount.units)
            times.append(record.time.nanoseconds / days)
        }
        // 0.3 EIGEN for each of 100 ETH on the first Monday, then 0.6 on the next.
        #expect(received == [30_00000000, 60_00000000])
        #expect(times == [4, 11])
        let groups = try LoggedGroups.of(run)
        #expect(groups.map(\.action) == [.entryFull, .sellDust])
        let result = try run.run()
        // 30 are worth 0.6 ETH, below 1; 90 are worth 1.8 ETH and sold at 10 basis points.
        #expect(result.cause("rewards") == "1.8")
        #expect(result.cause("slippage") == "-0.0018")
        #expect(result.held["wallet:base:ETH"] == "1.7982")
        #expect(result.held["wallet:base:EIGEN"] == nil)
        #expect(result.attributionResidual.isZero)
    }

    @Test func whatThePoolWouldGiveTooLittleForIsNotSold() throws {
        var run = StakingRun(
            "eth-staking", capital: "20", parameters: [("slippage-limit", "10")], flows: [(1, "-9")])
        run.addPrices((0..<6).map { _ in Self.flat })
        let result = try run.run()
        // The pool costs 20 basis points; tries on days 1, 2, 3 and so on all fail.
        #expect(result.netFlows.isZero)
        #expect(result.data.warnings.contains { $0.contains("did not happen: slippage") })
        #expect(result.attributionResidual.isZero)
    }

    @Test func gasComesOutOfTheReserve() throws {
        var run = StakingRun("eth-staking", capital: "20")
        run.addPrices([Self.flat, Self.flat])
        run.lending.add("ethereum:base:ETH", .gas, "gas-price", [10, 10], scale: 0)
        let result = try run.run()
        // 150,000 units at 10 gwei.
        #expect(result.cause("gas") == "-0.0015")
        #expect(result.held == ["wallet:base:ETH": "1.9985", "wallet:base:weETH": "18"])
    }
}
