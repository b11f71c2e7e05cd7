import Foundation
import MarketData
import Testing
import TradewindCommands

@Suite struct CatalogueRunTests {
    /// A catalogue in `cat` with hourly bars of two instruments and two-hourly bars of one of them.
    private func makeCatalogue(_ folder: CommandFolder) throws {
        _ = try folder.writeExample()
        let rows = try folder.text("btc.csv").split(separator: "\n")
        let second = rows.enumerated().filter { $0.offset == 0 || $0.offset % 2 == 1 }.map(\.element)
        try folder.write(second.joined(separator: "\n") + "\n", to: "btc2.csv")
        let description = try folder.write(
            """
            name: test
            series:
              - {file: btc.csv, instrument: "binance:spot:BTCUSDT", kind: bars, timeframe: 1h}
              - {file: btc2.csv, instrument: "binance:spot:BTCUSDT", kind: bars, timeframe: 2h}
              - {file: btc.csv, instrument: "binance:spot:ETHUSDT", kind: bars, timeframe: 1h}
            """, to: "data.yaml")
        let outcome = folder.run(
            ["data", "import", description, "--source", folder.path, "--catalogue", folder.path + "/cat"])
        #expect(outcome.status == 0, "\(outcome)")
    }

    private let one = #"data={catalogue: cat, series: [{instrument: "binance:spot:BTCUSDT", timeframe: 1h}]}"#

    @Test func aRunOverACatalogueIsThatOverItsFiles() throws {
        let folder = try CommandFolder()
        try makeCatalogue(folder)
        let run = folder.path + "/run.yaml"
        let fromFile = folder.run(["backtest", run, "--json"]).object
        let fromCatalogue = folder.run(["backtest", run, "--json", "--set", one]).object
        #expect(fromFile["log_hash"] as? String != nil)
        #expect(fromFile["log_hash"] as? String == fromCatalogue["log_hash"] as? String)
        #expect(fromFile["final_equity"] as? String == fromCatalogue["final_equity"] as? String)
    }

    @Test func theInstrumentOfTheStrategyChoosesAlone() throws {
        let folder = try CommandFolder()
        try makeCatalogue(folder)
        let run = folder.path + "/run.yaml"
        let arguments = ["backtest", run, "--json", "--set", "data={catalogue: cat}", "--set"]
        let chosen = folder.run(arguments + ["parameters.instrument=binance:spot:ETHUSDT"])
        #expect(chosen.status == 0, "\(chosen)")
        #expect((chosen.object["data"] as? [String: Any])?["series"] as? Int == 1)
        let several = folder.run(arguments + ["parameters.instrument=binance:spot:BTCUSDT"])
        #expect(several.status == 78 && several.result.contains("2 series of bars fit binance:spot:BTCUSDT"))
        let near = folder.run(arguments + ["parameters.instrument=binance:spot:ETHUDST"])
        #expect(near.status == 65 && near.result.contains("did you mean \\\"binance:spot:ETHUSDT\\\"?"))
    }

    /// Bars that only the benchmark needs play no part in the run.
    @Test func aBenchmarkOfTheCatalogueChangesNothingOfTheRun() throws {
        let folder = try CommandFolder()
        try makeCatalogue(folder)
        let arguments = ["backtest", folder.path + "/run.yaml", "--json", "--set", one]
        let plain = folder.run(arguments)
        let held = folder.run(arguments + ["--set", "benchmark.instrument=binance:spot:ETHUSDT"])
        #expect(held.status == 0, "\(held)")
        #expect(held.object["log_hash"] as? String == plain.object["log_hash"] as? String)
        let figures = held.object["statistics"] as? [String: Any]
        #expect(figures?["benchmark"] as? String == "binance:spot:ETHUSDT")
        #expect(figures?["beta"] is Double && figures?["benchmark_return"] is Double)
        let without = plain.object["statistics"] as? [String: Any]
        #expect(without?["benchmark"] is NSNull && without?["beta"] is NSNull)
        let absent = folder.run(arguments + ["--set", "benchmark.instrument=binance:spot:ETHUDST"])
        #expect(absent.status == 65 && absent.result.contains("did you mean"), "\(absent)")
        let several = folder.run(
            ["backtest", folder.path + "/run.yaml", "--json", "--set", "data={catalogue: cat}"]
                + ["--set", "parameters.instrument=binance:spot:ETHUSDT"]
                + ["--set", "benchmark.instrument=binance:spot:BTCUSDT"])
        #expect(several.status == 78 && several.result.contains("2 series of bars fit"), "\(several)")
    }

    @Test func dataOnTheCommandLineNamesAnotherCatalogue() throws {
        let folder = try CommandFolder()
        try makeCatalogue(folder)
        let run = folder.path + "/run.yaml"
        let elsewhere = one.replacing("catalogue: cat", with: "catalogue: elsewhere")
        let outcome = folder.run(
            ["backtest", run, "--json", "--set", elsewhere, "--data", folder.path + "/cat"])
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test func allAbsentSeriesAreNamedTogether() throws {
        let folder = try CommandFolder()
        try makeCatalogue(folder)
        let run = try folder.write(
            """
            name: absent
            strategy: sma-cross
            capital: {amount: 1000, asset: USDT}
            data:
              catalogue: cat
              series:
                - {instrument: "binance:spot:BTCUSDT", timeframe: 5m}
                - {instrument: "binance:spot:ETHUSDT", kind: quotes}
            """, to: "absent.yaml")
        let outcome = folder.run(["backtest", run])
        #expect(outcome.status == 65)
        #expect(outcome.remark.contains("absent.yaml:7: ") && outcome.remark.contains("absent.yaml:8: "))
    }
}
