import Foundation
import MarketData
import Markets
import Research
import Simulation
import StrategyKit
import Testing
import TradewindCommands
import Units

/// What a run's own deposit and debt do to the rates that it earns and pays.
@Suite struct OwnSizeTests {
    private static let one: Int64 = 10_000_000_000_000_000

    private static func pool(_ id: String, _ supplied: String, _ borrowed: String) -> RateImpactPool {
        RateImpactPool(
            instrument: InstrumentID(id)!, supplied: ExactDecimal(supplied)!,
            borrowed: ExactDecimal(borrowed)!
        )
    }

    /// `rayMul` and `rayDiv` on digits, and the two slopes of USDT: kink 0.95, slope 0.08, factor 0.113.
    private enum Plain {
        static let ray: Int128 = 1_000_000_000_000_000_000_000_000_000

        static func times(_ a: Int128, _ b: Int128) -> Int128 {
            Int128(PlainRay.multiply(PlainInteger(String(a)), PlainInteger(String(b))).description)!
        }
        static func over(_ a: Int128, _ b: Int128) -> Int128 {
            Int128(PlainRay.divide(PlainInteger(String(a)), PlainInteger(String(b))).description)!
        }
        static func supplyRate(_ supplied: Int128, _ borrowed: Int128) -> Int128 {
            let use = over(min(borrowed, supplied), supplied)
            let kink = ray / 100 * 95
            let slope = ray / 100 * 8
            let borrow =
                use <= kink
                ? over(times(slope, use), kink)
                : slope + times(slope, over(use - kink, ray - kink))
            return times(times(borrow, use), ray / 1_000 * 887)
        }
        static func share(_ supplied: Int128, _ borrowed: Int128, own: Int128) -> Int128 {
            over(supplyRate(supplied + own, borrowed), supplyRate(supplied, borrowed))
        }
    }

    /// A deposit followed by the formula: scaled balance, and the share of the interest that it earns.
    private struct PlainDeposit {
        var scaled: Int128
        var balance: Int128
        var share: Int128

        init(_ amount: Int128, index: Int128, _ supplied: Int128, _ borrowed: Int128) {
            scaled = Plain.over(amount, index)
            balance = Plain.times(scaled, index)
            share = Plain.share(supplied, borrowed, own: balance)
        }

        mutating func grow(to index: Int128, _ supplied: Int128, _ borrowed: Int128) {
            let interest = Plain.times(scaled, index) - balance
            scaled -= Plain.over(interest - Plain.times(interest, share), index)
            balance = Plain.times(scaled, index)
            share = Plain.share(supplied, borrowed, own: balance)
        }
    }

    @Test func aDepositHalfAsLargeAsThePoolEarnsFourNinthsOfTheInterest() throws {
        var run = LendingRun("USDT", capital: "500000")
        run.addIndex(LendingRun.usdt, [Self.one, Self.one / 100 * 101, Self.one / 1_000 * 1_025])
        run.plan.execution.chain.impacts = [Self.pool(LendingRun.usdt, "1000000", "900000")]
        let result = try run.run()
        // The use falls from 0.9 to 0.6, and the rate with its square: 5,000 x 4 / 9 on the first day.
        let million: Int128 = 1_000_000_000_000
        let indices = [Self.one, Self.one / 100 * 101, Self.one / 1_000 * 1_025].map {
            Int128($0) * 100_000_000_000
        }
        var plain = PlainDeposit(million / 2, index: indices[0], million, million / 10 * 9)
        plain.grow(to: indices[1], million, million / 10 * 9)
        #expect(plain.balance == 502_222_222_222)
        plain.grow(to: indices[2], million, million / 10 * 9)
        let deposit = try #require(result.finalPositions.first { $0.instrument == LendingRun.usdt })
        #expect(deposit.quantity.exactMantissa(at: Scale(6)) == plain.balance)
        #expect(result.attributionResidual.isZero && result.isConserved)
    }

    @Test func bigCapitalEarnsLessAndWithoutTheOptionAllEarnTheSame() throws {
        var yields: [[Double]] = [[], []]
        for capital in ["1000", "1000000", "100000000"] {
            for (place, impacts) in [[], [Self.pool(LendingRun.usdt, "1000000", "900000")]].enumerated() {
                var run = LendingRun("USDT", capital: capital)
                run.addIndex(LendingRun.usdt, [Self.one, Self.one / 100 * 110])
                run.plan.execution.chain.impacts = impacts
                let result = try run.run()
                yields[place].append(Double(result.cause("supply_interest"))! / Double(capital)!)
                #expect(result.attributionResidual.isZero)
            }
        }
        #expect(yields[0].allSatisfy { abs($0 - 0.1) < 1e-9 })
        #expect(yields[1][0] < 0.1 && yields[1][0] > 0.099)
        #expect(yields[1][1] < 0.026 && yields[1][2] < 0.001 && yields[1][2] > 0)
    }

    @Test func aDebtBesideASmallPoolCostsMore() throws {
        var costs: [Double] = []
        for borrowed in ["0", "800", "8000000"] {
            var run = StakingRun("eth-leveraged-staking", capital: "30", parameters: [("reserve-ratio", "0")])
            run.addPrices((0..<3).map { _ in (2_000_00000000, 2_000_00000000, StakingRun.one) })
            run.addIndices([
                (StakingRun.one, StakingRun.one), (StakingRun.one, StakingRun.one / 1_000 * 1_010),
                (StakingRun.one, StakingRun.one / 1_000 * 1_020),
            ])
            if borrowed != "0" {
                let supplied = borrowed == "800" ? "1000" : "10000000"
                run.lending.plan.execution.chain.impacts = [
                    Self.pool("aave-v3:aToken:WETH", supplied, borrowed)
                ]
            }
            let result = try run.run()
            costs.append(-result.figure("borrow_interest"))
            #expect(result.attributionResidual.isZero && result.isConserved)
        }
        // 55.7 owed: the use of the small pool goes from 0.8 to 0.856, the rate of the loan with it.
        #expect(costs[1] > costs[0] * 1.06 && costs[1] < costs[0] * 1.08, "\(costs)")
        #expect(abs(costs[2] - costs[0]) < costs[0] / 10_000, "\(costs)")
    }

    @Test func whatThePoolCannotPayOutWaits() throws {
        // 1,000 supplied of 1,000 are lent: only what others bring can be taken out.
        var run = LendingRun("USDT", capital: "100", flows: [(1, "-50")])
        run.addIndex(LendingRun.usdt, [Self.one, Self.one, Self.one])
        run.plan.execution.chain.impacts = [Self.pool(LendingRun.usdt, "1000", "1090")]
        let result = try run.run()
        #expect(result.netFlows.isZero)
        #expect(result.data.warnings.contains { $0.hasPrefix("1 withdrawals were asked for and not paid") })
    }

    @Test func totalsThatNobodyTellsAndPoolsWithoutRatesAreRefused() throws {
        var run = LendingRun("USDT", capital: "100")
        run.addIndex(LendingRun.usdt, [Self.one, Self.one])
        run.plan.execution.chain.impacts = [
            Self.pool(LendingRun.usdt, "-1", "-1"), Self.pool("aave-v3:aToken:DAI", "10", "5"),
        ]
        do {
            _ = try run.run()
            Issue.record("it ran")
        } catch BacktestError.unfitSeries(let problems) {
            #expect(problems.count == 2)
            #expect(
                problems[0].message.contains("names no totals") && problems[0].message.contains("ratio of"))
            #expect(problems[1].message.contains("no rates are known of aave-v3:aToken:DAI"))
        }
    }

    /// The recorded totals of Aave's USDT reserve, day by day, beside a deposit of 200 million.
    @Test func overRecordedIndicesAndTotalsTheBalanceIsTheFormulaToTheLastUnit() throws {
        guard let folder = RealDataTests.folder() else { return }
        let one = RealLendingTests.Case(
            file: "aave_v3_usdt_rates_daily", instrument: LendingRun.usdt, shareClass: "USDT",
            capital: "200000000", decimals: 6)
        var spec = SeriesSpec(kind: .ratio)
        spec.columns = [
            ColumnChoice(role: "time", column: "timestamp"),
            ColumnChoice(role: "supplied", column: "totalAToken"),
            ColumnChoice(role: "borrowed", column: "totalVariableDebt"),
        ]
        spec.maximumDecimals = 6
        let path = "\(folder)/defi/\(one.file).csv.gz"
        var run = LendingRun("USDT", capital: one.capital)
        run.series = [
            try RealLendingTests.series(one, folder),
            try SeriesReader(files: PosixFileStore()).read(
                [path], instrument: InstrumentID(one.instrument)!, spec: spec),
        ]
        run.plan.execution.chain.impacts = [Self.pool(LendingRun.usdt, "-1", "-1")]
        let result = try run.run()

        func total(_ text: Substring) -> Int128 {
            let parts = text.split(separator: ".")
            let digits = (parts.count > 1 ? String(parts[1]) : "") + "0000000"
            let whole = Int128(parts[0] + digits.prefix(6))!
            return digits.dropFirst(6).first! >= "5" ? whole + 1 : whole
        }
        let rows = try SharedReference.rows(path)
        func index(_ row: Int) -> Int128 { Int128(PlainRay.index(rows[row][5]).description)! }
        var plain = PlainDeposit(
            200_000_000_000_000, index: index(0), total(rows[0][10]), total(rows[0][12]))
        let recorded = Plain.over(200_000_000_000_000, index(0))
        for row in 1..<rows.count { plain.grow(to: index(row), total(rows[row][10]), total(rows[row][12])) }
        let deposit = try #require(result.finalPositions.first { $0.instrument == one.instrument })
        #expect(deposit.quantity.exactMantissa(at: Scale(6)) == plain.balance)
        // Much less than the recorded interest, as it is a third of the pool.
        let earned = plain.balance - 200_000_000_000_000
        let all = Plain.times(recorded, index(rows.count - 1)) - 200_000_000_000_000
        #expect(earned * 10 < all * 9 && earned * 10 > all * 3, "\(earned) of \(all)")
        #expect(result.attributionResidual.isZero && result.isConserved)
    }
}
