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

/// `eth-leveraged-staking` over made series.
@Suite struct LeveragedStakingTests {
    private static let one = StakingRun.one
    private static let bold = [("target-ltv", "0.8"), ("max-leverage", "5"), ("reserve-ratio", "0")]

    private static func run(
        capital: String = "10", _ parameters: [(String, String)] = bold,
        flows: [(day: Int, amount: String)] = [], prices: [(ether: Int64, token: Int64, pool: Int64)],
        indices: [(supply: Int64, borrow: Int64)]? = nil
    ) throws -> BacktestResult {
        var run = StakingRun("eth-leveraged-staking", capital: capital, parameters: parameters, flows: flows)
        run.addPrices(prices)
        run.addIndices(indices ?? prices.map { _ in (one, one) })
        return try run.run()
    }

    @Test(arguments: [Int64(2000_00000000), 2073_12345678, 2911_99999999])
    func tenEtherAtFourFifthsHoldFiftyAndOweForty(_ token: Int64) throws {
        let prices = [(2000_00000000, token, Self.one), (2000_00000000, token, Self.one)]
            .map { (ether: Int64($0.0), token: $0.1, pool: $0.2) }
        let result = try Self.run(prices: prices)
        let ratio = try Wad(Int128(token), over: 2000_00000000, rounding: .halfUp)
        let staked = result.units(StakingRun.collateral)
        let worth = try ratio.multiplied(by: staked, rounding: .down)
        let fifty: Int128 = 50_000_000_000_000_000_000
        // Staking and supplying round by a unit of the token each.
        #expect(worth <= fifty && fifty - worth <= 4, "\(worth)")
        #expect(result.units(StakingRun.debt) == -40_000_000_000_000_000_000)
        #expect(result.held.count == 2)
        #expect(result.attributionResidual.isZero)
        #expect(result.isConserved)
    }

    @Test func oneAtomicGroupOfFiveOperationsMakesThePosition() throws {
        var run = StakingRun("eth-leveraged-staking", capital: "10", parameters: Self.bold)
        run.addPrices([(2000_00000000, 2000_00000000, Self.one)])
        run.addIndices([(Self.one, Self.one)])
        let groups = try LoggedGroups.of(run)
        #expect(
            groups.map { $0.operations.map(\.kind) } == [
                [.enterEfficiencyMode], [.flashBorrow, .stake, .supply, .borrow, .flashRepay],
            ])
        #expect(groups[1].action == .entryFull)
        #expect(groups[1].operations[2].amount == .produced)
    }

    @Test func theDefaultLeverageRefusesTheTargetWithItsFigure() throws {
        var run = StakingRun(
            "eth-leveraged-staking", capital: "10",
            parameters: [("target-ltv", "0.8"), ("reserve-ratio", "0")])
        run.addPrices([(2000_00000000, 2000_00000000, Self.one)])
        run.addIndices([(Self.one, Self.one)])
        do {
            _ = try run.run()
            Issue.record("the run was not refused")
        } catch BacktestError.badParameters(_, let problems) {
            #expect(problems.count == 1)
            #expect(problems[0].name == "target-ltv")
            #expect(problems[0].message.contains("2/3"))
        }
    }

    @Test func twoThirdsThemselvesAreAllowed() throws {
        let prices = [(ether: Int64(2000_00000000), token: Int64(2000_00000000), pool: Self.one)]
        let parameters = [("target-ltv", "0.666666666"), ("reserve-ratio", "0")]
        let result = try Self.run(parameters, prices: prices)
        #expect(result.units(StakingRun.debt) < -19_999_999_000_000_000_000)
    }

    @Test func unwindingReturnsToEtherWithoutDebt() throws {
        let prices = (0..<4).map { _ in
            (ether: Int64(2000_00000000), token: Int64(2100_00000000), pool: Self.one / 100 * 105)
        }
        let result = try Self.run(flows: [(1, "-10")], prices: prices)
        #expect(result.held.keys.sorted() == ["wallet:base:ETH"])
        // 50 ETH of tokens sold, just below 100,000 USD, at 24 basis points.
        #expect(abs(result.figure("slippage") + 0.12) < 1e-15)
        #expect(abs(result.finalEquity.approximateDouble - 9.88) < 1e-14)
        #expect(result.attributionResidual.isZero)
    }

    @Test func withdrawalsTakeDebtAndCollateralInProportionAndDepositsAddToBoth() throws {
        let prices = (0..<6).map { _ in
            (ether: Int64(1_00000000), token: Int64(1_00000000), pool: Self.one)
        }
        let parameters = Self.bold + [("position-deviation-threshold", "1")]
        let result = try Self.run(parameters, flows: [(1, "10"), (3, "-5")], prices: prices)
        // 10, then 20 of equity; a quarter of it out, and once more what the sale of 25 ETH cost.
        #expect(result.netFlows.normalized.description == "5")
        let (collateral, debt) = (result.units(StakingRun.collateral), -result.units(StakingRun.debt))
        let gap = collateral * 8 - debt * 10
        #expect(abs(gap) < 100, "\(collateral) \(debt)")
        #expect(collateral < 75_000_000_000_000_000_000 && collateral > 74_000_000_000_000_000_000)
        #expect(result.attributionResidual.isZero)
    }

    @Test func interestAndGrowthOfTheRatioAreTheirOwnCauses() throws {
        let prices = [
            (ether: Int64(2000_00000000), token: Int64(2000_00000000), pool: Self.one),
            (ether: Int64(2500_00000000), token: Int64(2550_00000000), pool: Self.one),
        ]
        let indices = [(Self.one, Self.one), (Self.one / 1000 * 1001, Self.one / 100 * 101)]
        let result = try Self.run(
            Self.bold + [("position-deviation-threshold", "1")], prices: prices, indices: indices)
        // 50 tokens grow by 2 % of their ratio, then the deposit by 0.001 of them at 1.02; 40 ETH owe 1 %.
        #expect(result.cause("staking") == "1")
        #expect(result.cause("supply_interest") == "0.051")
        #expect(result.cause("borrow_interest") == "-0.4")
        #expect(result.cause("price") == "0")
        #expect(result.finalEquity.normalized.description == "10.651")
        #expect(result.attributionResidual.isZero)
    }

    @Test func aHealthFactorBelowOneIsLiquidatedByAtMostTheCloseFactorWithTheBonus() throws {
        // Collateral of 100 ETH, debt 80: healthy at 0.95; at a ratio of 0.84 the factor is 0.9975.
        let prices = [
            (ether: Int64(2000_00000000), token: Int64(2000_00000000), pool: Self.one),
            (ether: Int64(2000_00000000), token: Int64(1680_00000000), pool: Self.one / 100 * 84),
        ]
        var run = StakingRun("eth-leveraged-staking", capital: "20", parameters: Self.bold)
        run.addPrices(prices)
        run.addIndices(prices.map { _ in (Self.one, Self.one) })
        let events = try LoggedGroups.events(run)
        let liquidations = events.compactMap { event -> LoanLiquidation? in
            if case .loanLiquidated(let liquidation, _) = event { return liquidation }
            return nil
        }
        let first = try #require(liquidations.first)
        #expect(liquidations.count == 1)
        #expect(first.repaid.units == 40_000_000_000_000_000_000)
        // 40 / 0.84 tokens and a hundredth more.
        let equal: Int128 = 40_000_000_000_000_000_000 * 100 / 84
        #expect(abs(first.seized.units - equal * 101 / 100) <= 2)
        #expect(abs(first.penalty.units - equal / 100) <= 2)
        #expect(first.healthFactor.description.hasPrefix("0.9975"))
        let result = try run.run()
        #expect(result.risk.liquidations == 1)
        #expect(result.isConserved)
        #expect(result.attributionResidual.isZero)
        // The penalty at the ratio of 0.84.
        #expect(abs(result.figure("liquidation") + 0.4) < 1e-14)
        #expect(result.units(StakingRun.debt) >= -40_000_000_000_000_000_000)
    }

    @Test func belowTheBoundOfTheHealthFactorTheLoanIsReducedAndNothingOpened() throws {
        // The ratio falls by 8 %: the factor is 1.0925, below 1.1.
        let prices = [
            (ether: Int64(2000_00000000), token: Int64(2000_00000000), pool: Self.one),
            (ether: Int64(2000_00000000), token: Int64(1840_00000000), pool: Self.one / 100 * 92),
            (ether: Int64(2000_00000000), token: Int64(1840_00000000), pool: Self.one / 100 * 92),
        ]
        var run = StakingRun(
            "eth-leveraged-staking", capital: "10",
            parameters: Self.bold + [("position-deviation-threshold", "1")])
        run.addPrices(prices)
        run.addIndices(prices.map { _ in (Self.one, Self.one) })
        let groups = try LoggedGroups.of(run)
        #expect(groups.count == 3)
        #expect(groups[2].action == .exitPartial)
        #expect(groups[2].operations.map(\.kind) == [.flashBorrow, .repay, .withdraw, .swap, .flashRepay])
        let result = try run.run()
        let ratio = Wad(mantissa: 920_000_000_000_000_000)
        let collateral = try ratio.multiplied(by: result.units(StakingRun.collateral), rounding: .down)
        let debt = -result.units(StakingRun.debt)
        #expect(debt * 100 <= collateral * 80 + 1000 && debt * 100 > collateral * 78)
        #expect(result.attributionResidual.isZero)
    }

    /// A token for staked ETH is ETH: held where ETH is the share class it is no exposure, whatever the
    /// dollar and its own ratio do.
    @Test(arguments: ["eth-staking", "eth-leveraged-staking"]) func aStakeIsNoDeltaWhereEtherIsTheShareClass(
        _ mode: String
    ) throws {
        var run = StakingRun(mode, capital: "30", parameters: [("reserve-ratio", "0")])
        run.addPrices(
            (0..<6).map { (2_000_00000000 + $0 * 3_00000000, 2_100_00000000 + $0 * 4_00000000, Self.one) })
        run.addIndices((0..<6).map { _ in (Self.one, Self.one) })
        let result = try run.run()
        #expect(result.risk.maxAbsDelta == 0)
        #expect(result.riskCurve?.points.allSatisfy { $0.net == 0 && ($0.netDelta ?? 0) == 0 } == true)
        #expect(result.finalPositions.contains { $0.instrument.hasSuffix("weETH") && !$0.quantity.isZero })
        #expect(result.attributionResidual.isZero)
    }

    @Test func everythingThatIsWrongIsToldAtOnce() throws {
        var run = StakingRun(
            "eth-leveraged-staking", capital: "0.005",
            parameters: [("target-ltv", "0.9"), ("max-ltv", "0.91")], shareClass: "USDT")
        run.lending.add("aave-oracle:spot:WETH/USD", .ratio, "ratio", [2000_00000000], scale: 8)
        run.lending.add(StakingRun.pool, .ratio, "ratio", [Self.one, Self.one], scale: 16)
        run.lending.add(StakingRun.debt, .index, "variable-borrow-index", [Self.one], scale: 16)
        run.lending.plan.end = Instant(nanoseconds: 9 * LendingRun.day)
        do {
            _ = try run.run()
            Issue.record("the run was not refused")
        } catch BacktestError.unfitSeries(let problems) {
            for part in [
                "2/3", "0.88", "a health factor below 1.1", "no ratio of aave-oracle:spot:weETH/USD",
                "no index of aave-v3:aToken:weETH", "the ratio of aave-oracle:spot:WETH/USD ends at",
                "the index of aave-v3:debtToken:WETH ends at", "counts in ETH, and capital.asset is USDT",
                "less to stake than the 0.01 ETH",
            ] {
                #expect(problems.contains { $0.message.contains(part) }, "\(part): \(problems)")
            }
        }
    }
}

/// The groups and events that a run's log holds.
enum LoggedGroups {
    static func events(_ run: StakingRun) throws -> [RunEvent] { try records(run).map(\.event) }

    static func records(_ run: StakingRun) throws -> [RunRecord] {
        var bytes: [UInt8] = []
        _ = try Backtest.run(
            plan: run.lending.plan, series: run.lending.series,
            registry: StrategyRegistry(BuiltInStrategies.all),
            options: BacktestOptions(logSink: { bytes.append(contentsOf: $0) }))
        return try bytes.withUnsafeBytes { raw in
            var reader = RunLogReader(bytes: raw)
            var records: [RunRecord] = []
            while let record = try reader.next() { records.append(record) }
            return records
        }
    }

    static func of(_ run: StakingRun) throws -> [OperationGroup] {
        try events(run).compactMap { event in
            if case .groupSubmitted(_, let group, _) = event { return group }
            return nil
        }
    }
}
