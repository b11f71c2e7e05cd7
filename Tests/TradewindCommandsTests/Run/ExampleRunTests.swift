import Foundation
import MarketData
import Markets
import Research
import RunFiles
import Simulation
import Strategies
import StrategyKit
import Testing
import TradewindCommands
import Units

/// The run files of `Examples/runs`: each is correct, and each runs over the real data where those are.
@Suite struct ExampleRunTests {
    static let root = URL(fileURLWithPath: #filePath + "/../../../..").standardized.path
    static let names = [
        "bitfinex-files", "btc-basis", "btc-eth-accounts", "btc-hour", "btc-minute", "btc-quoter",
        "eth-basis", "eth-basis-in-eth", "eth-basis-okx", "eth-leveraged-staking", "eth-staking",
        "eurusd-reversion", "pure-lending-eth",
        "pure-lending-usdt", "spy-hour", "usdt-market-neutral",
        "usdt-market-neutral-unlevered",
    ]

    private static func read(_ name: String, catalogue: String? = nil) throws -> RunFile {
        let path = root + "/Examples/runs/\(name).yaml"
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return try bytes.withUnsafeBytes {
            try RunFile(
                bytes: $0, path: path, catalogue: catalogue,
                strategies: StrategyRegistry(BuiltInStrategies.all))
        }
    }

    @Test func everyExampleIsListedHereAndCorrect() throws {
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.root + "/Examples/runs")
        #expect(found.sorted() == Self.names.map { $0 + ".yaml" }.sorted())
        for name in Self.names { #expect(try Self.read(name).plan.name == name) }
    }

    /// The folder of the real data; nil, with a message, when it is absent.
    static var sharedData: String? {
        let named = ProcessInfo.processInfo.environment["TRADEWIND_SHARED_DATA"]
        for folder in [named, root + "/../shared"].compactMap({ $0 }) {
            if FileManager.default.fileExists(atPath: folder + "/data/MANIFEST.md") {
                return folder + "/data"
            }
        }
        print("skipped: no folder ../shared/data beside the package")
        return nil
    }

    @Test(.leftToRelease) func everyExampleRunsOverTheRealDataWithTheFiguresOfAPlainLoop() throws {
        guard let source = Self.sharedData else { return }
        let folder = try CommandFolder()
        let catalogue = folder.path + "/catalogue"
        let descriptions = ["bars", "cex", "defi", "ticks"].map {
            Self.root + "/Examples/datasets/\($0).yaml"
        }
        let made = folder.run(
            ["data", "import"] + descriptions + ["--source", source, "--catalogue", catalogue])
        #expect(made.status == 0, "\(made.remark)")
        for name in Self.names where name != "bitfinex-files" {
            let run = Self.root + "/Examples/runs/\(name).yaml"
            let outcome = folder.run(["backtest", run, "--json", "--data", catalogue])
            #expect(outcome.status == 0, "\(name): \(outcome)")
            #expect(outcome.object["attribution_residual"] as? String == "0")
            if name.hasPrefix("usdt-market-neutral") {
                try expectPlainFigures(outcome, source, hasLoan: name == "usdt-market-neutral")
            }
            if name.hasPrefix("pure-lending") || name.hasSuffix("-staking") {
                #expect(outcome.object["fills"] as? Int == 0)
                continue
            }
            #expect((outcome.object["fills"] as? Int ?? 0) > 15, "\(name)")
        }
        for name in ["btc-hour", "btc-minute"] {
            // Without delays and slippage, so that the plain loop below stays plain.
            let run = Self.root + "/Examples/runs/\(name).yaml"
            let outcome = folder.run(
                [
                    "backtest", run, "--json", "--data", catalogue, "--set",
                    "execution={commission: {basis-points: 10}}",
                ])
            let plan = try Self.read(name, catalogue: catalogue)
            guard case .catalogue(let reference) = plan.data else { continue }
            let choice = reference.choices[0]
            let series = try Catalogue.open(catalogue, files: PosixFileStore()).series(
                instrument: choice.instrument, kind: .bars, timeframe: choice.timeframe)
            let expected = try plainLoop(series, plan.plan)
            #expect(outcome.object["fills"] as? Int == expected.fills, "\(name)")
            #expect(outcome.object["final_equity"] as? String == expected.equity.description, "\(name)")
        }
    }

    /// The whole of both market-neutral modes, their decisions included, in a second computation from the
    /// texts of the files: final equity and every cause to the last of 28 decimals.
    private func expectPlainFigures(_ outcome: CommandOutcome, _ source: String, hasLoan: Bool) throws {
        var plain = try PlainMarketNeutral(
            source, hasLoan: hasLoan, start: "2024-05-14T00:00:00Z", end: "2025-06-30T00:00:00Z")
        plain.run()
        #expect(outcome.object["fills"] as? Int == plain.fills && plain.fills > 100)
        #expect(outcome.object["final_equity"] as? String == PlainMarketNeutral.text(plain.value))
        let causes = outcome.object["attribution"] as? [String: String] ?? [:]
        #expect(causes.count == 12)
        for (cause, amount) in causes {
            #expect(amount == PlainMarketNeutral.text(plain.causes[cause] ?? 0), "\(cause)")
        }
    }

    /// The rule of `sma-cross` over bars in integers: decide at each close once the slow window is full, fill
    /// at the next open, 10 basis points of each fill. Prices and quantities have few decimals, so money at 8
    /// decimals is exact or rounded half even once a fill, as the ledger does.
    private func plainLoop(
        _ series: MarketSeries, _ plan: BacktestPlan
    ) throws -> (fills: Int, equity: ExactDecimal) {
        guard case .bars(let bars, _) = series.columns else { return (0, .zero) }
        let parameters = plan.strategies[0].parameters
        func number(_ name: String) -> ExactDecimal {
            guard case .number(let value)? = parameters.first(where: { $0.name == name })?.value else {
                return .zero
            }
            return value
        }
        let (fast, slow) = (Int(number("fast").mantissa), Int(number("slow").mantissa))
        // Quantity in tenths, prices at the series' scale, money at one decimal more.
        let size = try number("quantity").mantissa(at: Scale(1), rounding: .halfEven)
        let unit = series.priceScale.unit * 10
        var cash = try plan.capital.mantissa(at: Scale(8), rounding: .halfEven)
        // A bar belongs to the window by its opening; earlier ones only fill the averages.
        let first = plan.start.map { bars.openTime.lowerBound(of: $0.nanoseconds) } ?? 0
        let count = plan.end.map { bars.openTime.lowerBound(of: $0.nanoseconds) } ?? bars.openTime.count
        var position: Int128 = 0
        var fills = 0
        for row in max(slow - 1, first)..<(count - 1) {
            let sums = [fast, slow].map { length in
                (row - length + 1...row).reduce(Int128(0)) { $0 + Int128(bars.close[$1]) }
            }
            let (left, right) = (sums[0] * Int128(slow), sums[1] * Int128(fast))
            if left == right { continue }
            let target = left > right ? size : -size
            if target == position { continue }
            let notional = (target - position) * Int128(bars.open[row + 1])
            cash -= try WideArithmetic.divide(notional * Scale(8).unit, by: unit, rounding: .halfEven)
            cash -= try WideArithmetic.divide(
                Int128(notional.magnitude) * Scale(8).unit, by: unit * 1000, rounding: .halfEven)
            position = target
            fills += 1
        }
        let last = Int128(bars.close[count - 1])
        let value = position * last * Scale(8).unit / unit
        return (fills, ExactDecimal(mantissa: cash + value, scale: Scale(8)))
    }
}
