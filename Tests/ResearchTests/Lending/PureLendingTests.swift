import Accounting
import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Trading
import Units

/// `pure-lending` over made indices: reserve, capital that comes and goes, gas, and what is refused.
@Suite struct PureLendingTests {
    private static let one: Int64 = 10_000_000_000_000_000

    @Test func theReserveStaysInTheWalletAndTheRestGrows() throws {
        var run = LendingRun("USDT", capital: "1000", reserve: "0.25")
        run.addIndex(LendingRun.usdt, [Self.one, Self.one / 100 * 101, Self.one / 100 * 110])
        let result = try run.run()
        #expect(result.finalPositions.map(\.instrument) == ["wallet:base:USDT", LendingRun.usdt])
        #expect(result.finalPositions.map(\.quantity.description) == ["250", "825"])
        #expect(result.cause("supply_interest") == "75")
        #expect(result.finalEquity.normalized.description == "1075")
        #expect(result.attributionResidual.isZero)
        #expect(result.isConserved)
    }

    @Test func depositsAreSuppliedAndWithdrawalsAreTakenOneToOne() throws {
        var run = LendingRun(
            "ETH", capital: "50", reserve: "0.1", flows: [(1, "10"), (3, "-20.5"), (4, "-1")])
        run.addIndex(
            LendingRun.weth,
            [
                Self.one, Self.one / 100 * 110, Self.one / 100 * 110, Self.one / 100 * 121,
                Self.one / 100 * 121,
            ])
        let result = try run.run()
        // 45 supplied; a tenth of interest; 9 of the deposit supplied; another tenth; 20.5, then 1 out.
        #expect(result.cause("supply_interest") == "10.35")
        #expect(result.netFlows.normalized.description == "-11.5")
        let held = Dictionary(
            uniqueKeysWithValues: result.finalPositions.map { ($0.instrument, $0.quantity.description) })
        #expect(held == ["wallet:base:ETH": "6", LendingRun.weth: "42.85"])
        #expect(result.attributionResidual.isZero)
        #expect(result.isConserved)
    }

    @Test func whatTheDepositLacksComesOutOfTheReserveAndTheRestStaysOwed() throws {
        var run = LendingRun("USDT", capital: "100", reserve: "0.5", flows: [(1, "-80"), (2, "-90")])
        run.addIndex(LendingRun.usdt, [Self.one, Self.one, Self.one, Self.one])
        let result = try run.run()
        #expect(result.netFlows.normalized.description == "-80")
        #expect(result.finalPositions.map(\.quantity.description) == ["20"])
        #expect(result.data.warnings.contains { $0.hasPrefix("1 withdrawals were asked for and not paid") })
    }

    @Test func gasOfAGroupIsUnitsTimesPriceInEther() throws {
        var run = LendingRun("ETH", capital: "50", reserve: "0.1", flows: [(2, "-1")])
        run.addIndex(LendingRun.weth, [Self.one, Self.one, Self.one])
        run.add("ethereum:base:ETH", .gas, "gas-price", [12_07, 20_00, 30_01], scale: 2)
        let result = try run.run()
        // Supply 250,000 x 12.07 gwei and withdrawal 220,000 x 30.01 gwei.
        #expect(result.cause("gas") == "-0.0096197")
        #expect(result.finalEquity.normalized.description == "48.9903803")
        #expect(result.attributionResidual.isZero)
    }

    @Test func gasOfAWalletOfStableCoinsIsPaidInThemAtTheOraclesPrices() throws {
        var run = LendingRun("USDT", capital: "1000", reserve: "0.1")
        run.addIndex(LendingRun.usdt, [Self.one, Self.one])
        run.add("ethereum:base:ETH", .gas, "gas-price", [40, 40], scale: 0)
        run.add("aave-oracle:spot:WETH/USD", .ratio, "ratio", [2_000_00, 2_000_00], scale: 2)
        run.add("aave-oracle:spot:USDT/USD", .ratio, "ratio", [1_00, 1_00], scale: 2)
        let result = try run.run()
        // 250,000 x 40 gwei = 0.01 ETH = 20 USDT.
        #expect(result.cause("gas") == "-20")
        #expect(result.attributionResidual.isZero)
    }

    @Test func aWalletThatCannotPayGasSuppliesNothingAndSaysSo() throws {
        var run = LendingRun("ETH", capital: "50", reserve: "0")
        run.addIndex(LendingRun.weth, [Self.one, Self.one / 10 * 11])
        run.add("ethereum:base:ETH", .gas, "gas-price", [10, 10], scale: 0)
        let result = try run.run()
        #expect(result.finalPositions.map(\.instrument) == ["wallet:base:ETH"])
        #expect(result.data.warnings.contains { $0.hasPrefix("2 groups of operations did not happen") })
        #expect(result.attributionResidual.isZero)
    }

    @Test func everythingThatIsMissingIsRefusedAtOnce() throws {
        var run = LendingRun("USDT", capital: "1000", flows: [(9, "5")])
        run.addIndex(LendingRun.weth, [Self.one, Self.one])
        run.add("ethereum:base:ETH", .gas, "gas-price", [40], scale: 0)
        run.plan.start = Instant(nanoseconds: -5)
        run.plan.end = Instant(nanoseconds: 5 * LendingRun.day)
        do {
            _ = try run.run()
            Issue.record("the run was not refused")
        } catch BacktestError.unfitSeries(let problems) {
            #expect(problems.count == 8)
            for part in [
                "the run holds no index of aave-v3:aToken:USDT", "no ratio of aave-oracle:spot:WETH/USD",
                "no ratio of aave-oracle:spot:USDT/USD", "the index of aave-v3:aToken:WETH begins at",
                "the index of aave-v3:aToken:WETH ends at", "the gas of ethereum:base:ETH begins at",
                "the gas of ethereum:base:ETH ends at", "lies outside the run's window",
            ] {
                #expect(problems.contains { $0.message.contains(part) }, "\(part)")
            }
        }
    }

    @Test func anIndexThatFallsOrIsBelowOneEndsTheRunWithItsPlace() throws {
        for values in [[Self.one, Self.one + 2, Self.one + 1], [Self.one - 1], [0], [-Self.one]] {
            var run = LendingRun("USDT", capital: "1000")
            run.addIndex(LendingRun.usdt, values)
            #expect(throws: ChainDataError.self) { _ = try run.run() }
        }
    }

    @Test func anotherShareClassIsRefused() throws {
        var run = LendingRun("BTC", capital: "1000")
        run.addIndex(LendingRun.usdt, [Self.one, Self.one])
        #expect(throws: (any Error).self) { _ = try run.run() }
    }
}
