import Foundation
import Testing
import TradewindCommands

@Suite struct CompareCommandTests {
    /// Three results of one run file in `a`, `b` and `c`.
    private func results(_ folder: CommandFolder) throws -> [String] {
        let run = try folder.writeExample(bars: 24 * 20)
        var paths: [String] = []
        for (name, fast) in [("a", 2), ("b", 3), ("c", 1)] {
            let path = folder.path + "/" + name
            let outcome = folder.run(
                [
                    "backtest", run, "--output", path, "--set", "parameters.fast=\(fast)", "--set",
                    "name=\(name)",
                ])
            #expect(outcome.status == 0, "\(outcome)")
            paths.append(path)
        }
        return paths
    }

    private func summary(_ folder: CommandFolder, _ name: String) throws -> [String: Any] {
        let data = Data(try folder.text(name + "/summary.json").utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func figuresStandBesideEachOtherWithTheBestMarked() throws {
        let folder = try CommandFolder()
        let paths = try results(folder)
        let outcome = folder.run(["compare", "--json"] + paths)
        #expect(outcome.status == 0, "\(outcome)")
        let object = outcome.object
        #expect(
            (object["runs"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["a", "b", "c"])
        let figures = object["figures"] as? [[String: Any]] ?? []
        #expect(figures.count > 20)
        let summaries = try ["a", "b", "c"].map { try summary(folder, $0) }
        for (key, isHigherBetter) in [("sharpe", true), ("max_drawdown", false), ("total_return", true)] {
            let figure = try #require(figures.first { $0["key"] as? String == key })
            let values = summaries.compactMap { $0[key] as? Double }
            #expect(figure["values"] as? [Double] == values && values.count == 3)
            let best = try #require(isHigherBetter ? values.max() : values.min())
            #expect(figure["best"] as? [Int] == values.indices.filter { values[$0] == best })
        }
        let nested = try #require(figures.first { $0["key"] as? String == "statistics.tail_ratio" })
        let ratios = summaries.compactMap { ($0["statistics"] as? [String: Any])?["tail_ratio"] as? Double }
        #expect(nested["values"] as? [Double] == ratios && ratios.count == 3)
        let settings = object["settings"] as? [[String: Any]] ?? []
        let different = settings.filter { $0["differs"] as? Bool == true }.compactMap {
            $0["name"] as? String
        }
        #expect(different == ["parameter fast"])
        #expect(settings.contains { $0["name"] as? String == "fill rule" })
        #expect(object["notes"] as? [String] == [])
    }

    @Test func theTerminalShowsDifferencesAndFits() throws {
        let folder = try CommandFolder()
        let paths = try results(folder)
        let many = paths + paths + paths
        let outcome = folder.run(["compare"] + many)
        #expect(outcome.status == 0 && outcome.remark.isEmpty)
        #expect(outcome.result.split(separator: "\n").allSatisfy { $0.count <= 100 && !$0.hasSuffix(" ") })
        #expect(outcome.result.contains("\n fast  ") && outcome.result.contains("*"))
        #expect(outcome.result.contains("9 c"))
        let same = folder.run(["compare", paths[0], paths[0] + "/summary.json"])
        #expect(same.status == 0 && same.result.contains("Settings are the same"))
        #expect(same.result.filter { $0 == "*" }.count == 1, "only the legend")
    }

    @Test func amountsOfDifferentAssetsAreNotRanked() throws {
        let folder = try CommandFolder()
        let paths = try results(folder)
        let text = try folder.text("b/summary.json")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/other", withIntermediateDirectories: true)
        let other = text.replacing("\"share_class\": \"USDT\"", with: "\"share_class\": \"BTC\"")
            .replacing("\"fast\": 3", with: "\"pace\": 3")
        #expect(other != text)
        let path = try folder.write(other, to: "other/summary.json")
        let object = folder.run(["compare", "--json", paths[0], path]).object
        let figures = object["figures"] as? [[String: Any]] ?? []
        func best(_ key: String) -> [Int]? {
            figures.first { $0["key"] as? String == key }?["best"] as? [Int]
        }
        #expect(best("fees") == [])
        #expect(best("max_drawdown")?.isEmpty == false)
        let settings = object["settings"] as? [[String: Any]] ?? []
        let pace = try #require(settings.first { $0["name"] as? String == "parameter pace" })
        let values = try #require(pace["values"] as? [Any])
        #expect(values[0] is NSNull && values[1] as? String == "3", "absent is null, not a dash")
        let within = folder.run(["compare", "--json", paths[0], paths[1]]).object
        let fees = (within["figures"] as? [[String: Any]])?.first { $0["key"] as? String == "fees" }
        #expect((fees?["best"] as? [Int])?.count == 1)
    }

    @Test func thePageHoldsTheSameAndLoadsNothing() throws {
        let folder = try CommandFolder()
        let paths = try results(folder)
        let run = folder.path + "/run.yaml"
        let hostile = "name=\"<script>x\""
        let other = folder.path + "/d"
        let shorter = ["--set", "window={start: 2024-01-03}", "--set", "execution.fill=worst"]
        #expect(folder.run(["backtest", run, "--output", other, "--set", hostile] + shorter).status == 0)
        let page = folder.path + "/page.html"
        let outcome = folder.run(["compare", paths[0], other, "--html", page])
        #expect(outcome.status == 0 && outcome.result.contains("Written to \(page)"), "\(outcome)")
        #expect(outcome.result.contains("different spans of time"))
        let text = try folder.text("page.html")
        for part in [
            "&lt;script&gt;x", "class=\"run r1\"", "Expected shortfall", "Definitions", "fill rule",
            "class=\"up\"",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        for foreign in ["<script", "http://", "https://", "src="] { #expect(!text.contains(foreign)) }
    }

    @Test func whatCannotBeComparedIsNamedAllAtOnce() throws {
        let folder = try CommandFolder()
        let paths = try results(folder)
        try folder.write("{\"name\": 1", to: "cut.json")
        try folder.write("{\"name\": \"x\", \"run_id\": \"y\"}", to: "old.json")
        let names = ["absent", "cut.json", "old.json", "run.yaml"].map { folder.path + "/" + $0 }
        let outcome = folder.run(["compare", "--json", paths[0]] + names)
        #expect(outcome.status == 65)
        let problems = outcome.object["problems"] as? [[String: Any]] ?? []
        #expect(problems.compactMap { $0["file"] as? String } == names)
        let messages = problems.compactMap { $0["message"] as? String }
        #expect(messages.count == 4 && messages[0].contains("no such file"))
        #expect(
            messages[1].contains("the text ends too early") && messages[2].contains("no key \"log_hash\""))
        let one = folder.run(["compare", paths[0]])
        #expect(one.status == 64 && one.remark.contains("two or more"))
        let unwritable = folder.run(["compare", paths[0], paths[1], "--html", folder.path + "/no/page.html"])
        #expect(unwritable.status == 74 && unwritable.result.isEmpty)
    }
}
