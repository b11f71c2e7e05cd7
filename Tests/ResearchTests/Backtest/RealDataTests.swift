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

/// `sma-cross` over recorded bars: every fill and the final equity, computed again by plain integer loops
/// over the text of the files.
@Suite struct RealDataTests {
    struct File: CustomTestStringConvertible, Sendable {
        let name: String
        let instrument: String
        let base: String
        let quote: String
        /// Decimals of its prices, and of the ledger of its quote asset.
        let decimals: Int
        let ledger: Int
        let minutes: Int64
        let quantity: Int
        let capital: Int
        var testDescription: String { name }
    }

    static let files = [
        File(
            name: "bars/xrp_eth_1m_2019.csv.gz", instrument: "binance:spot:XRPETH", base: "XRP", quote: "ETH",
            decimals: 8, ledger: 18, minutes: 1, quantity: 700, capital: 50),
        File(
            name: "bars/bitfinex_btcusd_1h_trade.csv", instrument: "bitfinex:spot:BTCUSD", base: "BTC",
            quote: "USD", decimals: 7, ledger: 8, minutes: 60, quantity: 3, capital: 10_000),
        File(
            name: "cex/binance_btcusdt_spot_1h.csv.gz", instrument: "binance:spot:BTCUSDT", base: "BTC",
            quote: "USDT", decimals: 2, ledger: 8, minutes: 60, quantity: 1, capital: 1_000_000),
    ]

    struct Bar {
        let time: Int64
        let open: Int128
        let high: Int128
        let low: Int128
        let close: Int128
    }

    struct Fill: Equatable {
        let time: Int64
        let buys: Bool
        let quantity: Int128
        let price: Int128
        let fee: Int128
    }

    static func folder() -> String? {
        let named = ProcessInfo.processInfo.environment["TRADEWIND_SHARED_DATA"]
        let beside = URL(fileURLWithPath: #filePath + "/../../../../../shared").standardized.path
        for root in [named, beside].compactMap({ $0 }) {
            for folder in [root, root + "/data"]
            where FileManager.default.fileExists(atPath: folder + "/MANIFEST.md") { return folder }
        }
        print("skipped: no folder ../shared/data beside the package")
        return nil
    }

    // MARK: The file, read a second way.

    static func bars(_ path: String, _ decimals: Int) throws -> [Bar] {
        var lines: [[Substring]]
        if path.hasSuffix(".gz") {
            lines = try SharedReference.rows(path)
        } else {
            lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
                .dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        }
        lines.removeAll { $0.count < 5 }
        return lines.map { row in
            let prices = row[1...4].map { Int128(SharedReference.integer($0, decimals)) }
            return Bar(time: time(row[0]), open: prices[0], high: prices[1], low: prices[2], close: prices[3])
        }
    }

    /// Nanoseconds of `2019-10-11T00:00:00Z` or `20131001 00:00`: the digits, whatever is between them.
    static func time(_ text: Substring) -> Int64 {
        let digits = text.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }.map { Int64($0 - 0x30) }
        func number(_ range: Range<Int>) -> Int64 { digits[range].reduce(0) { $0 * 10 + $1 } }
        var days: Int64 = 0
        let (year, month) = (number(0..<4), Int(number(4..<6)))
        func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
        for past in 1970..<year { days += isLeap(past) ? 366 : 365 }
        let lengths: [Int64] = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        days += lengths[..<(month - 1)].reduce(0, +) + number(6..<8) - 1
        let minutes = (days * 24 + number(8..<10)) * 60 + number(10..<12)
        return minutes * 60_000_000_000
    }

    // MARK: The strategy, computed a second way.

    static func expected(_ bars: [Bar], _ file: File, _ rule: BarFillRule) -> (fills: [Fill], equity: Int128)
    {
        let (fast, slow) = (5, 20)
        let length = file.minutes * 60_000_000_000
        let extra = min(file.decimals + 4, 10) - file.decimals
        let finer = Scale.power(extra)
        let priceDecimals = file.decimals + extra
        let quantity = Int128(file.quantity)
        var cash = Int128(file.capital) * Scale.power(file.ledger)
        var position: Int128 = 0
        var fills: [Fill] = []
        for index in (slow - 1)..<bars.count {
            let quick = bars[(index - fast + 1)...index].reduce(Int128(0)) { $0 + $1.close } * Int128(slow)
            let steady = bars[(index - slow + 1)...index].reduce(Int128(0)) { $0 + $1.close } * Int128(fast)
            let target = quick == steady ? position : quick > steady ? quantity : -quantity
            let change = target - position
            if change == 0 || (rule != .close && index + 1 == bars.count) { continue }
            let bar = rule == .close ? bars[index] : bars[index + 1]
            let price: Int128
            switch rule {
            case .nextOpen: price = bar.open * finer
            case .close: price = bar.close * finer
            case .worst: price = (change > 0 ? bar.high : bar.low) * finer
            case .vwap: price = IndependentBooks.halfEven((bar.high + bar.low + bar.close) * finer, 3)
            }
            // Whole units of base times a price, at the quote's decimals; a thousandth of it is the fee.
            let notional = change.magnitude == 0 ? 0 : abs(change) * price
            let shift = file.ledger - priceDecimals
            let money = notional * Scale.power(max(0, shift))
            let fee = IndependentBooks.halfEven(money, 1_000 * Scale.power(max(0, -shift)))
            let paid = IndependentBooks.halfEven(money, Scale.power(max(0, -shift)))
            cash -= (change > 0 ? paid : -paid) + fee
            position = target
            fills.append(
                Fill(
                    time: rule == .nextOpen ? bar.time : bar.time + length, buys: change > 0,
                    quantity: abs(change), price: price, fee: fee))
        }
        let last = bars[bars.count - 1].close
        let scale = Scale.power(30 - file.ledger)
        return (fills, cash * scale + position * last * Scale.power(30 - file.decimals))
    }

    @Test(arguments: files, BarFillRule.allCases)
    func everyFillAndTheFinalEquityAreThoseOfAPlainLoop(_ file: File, _ rule: BarFillRule) throws {
        guard let folder = Self.folder() else { return }
        let reader = SeriesReader(files: PosixFileStore())
        let series = try reader.read(
            [folder + "/" + file.name], instrument: InstrumentID(file.instrument)!,
            spec: SeriesSpec(kind: .bars, timeframe: .fixed(Int(file.minutes) * .minute)))
        let capital = ExactDecimal(file.capital)
        let tenth = BasisPoints(ExactDecimal(10))!
        let plan = BacktestPlan(
            name: "recorded",
            strategies: [
                PlannedStrategy(
                    account: "sma-cross", strategy: "sma-cross",
                    parameters: [NamedParameter("quantity", .number(ExactDecimal(file.quantity)))],
                    capital: capital)
            ], capital: capital, shareClass: Asset(file.quote)!,
            execution: ExecutionModel(fill: rule, commission: CommissionModel(taker: tenth, maker: tenth)))
        let result = try Backtest.run(
            plan: plan, series: [series], registry: StrategyRegistry(BuiltInStrategies.all),
            options: BacktestOptions(keepsRecords: true))

        let bars = try Self.bars(folder + "/" + file.name, file.decimals)
        let expected = Self.expected(bars, file, rule)
        let units = Scale.power(8)
        let found = result.fills.map { fill in
            Fill(
                time: fill.time.nanoseconds, buys: fill.side == .buy,
                quantity: Int128(fill.quantity.mantissa) / units, price: Int128(fill.price.mantissa),
                fee: fill.fee.units)
        }
        #expect(series.count == bars.count && result.steps == bars.count)
        #expect(found.count > 30, "\(found.count) fills")
        #expect(
            found == expected.fills,
            "first difference: \(zip(found, expected.fills).first { $0 != $1 }.debugDescription)")
        #expect(result.finalEquity == ExactDecimal(mantissa: expected.equity, scale: Scale(30)))
        #expect(result.attributionResidual.description == "0")
    }
}
