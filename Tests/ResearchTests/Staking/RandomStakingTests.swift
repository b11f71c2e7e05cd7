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

/// Both staking modes through random markets: prices, ratios, pools, indices, gas, capital.
@Suite struct RandomStakingTests {
    private static let days = 60

    private static func run(_ seed: UInt64) -> StakingRun {
        var random = SplitMix64(seed: seed)
        func draw(_ count: UInt64) -> Int64 { Int64(random.next() % count) }
        let borrows = draw(4) != 0
        let isSlow = draw(2) == 0
        let flows = (1..<Int(2 + draw(6))).map { _ in
            (day: Int(1 + draw(58)), amount: draw(2) == 0 ? "\(1 + draw(9))" : "-\(1 + draw(4)).5")
        }.sorted { $0.day < $1.day }
        let leverage = ["0.5", "0.65", "0.8", "0.85"][Int(draw(4))]
        var run = StakingRun(
            borrows ? "eth-leveraged-staking" : "eth-staking", capital: "\(10 + draw(40))",
            parameters: [("reserve-ratio", "0.\(1 + draw(3))")]
                + (borrows
                    ? [("target-ltv", leverage), ("max-leverage", "14")]
                    : [("withdrawal", isSlow ? "slow" : "fast")]),
            flows: flows)
        var (ether, ratio, peg) = (Int64(2000_00000000), Int64(10_500), Int64(10_000))
        var (supply, borrow) = (StakingRun.one, StakingRun.one)
        var prices: [(ether: Int64, token: Int64, pool: Int64)] = []
        var indices: [(supply: Int64, borrow: Int64)] = []
        for _ in 0..<days {
            ether = max(100_00000000, ether / 1000 * (950 + draw(101)))
            // Now and then the ratio is cut, as by a slashing.
            ratio = draw(40) == 0 ? ratio / 100 * (84 + draw(14)) : ratio + draw(3)
            peg = min(10_100, max(9_000, peg - 60 + draw(121)))
            (supply, borrow) = (supply + draw(1_000_000_000_000), borrow + draw(3_000_000_000_000))
            prices.append((ether, ether / 10_000 * ratio, StakingRun.one / 100_000_000 * (ratio * peg)))
            indices.append((supply, borrow))
        }
        run.addPrices(prices)
        run.addIndices(indices)
        if draw(2) == 0 {
            run.lending.add(
                "ethereum:base:ETH", .gas, "gas-price", (0..<days).map { _ in draw(90) }, scale: 0)
        }
        return run
    }

    @Test func theBooksBalanceAndNothingIsOpenedBelowTheBound() throws {
        var (liquidations, groups, withdrawals) = (0, 0, 0)
        for seed in UInt64(0)..<200 {
            let run = Self.run(seed)
            let result = try run.run()
            #expect(result.attributionResidual.isZero, "seed \(seed)")
            #expect(result.isConserved, "seed \(seed)")
            #expect(result.units("wallet:base:ETH") >= 0, "seed \(seed)")
            liquidations += result.risk.liquidations
            // After a liquidation nothing is opened any more.
            var isHalted = false
            for event in try LoggedGroups.events(run) {
                switch event {
                case .loanLiquidated: isHalted = true
                case .groupSubmitted(_, let group, _):
                    groups += 1
                    let opens = group.action == .entryFull || group.action == .entryPartial
                    #expect(!(isHalted && opens), "seed \(seed)")
                case .capitalMoved(_, let amount) where amount.units < 0: withdrawals += 1
                default: continue
                }
            }
        }
        // The markets are wild enough to be worth it.
        #expect(liquidations > 5 && groups > 1000 && withdrawals > 100)
    }

    @Test func aCapOfThePoolStopsTheGroup() throws {
        for (instrument, most) in [(StakingRun.collateral, "40"), (StakingRun.debt, "30")] {
            var run = StakingRun(
                "eth-leveraged-staking", capital: "10",
                parameters: [("target-ltv", "0.8"), ("max-leverage", "5"), ("reserve-ratio", "0")])
            run.addPrices([(2000_00000000, 2000_00000000, StakingRun.one)])
            run.addIndices([(StakingRun.one, StakingRun.one)])
            run.lending.plan.execution.chain.caps = [
                PoolCap(instrument: InstrumentID(instrument)!, amount: ExactDecimal(most)!)
            ]
            let result = try run.run()
            #expect(result.data.warnings.contains { $0.contains("did not happen: cap-exceeded") })
            #expect(result.held == ["wallet:base:ETH": "10"])
        }
    }

    @Test func howLongARunIsWarmedUpChangesNothing() throws {
        var logs: [[RunEvent]] = []
        for early in [0, 3, 20] {
            var run = StakingRun("eth-leveraged-staking", capital: "10")
            run.addPrices(
                (0..<40).map { (2000_00000000, 2000_00000000 + Int64($0) * 100_000, StakingRun.one) })
            run.addIndices((0..<40).map { (StakingRun.one + Int64($0), StakingRun.one + Int64($0)) })
            run.lending.series = run.lending.series.map { one in
                guard case .values(let columns) = one.columns else { return one }
                let kept = (20 - early)..<40
                return TestSeries.series(
                    one.instrument.description, one.kind,
                    .values(
                        ValueColumns(
                            time: columns.time.slice(kept), names: columns.names,
                            values: columns.values.map { $0.slice(kept) })),
                    Int(one.priceScale.decimals), 0)
            }
            run.lending.plan.start = Instant(nanoseconds: 20 * LendingRun.day)
            let events = try LoggedGroups.events(run)
            logs.append(
                events.filter {
                    if case .opened = $0 { return false }
                    if case .chainLink = $0 { return false }
                    return true
                })
        }
        #expect(logs[0].count > 20)
        #expect(logs[0] == logs[1] && logs[0] == logs[2])
    }
}
