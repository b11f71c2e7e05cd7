import Accounting
import Foundation
import MarketData
import Markets
import Research
import Simulation
import Strategies
import StrategyKit
import Testing
import TradewindCommands
import Units

/// `pure-lending` over the recorded indices of Aave v3, computed again from the text of the files.
@Suite struct RealLendingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        let instrument: String
        let shareClass: String
        let capital: String
        /// Decimals of the token.
        let decimals: Int
        var testDescription: String { "\(capital) \(shareClass)" }
    }

    static let cases = [
        Case(
            file: "aave_v3_usdt_rates_daily", instrument: LendingRun.usdt, shareClass: "USDT",
            capital: "100000", decimals: 6),
        Case(
            file: "aave_v3_usdt_rates_daily", instrument: LendingRun.usdt, shareClass: "USDT",
            capital: "12345.678901", decimals: 6),
        Case(
            file: "aave_v3_weth_rates_daily", instrument: LendingRun.weth, shareClass: "ETH", capital: "50",
            decimals: 18),
        Case(
            file: "aave_v3_weth_rates_daily", instrument: LendingRun.weth, shareClass: "ETH",
            capital: "123456.789012345678901234", decimals: 18),
    ]

    static func series(_ one: Case, _ folder: String) throws -> MarketSeries {
        var spec = SeriesSpec(kind: .index)
        spec.columns = [
            ColumnChoice(role: "time", column: "timestamp"),
            ColumnChoice(role: "liquidity-index", column: "liquidityIndex"),
        ]
        spec.maximumDecimals = 16
        return try SeriesReader(files: PosixFileStore()).read(
            ["\(folder)/defi/\(one.file).csv.gz"], instrument: InstrumentID(one.instrument)!, spec: spec)
    }

    @Test(arguments: cases)
    func theFinalBalanceIsTheProtocolsFormulaToTheLastUnit(_ one: Case) throws {
        guard let folder = RealDataTests.folder() else { return }
        var run = LendingRun(one.shareClass, capital: one.capital)
        run.series = [try Self.series(one, folder)]
        let result = try run.run()

        let rows = try SharedReference.rows("\(folder)/defi/\(one.file).csv.gz")
        let parts = one.capital.split(separator: ".")
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let amount = PlainInteger(
            String(parts[0]) + fraction + String(repeating: "0", count: one.decimals - fraction.count))
        let indices = rows.map { PlainRay.index($0[5]) }
        let scaled = PlainRay.divide(amount, indices[0])
        let expected = PlainRay.multiply(scaled, indices[indices.count - 1])

        let position = try #require(result.finalPositions.first { $0.instrument == one.instrument })
        let units = try #require(position.quantity.exactMantissa(at: Scale(one.decimals)))
        #expect(units.description == expected.description)
        #expect(result.finalPositions.count == 1)
        #expect(result.finalEquity.normalized == position.value)
        #expect(result.attributionResidual.isZero)
        #expect(result.steps == rows.count)

        // Every posting of interest is the difference of two balances of the formula.
        let account = try #require(
            result.accounts.firstIndex { $0.name.contains("/aave-v3/aToken/") })
        var balance: Int128 = 0
        var days: [Int64: Int128] = [:]
        let factor = Scale.power(Int(result.accounts[account].scale.decimals) - one.decimals)
        for line in result.ledger where line.account.position == account {
            balance += line.amount.units
            #expect(balance % factor == 0)
            days[line.time.nanoseconds] = balance / factor
        }
        for (row, index) in zip(rows, indices) {
            let time = Int64(row[1])! * 1_000_000_000
            let known = try #require(days[time])
            #expect(known.description == PlainRay.multiply(scaled, index).description)
        }
    }

    @Test func takingTheFutureAwayChangesNothingBeforeIt() throws {
        guard let folder = RealDataTests.folder() else { return }
        let one = Self.cases[2]
        var whole = LendingRun("ETH", capital: "50", reserve: "0.1")
        whole.series = [try Self.series(one, folder)]
        let all = try whole.run()
        for days in [1, 2, 100, 500] {
            var part = whole
            guard case .values(let columns) = whole.series[0].columns else { return }
            part.series = [
                TestSeries.series(
                    one.instrument, .index,
                    .values(
                        ValueColumns(
                            time: columns.time.slice(0..<days), names: columns.names,
                            values: columns.values.map { $0.slice(0..<days) })),
                    Int(whole.series[0].priceScale.decimals), 0)
            ]
            let result = try part.run()
            let last = Instant(nanoseconds: columns.time[days - 1])
            #expect(result.ledger == all.ledger.filter { $0.time <= last })
        }
    }
}
