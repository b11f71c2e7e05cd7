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

/// `eth-leveraged-staking` over recorded prices and indices, computed again from the text of the files.
@Suite struct RealStakingTests {
    /// A column of a file of daily reserves, by its name in the header, as a series.
    private static func series(
        _ folder: String, _ file: String, _ instrument: String, _ kind: SeriesKind, _ role: String,
        _ column: String, decimals: Int
    ) throws -> MarketSeries {
        var spec = SeriesSpec(kind: kind)
        spec.columns = [
            ColumnChoice(role: "time", column: "timestamp"), ColumnChoice(role: role, column: column),
        ]
        spec.maximumDecimals = decimals
        let path = ["", ".gz"].map { "\(folder)/defi/\(file).csv\($0)" }
            .first { FileManager.default.fileExists(atPath: $0) }
        return try SeriesReader(files: PosixFileStore()).read(
            [try #require(path)], instrument: InstrumentID(instrument)!, spec: spec)
    }

    private static func rows(_ folder: String, _ file: String) throws -> [[Substring]] {
        let path = "\(folder)/defi/\(file).csv"
        let isPlain = FileManager.default.fileExists(atPath: path)
        return try SharedReference.rows(isPlain ? path : path + ".gz")
    }

    /// Units of a price at 8 decimals.
    private static func price(_ text: Substring) -> PlainInteger {
        let parts = text.split(separator: ".")
        let fraction = parts.count > 1 ? String(parts[1].prefix(8)) : ""
        return PlainInteger(String(parts[0]) + fraction + String(repeating: "0", count: 8 - fraction.count))
    }

    @Test(arguments: [("weeth", "weETH", "curve"), ("wsteth", "wstETH", "uniswap-v3")])
    func thePositionIsTheProtocolsFormulasToTheLastUnit(_ one: (lst: String, symbol: String, pool: String))
        throws
    {
        guard let folder = RealDataTests.folder() else { return }
        var run = StakingRun(
            "eth-leveraged-staking", capital: "30",
            parameters: [
                ("lst", one.lst), ("reserve-ratio", "0"), ("target-ltv", "0.65"),
                ("position-deviation-threshold", "1"),
            ])
        let own = "aave_v3_\(one.lst)_rates_daily"
        let ether = "aave_v3_weth_rates_daily"
        run.lending.series = [
            try Self.series(
                folder, own, "aave-v3:aToken:\(one.symbol)", .index, "liquidity-index", "liquidityIndex",
                decimals: 16),
            try Self.series(
                folder, ether, StakingRun.debt, .index, "variable-borrow-index", "variableBorrowIndex",
                decimals: 16),
            try Self.series(
                folder, own, "aave-oracle:spot:\(one.symbol)/USD", .ratio, "ratio", "price", decimals: 8),
            try Self.series(
                folder, ether, "aave-oracle:spot:WETH/USD", .ratio, "ratio", "price", decimals: 8),
            try Self.series(
                folder, "\(one.lst)_eth_dex_peg_hourly", "\(one.pool):spot:\(one.symbol)/ETH", .ratio,
                "ratio",
                "market_rate", decimals: 16),
        ]
        run.lending.plan.start = Instant(iso8601: "2024-05-14T00:00:00Z")
        run.lending.plan.end = Instant(iso8601: "2025-06-30T00:00:01Z")
        let result = try run.run()

        let tokenRows = try Self.rows(folder, own).filter { $0[0] >= "2024-05-14" && $0[0] < "2025-06-30T1" }
        let etherRows = try Self.rows(folder, ether).filter {
            $0[0] >= "2024-05-14" && $0[0] < "2025-06-30T1"
        }
        let (first, last) = (0, tokenRows.count - 1)
        let wad = PlainInteger("1" + String(repeating: "0", count: 18))
        // p / q half up at 18 decimals: (2 p 10^18 + q) / 2 q.
        func ratio(_ row: Int) -> PlainInteger {
            let (p, q) = (Self.price(tokenRows[row][13]), Self.price(etherRows[row][13]))
            return (PlainInteger("2") * p * wad + q) / (PlainInteger("2") * q)
        }
        // 30 ETH at 0.65: 30 * 65 / 35 owed.
        let equity = PlainInteger("30") * wad
        let debt = equity * PlainInteger("65") / PlainInteger("35")
        let tokens = (equity + debt) * wad / ratio(first)
        let deposit = PlainRay.multiply(
            PlainRay.divide(tokens, PlainRay.index(tokenRows[first][5])), PlainRay.index(tokenRows[last][5]))
        let owed = PlainRay.multiply(
            PlainRay.divide(debt, PlainRay.index(etherRows[first][7])), PlainRay.index(etherRows[last][7]))
        #expect(result.units("aave-v3:aToken:\(one.symbol)").description == deposit.description)
        #expect((-result.units(StakingRun.debt)).description == owed.description)
        #expect(result.held["wallet:base:ETH"] == nil)
        // The mark: the ratio at ten decimals, half up here, as no tie occurs.
        let tenth = PlainInteger("1" + String(repeating: "0", count: 8))
        let mark = (ratio(last) + tenth / PlainInteger("2")) / tenth
        let value = deposit * mark
        let finalUnits = try #require(result.finalEquity.exactMantissa(at: Scale(28)))
        let owedUnits = owed * PlainInteger("1" + String(repeating: "0", count: 10))
        #expect((PlainInteger(finalUnits.description) + owedUnits).description == value.description)
        #expect(result.attributionResidual.isZero)
        #expect(result.isConserved)
    }
}
