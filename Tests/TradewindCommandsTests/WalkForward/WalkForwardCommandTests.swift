import Foundation
import Testing
import TradewindCommands

@Suite struct WalkForwardCommandTests {
    private let grid = ["--grid", "fast=1..3", "--grid", "slow=4..8:2"]
    private let split = ["--train", "4d", "--test", "2d"]

    @Test func theHeadlineIsWhatWasEarnedOutOfSample() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        let text = folder.run(["walk-forward", run] + grid + split)
        #expect(text.status == 0 && text.remark.isEmpty, "\(text.remark)")
        let headline = try #require(text.result.firstRange(of: "Out of sample"))
        let hindsight = try #require(text.result.firstRange(of: "In-sample best, chosen with hindsight"))
        #expect(headline.lowerBound < hindsight.lowerBound)
        for words in ["8 folds", "9 points each", "train 4d, test 2d", "deflated Sharpe"] {
            #expect(text.result.contains(words), "\(words)\n\(text.result)")
        }
        #expect(!text.result.contains("\u{1B}"), "colour only on a terminal")
        let object = folder.run(["walk-forward", run, "--json"] + grid + split).object
        let found = try #require(object["out_of_sample"] as? [String: Any])
        let folds = try #require(object["folds"] as? [[String: Any]])
        #expect(folds.count == 8 && object["points"] as? Int == 9)
        let growth = folds.reduce(1.0) { $0 * (1 + ($1["total_return"] as? Double ?? .nan)) }
        #expect(abs(growth - 1 - (found["total_return"] as? Double ?? .nan)) < 1e-10)
        #expect(found["start"] as? String == "2024-01-05T00:00:00Z")
        #expect(found["end"] as? String == "2024-01-21T00:00:00Z")
        let best = try #require(object["in_sample_best"] as? [String: Any])
        #expect((best["note"] as? String)?.contains("hindsight") == true)
        #expect(best["deflated_sharpe_trials"] as? Int == 9)
        // A fold is the backtest of what it chose over its test window.
        let fold = folds[3]
        let chosen = try #require(fold["parameters"] as? [String: Any])
        let test = try #require(fold["test"] as? [String: String])
        let single = folder.run([
            "backtest", run, "--json", "--set", "parameters.fast=\(chosen["fast"] ?? "")", "--set",
            "parameters.slow=\(chosen["slow"] ?? "")", "--set",
            "window={start: \(test["start"] ?? ""), end: \(test["end"] ?? "")}",
        ]).object
        #expect(single["final_equity"] as? String == fold["final_equity"] as? String)
        #expect(single["log_hash"] as? String == fold["log_hash"] as? String)
        #expect(single["sharpe"] as? Double == fold["out_of_sample_objective"] as? Double)
    }

    @Test func theFolderHoldsEverythingAndTheReportNeedsNothingElse() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        let output = folder.path + "/result"
        let command =
            ["walk-forward", run, "--json", "--output", output, "--monte-carlo", "5"] + grid + split
        let outcome = folder.run(command)
        #expect(outcome.status == 0, "\(outcome.remark)")
        #expect(
            try folder.names("result") == [
                "folds.csv", "oos-equity.csv", "report.html", "stability.csv", "summary.json",
            ])
        #expect(try folder.text("result/summary.json") == outcome.result)
        let folds = try folder.text("result/folds.csv").split(separator: "\n")
        #expect(
            folds.count == 9
                && folds[0].hasPrefix("fold,train,test_start,test_end,fast,slow,in_sample_sharpe"))
        let fields = folds.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }
        #expect(Set(fields).count == 1)
        #expect(try folder.text("result/stability.csv").split(separator: "\n").count == 10)
        let equity = try folder.text("result/oos-equity.csv").split(separator: "\n")
        #expect(equity[0] == "time,equity,cash,drawdown" && equity.count > 300)
        let found = try #require(outcome.object["out_of_sample"] as? [String: Any])
        #expect(equity.last?.contains(",\(found["final_equity"] ?? ""),") == true)
        let page = try folder.text("result/report.html")
        for words in ["out of sample", "class=\"fold\"", "<svg class=\"map\"", "Monte Carlo", "hindsight"] {
            #expect(page.contains(words), "\(words)")
        }
        #expect(!page.contains("http://") && !page.contains("https://"))
        let scenarios = try #require(outcome.object["monte_carlo"] as? [String: Any])
        #expect((scenarios["changed_paths"] as? [String: Any])?["scenarios"] as? Int == 5)
        // The same again, byte for byte, on another number of threads.
        #expect(folder.run(command + ["--cores", "1"]).status == 0)
        #expect(try folder.text("result/report.html") == page)
    }

    @Test func theRunFileMaySayItAllAndOptionsGoBeforeIt() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        let section = """
            sweep:
              parameters: {fast: 1..3, slow: [4, 8]}
              objective: total_return
              search: random
              budget: 2
            walk-forward:
              train: 6d
              test: 2d
              step: 3d
              purge: 1h
              embargo: 2h
              anchored: true
              choose: plateau
              warm-up: 1d
              monte-carlo: 3
              seed: 5
            """
        let file = try folder.write(try String(contentsOfFile: run, encoding: .utf8) + section, to: "w.yaml")
        let object = folder.run(["walk-forward", file, "--json"]).object
        let scheme = try #require(object["scheme"] as? [String: Any])
        #expect(scheme["kind"] as? String == "anchored-walk-forward" && scheme["step"] as? String == "3d")
        #expect(scheme["purge"] as? String == "1h" && scheme["embargo"] as? String == "2h")
        #expect(object["choice"] as? String == "plateau" && object["warm_up"] as? String == "1d")
        #expect(object["points"] as? Int == 6, "every point, whatever the search of a sweep")
        #expect(object["objective"] as? String == "total_return" && object["seed"] as? Int == 5)
        let test = try #require((object["folds"] as? [[String: Any]])?[1]["test"] as? [String: String])
        #expect(test == ["start": "2024-01-10T03:00:00Z", "end": "2024-01-12T03:00:00Z"])
        #expect(folder.run(["backtest", file, "--json"]).status == 0)
        let other = folder.run([
            "walk-forward", file, "--json", "--step", "2d", "--objective", "sharpe", "--choose", "best",
        ]).object
        #expect((other["scheme"] as? [String: Any])?["step"] as? String == "2d")
        #expect(other["objective"] as? String == "sharpe" && other["choice"] as? String == "best")
    }

    @Test func kFoldTestsEverythingOnce() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        let object = folder.run(
            ["walk-forward", run, "--json", "--folds", "4", "--purge", "6h", "--embargo", "2%"] + grid
        ).object
        let folds = try #require(object["folds"] as? [[String: Any]])
        #expect(folds.count == 4 && (object["out_of_sample"] as? [String: Any])?["steps"] as? Int == 480)
        let train = try #require(folds[1]["train"] as? [[String: String]])
        // Five days a part; 6 hours of purge, and 2 % of 480 pieces, which is 9.6, so 10 hours of embargo.
        #expect(train[0] == ["start": "2024-01-01T00:00:00Z", "end": "2024-01-05T18:00:00Z"])
        #expect(train[1] == ["start": "2024-01-11T16:00:00Z", "end": "2024-01-21T00:00:00Z"])
    }

    @Test func everythingWrongIsToldAtOnceWithItsPlace() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        let wrong: [([String], Int32, [String])] = [
            (
                ["--train", "15d", "--test", "10d", "--step", "1d", "--embargo", "1%"] + grid, 78,
                ["--step: 1d is shorter", "--train: one fold needs 25d", "--embargo: a share", "3 problems"]
            ),
            (
                ["--folds", "481", "--purge", "10d", "--embargo", "10d"] + grid, 78,
                [
                    "481 folds are more than the data, which have 480", "leave nothing to train on",
                    "2 problems",
                ]
            ),
            (["--train", "15d"] + grid, 78, ["walk-forward.test: is missing"]),
            (["--folds", "3", "--train", "5d", "--test", "1d"] + grid, 78, ["only one goes"]),
            (
                ["--folds", "3", "--step", "5d", "--anchored"] + grid, 78,
                ["walk-forward.step", "2 problems"]
            ),
            (
                ["--train", "x", "--test", "0s", "--choose", "bst", "--monte-carlo", "1e9"] + grid, 78,
                ["--train: walk-forward.train", "did you mean \"best\"?", "walk-forward.monte-carlo"]
            ),
            (["--test", "0s", "--train", "4d"] + grid, 78, ["--test: 0s is no length of time"]),
            (split, 78, ["does not say what to vary"]), (grid, 78, ["does not say how to split"]),
            ([], 78, ["2 problems"]), (split + ["--grid", "fast"], 64, ["is not name=values"]),
            (split + ["--grid", "fast=50..60"], 78, ["refuses every point"]),
            (split + ["--grid", "fast=1..3200", "--grid", "slow=2..3201"], 78, ["10,240,000 points"]),
            (split + grid + ["--cores", "0"], 64, ["--cores"]),
            (split + grid + ["--set", "window={start: 2030-01-01}"], 65, ["no row of the data"]),
            (split + grid + ["--output", folder.path], 74, ["holds other things"]),
        ]
        for (arguments, status, texts) in wrong {
            let outcome = folder.run(["walk-forward", run] + arguments)
            #expect(outcome.status == status, "\(arguments) \(outcome)")
            for text in texts { #expect(outcome.remark.contains(text), "\(text)\n\(outcome.remark)") }
        }
        let section = """
            sweep: {parameters: {fast: 1..3}}
            walk-forward:
              train: 4d
              test: 2d
              step: 1d
            """
        let file = try folder.write(try String(contentsOfFile: run, encoding: .utf8) + section, to: "w.yaml")
        let outcome = folder.run(["walk-forward", file])
        #expect(outcome.remark.contains("w.yaml:11: step: 1d is shorter"), "\(outcome.remark)")
    }

    @Test func ctrlCEndsWith130AndWritesNothing() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 700)
        for delay in ["0.2", "0.5"] {
            let (status, text) = try CommandShell.run(
                "$T walk-forward '\(run)' --grid fast=1..60 --grid slow=61..200 "
                    + "--train 5d --test 1d --output '\(folder.path)/out' & P=$!\n"
                    + "sleep \(delay); kill -INT $P; wait $P")
            #expect(status == 130 && text.contains("interrupted"), "\(text)")
            #expect(try folder.names() == ["btc.csv", "run.yaml"])
        }
    }
}
