import Foundation
import MarketData
import Testing
import TradewindCommands

@Suite struct BacktestCommandTests {
    @Test func aRunPrintsItsReportOrItsObject() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let report = folder.run(["backtest", run])
        #expect(report.status == 0 && report.remark.isEmpty)
        #expect(report.result.contains("sma-cross") && report.result.contains("residual"))
        #expect(!report.result.contains("\u{1B}"), "colour only on a terminal")
        let object = folder.run(["backtest", run, "--json"]).object
        #expect(object["name"] as? String == "example")
        #expect(object["attribution_residual"] as? String == "0")
        #expect(object["steps"] as? Int == 60)
        #expect((object["fills"] as? Int ?? 0) > 5)
        let figures = object["statistics"] as? [String: Any]
        #expect(figures?.count == 28 && figures?["hit_rate"] is Double)
    }

    @Test func theResultFolderHoldsTheSameObjectAndReplacesAnOlderResult() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let output = folder.path + "/result"
        for fast in ["2", "3"] {
            let outcome = folder.run(
                ["backtest", run, "--json", "--output", output, "--set", "parameters.fast=" + fast])
            #expect(outcome.status == 0)
            #expect(try folder.text("result/summary.json") == outcome.result)
        }
        #expect(
            try folder.names("result") == [
                "equity.csv", "events.log", "fills.csv", "ledger.csv", "rebalances.csv", "report.html",
                "report.json", "returns.csv", "risk.csv", "summary.json", "trades.csv",
            ])
        #expect(try folder.names() == ["btc.csv", "result", "run.yaml"])
        let object = folder.run(["backtest", run, "--json", "--set", "parameters.fast=3"]).object
        let written = try JSONSerialization.jsonObject(with: Data(folder.text("result/summary.json").utf8))
        #expect(object["log_hash"] as? String == (written as? [String: Any])?["log_hash"] as? String)
        let fills = try folder.text("result/fills.csv").split(separator: "\n")
        #expect(fills.count == (object["fills"] as? Int ?? 0) + 1)
    }

    @Test func whetherRecordsAreKeptAndHowFilesAreOrderedChangesNoHash() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        try folder.write(try folder.text("btc.csv"), to: "eth.csv")
        let first = #"{instrument: "binance:spot:BTCUSDT", bars: btc.csv}"#
        let second = #"{instrument: "binance:spot:ETHUSDT", bars: eth.csv}"#
        var hashes: Set<String> = []
        for data in ["[\(first), \(second)]", "[\(second), \(first)]"] {
            for extra in [[], ["--output", folder.path + "/result"]] {
                let outcome = folder.run(["backtest", run, "--json", "--set", "data=" + data] + extra)
                hashes.insert(try #require(outcome.object["log_hash"] as? String, "\(outcome)"))
            }
        }
        #expect(hashes.count == 1)
    }

    /// Each wrong input has its exit code and names its place.
    @Test(arguments: [
        (["--set", "fast"], 64, "--set \"fast\" is not key=value"),
        (["--set", "parameters.fast=9"], 78, "--set: parameters.fast: 9 is not below slow, 4"),
        (["--set", "strategy=sma-crss"], 78, "did you mean \"sma-cross\"?"),
        (["--set", "capital.amount=-1"], 78, "--set: capital.amount: \"-1\" is not a number above 0"),
        (["--set", "capital.asset=EUR"], 78, "--set: no instrument of the run prices BTC"),
        (["--set", "window={start: 2030-01-01}"], 65, "no row of the data falls into the run's window"),
        (["--set", "window={start: 2024-02-01, end: 2024-01-01}"], 78, "is not after window.start"),
        (["--set", "data.0.bars=absent.csv"], 65, "absent.csv: there is no such file"),
        (["--set", "data.0.bars=run.yaml"], 65, "run.yaml"),
        (["--set", "data.0.columns={close: price}"], 65, "btc.csv"),
        (
            ["--set", "parameters.instrument=binance:spot:ETHUSDT"], 78,
            "holds no bars of binance:spot:ETHUSDT"
        ),
        (["--set", "strategy=quoter", "--set", "parameters=null"], 78, "needs quotes, and none are listed"),
        (
            ["--set", "benchmark.instrument=binance:spot:ETHUSDT"], 78,
            "--set: benchmark.instrument: data lists no bars of binance:spot:ETHUSDT"
        ),
        (["--data", "somewhere"], 78, "run.yaml:5: data: lists files"),
        (["--set", "adjust=total-return"], 78, "no series of the run has factors"),
        (["--set", "data={catalogue: nowhere}"], 65, "nowhere: there is no catalogue in this folder"),
    ])
    func wrongInputEndsWithItsCodeAndOneMessage(_ arguments: [String], _ status: Int32, _ text: String) throws
    {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let outcome = folder.run(["backtest", run, "--output", folder.path + "/result"] + arguments)
        #expect(outcome.status == status && outcome.result.isEmpty, "\(outcome)")
        #expect(outcome.remark.contains(text), "\(outcome.remark)")
        #expect(!folder.exists("result"))
        let inJSON = folder.run(["backtest", run, "--json"] + arguments)
        let error = inJSON.object["error"] as? [String: Any] ?? [:]
        #expect(inJSON.status == status && inJSON.remark.isEmpty)
        #expect(Set(error.keys) == ["code", "message", "file", "line", "remedy"], "\(inJSON.result)")
    }

    @Test func aRunFileThatCannotBeReadEndsWith78() throws {
        let folder = try CommandFolder()
        let cases = [
            ("absent.yaml", "there is no such file"), ("", "this is a directory"),
            (try folder.write("", to: "empty.yaml"), "the file is empty"),
        ]
        for (path, text) in cases {
            let file = path.hasPrefix("/") ? path : folder.path + "/" + path
            let outcome = folder.run(["backtest", file])
            #expect(outcome.status == 78 && outcome.remark.contains(text), "\(outcome)")
        }
    }

    @Test func dataProblemsOfAllFilesAreReportedTogether() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let data =
            #"[{instrument: "a:spot:BTCUSDT", bars: x.csv}, {instrument: "b:spot:BTCUSDT", bars: y.csv}]"#
        let outcome = folder.run(["backtest", run, "--json", "--set", "data=" + data])
        #expect(outcome.status == 65)
        let problems = outcome.object["problems"] as? [[String: Any]] ?? []
        #expect(problems.compactMap { $0["file"] as? String }.map { $0.hasSuffix(".csv") } == [true, true])
    }

    @Test func limitsOfRiskHoldForEveryOrder() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let free = folder.run(["backtest", run, "--json"])
        #expect(free.object["fills"] as? Int ?? 0 > 0)
        let limited = folder.run(["backtest", run, "--json", "--set", "risk.max-order-notional=50"])
        #expect(limited.status == 0 && limited.object["fills"] as? Int == 0)
        #expect(limited.object["log_hash"] as? String != free.object["log_hash"] as? String)
        // Limits that nothing reaches are part of the inputs, and change nothing else.
        let wide = folder.run(["backtest", run, "--json", "--set", "risk.max-order-notional=100000"])
        #expect(wide.object["final_equity"] as? String == free.object["final_equity"] as? String)
    }

    @Test func aMinimumFinerThanTheLedgerIsRefusedWithItsLine() throws {
        let folder = try CommandFolder()
        _ = try folder.writeExample()
        let text =
            try folder.text("run.yaml") + """
                execution:
                  commission:
                    basis-points: 1
                    minimum: 0.000000001

                """
        let run = try folder.write(text, to: "fine.yaml")
        let outcome = folder.run(["backtest", run])
        #expect(outcome.status == 78)
        #expect(
            outcome.remark.contains("fine.yaml:10") && outcome.remark.contains("8 decimals"), "\(outcome)")
    }

    @Test func aFullDiskLeavesTheOlderResultAndNothingElse() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let output = folder.path + "/result"
        #expect(folder.run(["backtest", run, "--output", output]).status == 0)
        let before = try folder.text("result/summary.json")
        for writes in 0..<9 {
            let outcome = folder.run(
                ["backtest", run, "--output", output, "--set", "parameters.fast=3"],
                files: FullDisk(after: writes))
            #expect(outcome.status == 74 && outcome.result.isEmpty, "after \(writes): \(outcome)")
            #expect(outcome.remark.contains("the disk is full"))
            #expect(try folder.text("result/summary.json") == before)
            #expect(try folder.names() == ["btc.csv", "result", "run.yaml"])
        }
    }
}
