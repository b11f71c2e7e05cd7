import Foundation
import MarketData
import Testing
import TradewindCommands

@Suite struct AuditBacktestCommandTests {
    private static let keys: Set<String> = ["check", "weight", "title", "figure", "detail", "remedy"]

    /// Sample data of a month, with the run files that come with it.
    private func sample() throws -> (folder: CommandFolder, runs: String) {
        let folder = try CommandFolder()
        let made = folder.run(["data", "sample", "--output", folder.path + "/sample", "--days", "30"])
        #expect(made.status == 0, "\(made)")
        return (folder, folder.path + "/sample/runs/")
    }

    @Test func theFindingsArePrintedByWeightAndWrittenToAFolder() throws {
        let (folder, runs) = try sample()
        let output = folder.path + "/audit"
        let outcome = folder.run(["audit-backtest", runs + "sma-cross.yaml", "--output", output])
        #expect(outcome.status == 0 && outcome.remark.isEmpty, "\(outcome)")
        #expect(outcome.result.contains("Looked for and not found"))
        #expect(outcome.result.contains("No decision depends on what came after it"))
        #expect(!outcome.result.contains("\u{1B}"), "colour only on a terminal")
        #expect(outcome.result.hasSuffix("Written to \(output)\n"))
        #expect(try folder.names("audit") == ["audit.html", "audit.json"])
        let page = try folder.text("audit/audit.html")
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
        #expect(!page.contains("http") && page.contains("Too few trades to tell skill from luck"))

        // The same again gives the same bytes, and replaces the older audit.
        let written = try folder.text("audit/audit.json")
        let again = folder.run(
            ["audit-backtest", runs + "sma-cross.yaml", "--output", output, "--json"])
        #expect(again.status == 0 && again.result == written)
        #expect(try folder.text("audit/audit.json") == written && folder.text("audit/audit.html") == page)
    }

    @Test func theObjectHasEveryKeyAndSaysWhatTheBacktestSays() throws {
        let (folder, runs) = try sample()
        for name in ["sma-cross", "mean-reversion", "quoter"] {
            let run = runs + name + ".yaml"
            let object = folder.run(["audit-backtest", run, "--json", "--cuts", "6"]).object
            let backtest = folder.run(["backtest", run, "--json"]).object
            for key in ["name", "log_hash", "initial_equity", "final_equity", "start", "end"] {
                #expect(object[key] as? String == backtest[key] as? String, "\(name): \(key)")
            }
            let findings = object["findings"] as? [[String: String]] ?? []
            #expect(findings.count >= 18 && findings.allSatisfy { Set($0.keys) == Self.keys }, "\(name)")
            let weights = findings.compactMap { $0["weight"] }
            let order = ["fatal", "serious", "notable", "fine"]
            #expect(weights == weights.sorted { order.firstIndex(of: $0)! < order.firstIndex(of: $1)! })
            #expect(weights.first != "fatal", "\(name): \(findings[0])")
            let counts = object["weights"] as? [String: Int] ?? [:]
            #expect(
                counts
                    == Dictionary(weights.map { ($0, 1) }, uniquingKeysWith: +).merging(
                        Dictionary(uniqueKeysWithValues: order.map { ($0, 0) }),
                        uniquingKeysWith: { a, _ in a }))
        }
    }

    @Test func findingsAreResultsUnlessToldOtherwise() throws {
        let (folder, runs) = try sample()
        let run = ["audit-backtest", runs + "sma-cross.yaml", "--cuts", "2", "--json"]
        #expect(folder.run(run).status == 0)
        for (weight, status) in [("fatal", Int32(0)), ("serious", 1), ("notable", 1)] {
            let outcome = folder.run(run + ["--fail-on", weight])
            #expect(outcome.status == status && outcome.object["verdict"] as? String == "doubtful")
        }
    }

    @Test func theSearchThatParametersComeFromIsJudged() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 600)
        let output = folder.path + "/sweep"
        let grid = ["--grid", "fast=1..3", "--grid", "slow=4..8:2"]
        #expect(folder.run(["sweep", run, "--output", output] + grid).status == 0)
        func findings(_ arguments: [String]) -> [[String: String]] {
            let outcome = folder.run(["audit-backtest", run, "--json", "--cuts", "2"] + arguments)
            return outcome.object["findings"] as? [[String: String]] ?? []
        }
        func finding(_ check: String, _ arguments: [String]) -> [String: String] {
            findings(arguments).first { $0["check"] == check } ?? [:]
        }
        // The run has fast 2 and slow 4.
        let edge = finding("grid-edge", ["--sweep", output])
        #expect(
            edge["figure"] == "slow 4 (the lowest of 3 values from 4 to 8)" && edge["weight"] == "notable")
        let inside = finding("grid-edge", ["--sweep", output, "--set", "parameters.slow=6"])
        #expect(inside["weight"] == "fine" && inside["figure"] == "fast 2, slow 6")
        let corner = ["--set", "parameters.fast=1"]
        #expect(finding("grid-edge", ["--sweep", output] + corner)["weight"] == "serious")
        // The same from a section of the run file.
        let section = ["--set", "sweep={parameters: {fast: 1..3, slow: \"4..8:2\"}}"]
        #expect(finding("grid-edge", section)["figure"] == edge["figure"])
        let first = finding("trials", section)["figure"] ?? ""
        #expect(first.isEmpty || first.hasSuffix("over 9 trials"), "\(first)")

        for (folderName, text) in [("nowhere", "sweep --output wrote"), ("", "sweep --output wrote")] {
            let outcome = folder.run(["audit-backtest", run, "--sweep", folder.path + "/" + folderName])
            #expect(outcome.status == 65 && outcome.remark.contains(text), "\(outcome)")
        }
        #expect(folder.run(["backtest", run, "--output", folder.path + "/single"]).status == 0)
        let wrong = folder.run(["audit-backtest", run, "--sweep", folder.path + "/single"])
        #expect(wrong.status == 65 && wrong.remark.contains("not the summary of a sweep"), "\(wrong)")
        try folder.write("fast,slow\n1,2\n", to: "sweep/results.csv")
        let damaged = folder.run(["audit-backtest", run, "--sweep", output])
        #expect(damaged.status == 65 && damaged.remark.contains("results.csv:1"), "\(damaged)")
    }

    @Test func marketsThatRepeatThemselvesAccuseNobody() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 600)
        let object = folder.run(["audit-backtest", run, "--json", "--trials", "400"]).object
        let findings = object["findings"] as? [[String: String]] ?? []
        func weight(_ check: String) -> String? { findings.first { $0["check"] == check }?["weight"] }
        #expect(weight("look-ahead") == "fine" && weight("foreknowledge") == "fine", "\(findings)")
        #expect(weight("repeatability") == "fine" && weight("trials") != nil)
    }

    @Test func aRunOverRealDataIsAudited() throws {
        let root = URL(fileURLWithPath: #filePath + "/../../../..").standardized.path
        let named = ProcessInfo.processInfo.environment["TRADEWIND_SHARED_DATA"]
        let folders = [named, root + "/../shared"].compactMap { $0.map { $0 + "/data/bars" } }
        let file = "bitfinex_btcusd_1h_trade.csv"
        guard let bars = folders.first(where: { FileManager.default.fileExists(atPath: "\($0)/\(file)") })
        else {
            print("skipped: no folder ../shared/data beside the package")
            return
        }
        let folder = try CommandFolder()
        let run = root + "/Examples/runs/bitfinex-files.yaml"
        let outcome = folder.run(
            ["audit-backtest", run, "--json", "--set", "data.0.bars=\(bars)/\(file)", "--cuts", "6"])
        #expect(outcome.status == 0, "\(outcome)")
        let findings = outcome.object["findings"] as? [[String: String]] ?? []
        #expect(findings.count >= 18 && !findings.contains { $0["weight"] == "fatal" }, "\(findings)")
    }

    @Test(arguments: [
        (["--cuts", "1"], Int32(64), "--cuts must be 2 to 1000, not 1"),
        (["--trials", "0"], 64, "--trials must be 1 or more"),
        (["--fail-on", "fine"], 64, "fail-on"),
        (["--set", "parameters.fast=9"], 78, "is not below slow"),
        (["--set", "data.0.bars=absent.csv"], 65, "absent.csv: there is no such file"),
        (["--set", "window={start: 2030-01-01}"], 65, "no row of the data falls into the run's window"),
        (["--set", "capital.asset=EUR"], 78, "no instrument of the run prices BTC"),
    ])
    func wrongInputEndsWithItsCode(_ arguments: [String], _ status: Int32, _ text: String) throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let outcome = folder.run(["audit-backtest", run, "--output", folder.path + "/audit"] + arguments)
        #expect(outcome.status == status && outcome.result.isEmpty, "\(outcome)")
        #expect(outcome.remark.contains(text), "\(outcome.remark)")
        #expect(!folder.exists("audit"))
    }

    @Test func aFolderWithOtherThingsInItIsRefusedBeforeTheRun() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        #expect(folder.run(["backtest", run, "--output", folder.path + "/result"]).status == 0)
        let outcome = folder.run(["audit-backtest", run, "--output", folder.path + "/result"])
        #expect(outcome.status == 74 && outcome.remark.contains("audit.json"), "\(outcome)")
        #expect(folder.exists("result/summary.json"))
        for writes in 0..<2 {
            let full = folder.run(
                ["audit-backtest", run, "--cuts", "2", "--output", folder.path + "/audit"],
                files: FullDisk(after: writes))
            #expect(full.status == 74 && full.remark.contains("the disk is full"), "\(full)")
            #expect(!folder.exists("audit"))
        }
    }
}
