import Foundation
import MarketData
import Strategies
import StrategyKit
import Testing
import TradewindCommands

@Suite struct SweepCommandTests {
    private let grid = ["--grid", "fast=1..4", "--grid", "slow=3..9:2"]

    @Test func aSweepPrintsItsMapOrItsObject() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let text = folder.run(["sweep", run] + grid)
        #expect(text.status == 0 && text.remark.isEmpty, "\(text.remark)")
        for words in ["In-sample best: fast", "sharpe by fast (down) and slow (across)", "14 points of 16"] {
            #expect(text.result.contains(words), "\(words)\n\(text.result)")
        }
        #expect(!text.result.contains("\u{1B}"), "colour only on a terminal")
        let object = folder.run(["sweep", run, "--json"] + grid).object
        #expect(object["points"] as? Int == 14 && object["skipped"] as? Int == 2)
        #expect(object["combinations"] as? Int == 16 && object["search"] as? String == "grid")
        let best = try #require(object["in_sample_best"] as? [String: Any])
        let parameters = try #require(best["parameters"] as? [String: Any])
        let fast = try #require(parameters["fast"] as? Int)
        let slow = try #require(parameters["slow"] as? Int)
        let single = folder.run([
            "backtest", run, "--json", "--set", "parameters.fast=\(fast)", "--set", "parameters.slow=\(slow)",
        ]).object
        #expect(object["in_sample_best_log_hash"] as? String == single["log_hash"] as? String)
        for key in ["final_equity", "fees"] { #expect(best[key] as? String == single[key] as? String) }
        for key in ["sharpe", "total_return", "max_drawdown"] {
            #expect(best[key] as? Double == single[key] as? Double, "\(key)")
        }
    }

    @Test func theFolderHoldsTableReportAndObject() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let output = folder.path + "/result"
        let outcome = folder.run(["sweep", run, "--output", output, "--json"] + grid)
        #expect(outcome.status == 0)
        #expect(
            try folder.names("result") == [
                "report.html", "report.json", "results.csv", "summary.json", "sweep.checkpoint",
            ])
        #expect(try folder.text("result/summary.json") == outcome.result)
        let table = try folder.text("result/results.csv")
        #expect(table.split(separator: "\n").count == 15)
        let page = try folder.text("result/report.html")
        #expect(page.contains("in-sample best") && page.contains("<svg class=\"map\""))
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"))
        // A finished sweep is replaced, or done again from its checkpoint without a run.
        let again = folder.run(["sweep", run, "--output", output, "--json", "--resume"] + grid)
        #expect(again.object["evaluated_now"] as? Int == 0)
        #expect(try folder.text("result/results.csv") == table)
        #expect(folder.run(["sweep", run, "--output", output] + grid + ["--grid", "fast=2"]).status == 0)
        #expect(try folder.text("result/results.csv").split(separator: "\n").count == 5)
    }

    @Test func theRunFileMaySayItAllAndOptionsGoBeforeIt() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let section = """
            sweep:
              parameters:
                fast: {from: 1, to: 4}
                slow: [3, 5, 7, 9]
              search: random
              budget: 6
              objective: total_return
              seed: 9
            """
        let file = try folder.write(try String(contentsOfFile: run, encoding: .utf8) + section, to: "s.yaml")
        let object = folder.run(["sweep", file, "--json"]).object
        #expect(object["points"] as? Int == 6 && object["search"] as? String == "random")
        #expect(object["objective"] as? String == "total_return" && object["seed"] as? Int == 9)
        #expect(folder.run(["backtest", file, "--json"]).status == 0)
        let other = folder.run([
            "sweep", file, "--json", "--search", "model", "--budget", "9", "--grid", "fast=2,3", "--seed",
            "4",
        ]).object
        // fast 3 is not below slow 3.
        #expect(other["combinations"] as? Int == 8 && other["points"] as? Int == 7)
        #expect(other["search"] as? String == "model")
    }

    @Test func aBarWithTheTimeLeftStandsOnATerminalOnlyAndGoesAway() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        for showsProgress in [true, false] {
            let collected = CollectedOutput()
            let context = CommandContext(
                output: collected.output(showsProgress: showsProgress), clock: ProcessClock(),
                strategies: StrategyRegistry(BuiltInStrategies.all), files: PosixFileStore())
            #expect(TradewindCommand.run(["sweep", run] + grid, context) == .done)
            let bar = collected.remark
            #expect(bar.isEmpty == !showsProgress)
            guard showsProgress else { continue }
            #expect(bar.hasPrefix("\r") && bar.hasSuffix("\r\u{1B}[K") && !bar.contains("\n"))
            #expect(bar.contains("1/16  6 %") && bar.contains("runs/s") && bar.contains(" left"), "\(bar)")
        }
    }

    @Test func everythingWrongIsToldAtOnceWithItsPlace() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let outcome = folder.run([
            "sweep", run, "--grid", "fas=1..4", "--grid", "slow=9..3", "--grid", "quantity=1..2",
            "--grid", "instrument=1..2", "--grid", "fast=2,x,2", "--search", "best", "--budget", "0",
            "--objective", "sharp", "--seed=-1",
        ])
        #expect(outcome.status == 78)
        for words in [
            "--grid: sweep.parameters.fas: sma-cross has no such parameter; did you mean \"fast\"?",
            "sweep.parameters.slow: the range ends below its start", "needs a step",
            "sweep.parameters.instrument: a range was given", "\"x\" is not a whole number", "given twice",
            "--search: sweep.search: \"best\"", "--budget: sweep.budget: \"0\"",
            "did you mean \"sharpe\"?", "--seed: sweep.seed", "10 problems",
        ] { #expect(outcome.remark.contains(words), "\(words)\n\(outcome.remark)") }
        let wrong: [([String], Int32, String)] = [
            ([], 78, "does not say what to vary"), (["--grid", "fast"], 64, "is not name=values"),
            (["--grid", "=1"], 64, "is not name=values"), (["--grid", "fast=1..2..3"], 78, "is not a range"),
            (["--grid", "fast=1..4:0"], 78, "no such steps"), (["--grid", "fast="], 78, "names no value"),
            (["--grid", "fast=0..4"], 78, "0 is outside 1 to 100000"),
            (["--grid", "fast=50..60"], 78, "takes none of the 11 combinations"),
            (["--grid", "fast=1..3200", "--grid", "slow=2..3201"], 78, "10,240,000 points"),
            (["--grid", "fast=1..9", "--search", "grid", "--budget", "5"], 78, "more than the budget"),
            (["--grid", "fast=1..2", "--resume"], 64, "--output"),
            (["--grid", "fast=1..2", "--cores", "0"], 64, "--cores"),
        ]
        for (arguments, status, words) in wrong {
            let outcome = folder.run(["sweep", run] + arguments)
            #expect(outcome.status == status && outcome.remark.contains(words), "\(arguments) \(outcome)")
        }
        let large = folder.run(["sweep", run, "--grid", "fast=1..3200", "--grid", "slow=2..3201", "--json"])
        #expect(large.result.contains("budget") && large.result.hasPrefix("{\"error\""))
    }

    @Test func severalStrategiesAreNamedByTheirAccounts() throws {
        let folder = try CommandFolder()
        _ = try folder.writeExample()
        let run = try folder.write(
            """
            name: two
            strategies:
              - {strategy: sma-cross, account: calm, capital: 500, parameters: {fast: 3, slow: 9}}
              - {strategy: sma-cross, account: quick, capital: 500, parameters: {fast: 1, slow: 3}}
            capital: {amount: 1000, asset: USDT}
            data:
              - {instrument: "binance:spot:BTCUSDT", bars: btc.csv, timeframe: 1h}
            """, to: "two.yaml")
        let object = folder.run([
            "sweep", run, "--json", "--grid", "calm.slow=7..9", "--grid", "quick.fast=1,2",
        ]).object
        #expect(object["points"] as? Int == 6)
        let best = object["in_sample_best"] as? [String: Any]
        #expect((best?["parameters"] as? [String: Any])?.keys.sorted() == ["calm.slow", "quick.fast"])
        let wrong = folder.run(["sweep", run, "--grid", "fast=1..2", "--grid", "calm.fats=1"])
        #expect(wrong.status == 78 && wrong.remark.contains("accounts are: calm, quick"))
        #expect(wrong.remark.contains("did you mean \"fast\"?"))
    }

    @Test func aFolderIsNotTakenOver() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let output = folder.path + "/result"
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        try folder.write("mine", to: "result/notes.txt")
        #expect(folder.run(["sweep", run, "--output", output] + grid).status == 74)
        #expect(try folder.names("result") == ["notes.txt"])
        // Nothing to resume is no error: the sweep begins.
        let fresh = folder.path + "/fresh"
        #expect(folder.run(["sweep", run, "--output", fresh, "--resume"] + grid).status == 0)
        for other in [["--set", "execution.fill=close"], ["--set", "capital.amount=2000"]] {
            let outcome = folder.run(["sweep", run, "--output", fresh, "--resume"] + grid + other)
            #expect(outcome.status == 78 && outcome.remark.contains("is of another sweep"), "\(outcome)")
        }
        try folder.write(
            try folder.text("btc.csv") + "2024-01-03T12:00:00Z,100,101,99,100,10\n", to: "btc.csv")
        let outcome = folder.run(["sweep", run, "--output", fresh, "--resume"] + grid)
        #expect(outcome.status == 78 && outcome.remark.contains("is of another sweep"), "\(outcome)")
    }
}
