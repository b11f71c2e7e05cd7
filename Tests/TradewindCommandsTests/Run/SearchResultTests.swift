import Foundation
import Testing
import TradewindCommands

/// `report` and `compare` over the folders of sweeps and walk-forwards.
@Suite struct SearchResultTests {
    private func backtest(_ folder: CommandFolder, _ run: String, _ settings: String...) throws {
        let arguments = settings.flatMap { ["--set", $0] } + ["--output", folder.path + "/backtest"]
        #expect(folder.run(["backtest", run] + arguments).status == 0)
    }

    private func sweep(_ folder: CommandFolder, _ run: String, _ arguments: [String]) throws -> CommandOutcome
    {
        let outcome = folder.run(["sweep", run, "--output", folder.path + "/sweep"] + arguments)
        #expect(outcome.status == 0, "\(outcome)")
        return outcome
    }

    private func walk(_ folder: CommandFolder, _ run: String) throws -> CommandOutcome {
        let outcome = folder.run([
            "walk-forward", run, "--train", "8d", "--test", "3d", "--grid", "fast=2..4", "--grid",
            "slow=5..8", "--output", folder.path + "/walk", "--monte-carlo", "4",
        ])
        #expect(outcome.status == 0, "\(outcome)")
        return outcome
    }

    @Test(arguments: [
        ["--grid", "fast=2..6", "--grid", "slow=4..30:2"],
        ["--grid", "fast=2,5,3", "--grid", "quantity=0.10,0.25", "--objective", "max_drawdown"],
        ["--grid", "quantity=0.1..0.90:0.10", "--search", "random", "--budget", "5", "--seed", "9"],
        // Points that fail, points without a Sharpe ratio, and none that is the best.
        ["--grid", "quantity=1,900000000000000"], ["--grid", "slow=700..702"],
    ])
    func theReportOfASweepIsMadeAgainToTheByte(_ arguments: [String]) throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        let shown = try sweep(folder, run, arguments)
        let page = try folder.text("sweep/report.html")
        try folder.write("", to: "sweep/report.html")
        let again = folder.run(["report", folder.path + "/sweep"])
        #expect(again.status == 0, "\(again)")
        #expect(try folder.text("sweep/report.html") == page)
        let head = shown.result.components(separatedBy: "\n Written to")[0]
        #expect(again.result.hasPrefix(head), "\(again.result)\n\(shown.result)")
        let object = folder.run(["report", folder.path + "/sweep", "--json"])
        #expect(object.result == (try folder.text("sweep/summary.json")))
    }

    @Test func aSweepWithoutItsFilesIsRefusedWithWhatToDo() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 100)
        _ = try sweep(folder, run, ["--grid", "fast=1..3"])
        let path = folder.path + "/sweep"
        for (name, text, words) in [
            ("sweep.checkpoint", "x", "it is no checkpoint"), ("report.json", "{}", "no key \"format\""),
            ("report.json", "{\"format\": \"tradewind report 1\"}", "run the sweep again"),
        ] {
            let old = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
            try folder.write(text, to: "sweep/" + name)
            let outcome = folder.run(["report", path])
            #expect(outcome.status == 65 && outcome.remark.contains(words), "\(outcome)")
            try old.write(to: URL(fileURLWithPath: path + "/" + name))
        }
        #expect(folder.run(["report", path]).status == 0)
    }

    @Test func allKindsStandBesideEachOtherEachNamedForWhatItIs() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        try backtest(folder, run, "parameters.slow=6")
        _ = try sweep(folder, run, ["--grid", "fast=2..3", "--grid", "slow=5,6"])
        _ = try walk(folder, run)
        let paths = ["backtest", "sweep", "walk"].map { folder.path + "/" + $0 }
        let outcome = folder.run(["compare", "--json"] + paths)
        #expect(outcome.status == 0, "\(outcome)")
        let runs = try #require(outcome.object["runs"] as? [[String: Any]])
        #expect(
            runs.map { $0["name"] as? String } == [
                "example", "example, the in-sample best", "example, out of sample",
            ])
        let notes = try #require(outcome.object["notes"] as? [String])
        #expect(notes.contains { $0.hasPrefix("Run 2 is the best of 4 points of a sweep") }, "\(notes)")
        #expect(notes.contains { $0.hasPrefix("Run 3 is a walk-forward") }, "\(notes)")
        let figures = try #require(outcome.object["figures"] as? [[String: Any]])
        func values(_ key: String) -> [Any]? {
            figures.first { $0["key"] as? String == key }?["values"] as? [Any]
        }
        let sweepBest = try summary(folder, "sweep")["in_sample_best"] as? [String: Any]
        let earned = try summary(folder, "walk")["out_of_sample"] as? [String: Any]
        for key in ["sharpe", "total_return", "max_drawdown"] {
            let found = try #require(values(key))
            #expect(found[0] as? Double == (try summary(folder, "backtest")[key] as? Double), "\(key)")
            #expect(found[1] as? Double == sweepBest?[key] as? Double, "\(key)")
            #expect(found[2] as? Double == earned?[key] as? Double && found[2] is Double, "\(key)")
        }
        let shown = folder.run(["compare"] + paths + ["--html", folder.path + "/page.html"])
        #expect(shown.status == 0 && shown.result.contains("chosen by looking at the data"))
        let page = try folder.text("page.html")
        #expect(page.contains("chosen anew before each"))
        // A summary by itself is enough.
        #expect(folder.run(["compare", paths[1] + "/summary.json", paths[2] + "/summary.json"]).status == 0)
    }

    private func summary(_ folder: CommandFolder, _ name: String) throws -> [String: Any] {
        let data = Data(try folder.text(name + "/summary.json").utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// The older folder has lost its name and the newer one has not got it yet.
    @Test func aFolderWhoseReplacementWasStoppedIsRead() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 480)
        try backtest(folder, run)
        _ = try sweep(folder, run, ["--grid", "fast=1..3"])
        _ = try walk(folder, run)
        for name in ["backtest", "sweep", "walk"] {
            let commands = [["report"], ["compare", folder.path + "/" + name]]
            for command in name == "walk" ? [commands[1]] : commands {
                try FileManager.default.moveItem(
                    atPath: folder.path + "/" + name, toPath: folder.path + "/.\(name).old")
                let outcome = folder.run(command + [folder.path + "/" + name])
                #expect(outcome.status == 0, "\(command[0]) \(outcome)")
                #expect(try folder.names() == ["backtest", "btc.csv", "run.yaml", "sweep", "walk"])
            }
        }
    }
}
