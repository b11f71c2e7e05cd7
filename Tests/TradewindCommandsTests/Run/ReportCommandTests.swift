import Foundation
import Testing
import TradewindCommands

@Suite struct ReportCommandTests {
    @Test func theReportOfAFolderIsRebuiltByteForByte() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample(bars: 24 * 20)
        let output = folder.path + "/result"
        let first = folder.run(
            ["backtest", run, "--output", output, "--set", "benchmark.instrument=binance:spot:BTCUSDT"])
        #expect(first.status == 0)
        let page = try folder.text("result/report.html")
        #expect(page.contains("buying and holding binance:spot:BTCUSDT"))
        try FileManager.default.removeItem(atPath: output + "/report.html")
        let again = folder.run(["report", output])
        #expect(again.status == 0, "\(again)")
        #expect(try folder.text("result/report.html") == page)
        func lines(_ text: String) -> [Substring] { text.split(separator: "\n").dropLast() }
        #expect(lines(again.result) == lines(first.result))
        let elsewhere = folder.run(["report", output + "/", "--output", folder.path + "/page.html", "--json"])
        #expect(elsewhere.status == 0)
        #expect(try folder.text("result/summary.json") == elsewhere.result)
        #expect(try folder.text("page.html") == page)
    }

    @Test func whatIsNoResultEndsWith65AndWhatCannotBeWrittenWith74() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let output = folder.path + "/result"
        #expect(folder.run(["backtest", run, "--output", output]).status == 0)
        let cases: [(arguments: [String], status: Int32, text: String)] = [
            ([folder.path + "/absent"], 65, "there is no such file"), ([folder.path], 65, "summary.json"),
            ([run], 65, "it is not JSON"),
            ([output, "--output", folder.path + "/no/where.html"], 74, "where.html"),
            ([output, "--output", output], 74, "result"),
        ]
        for one in cases {
            let outcome = folder.run(["report"] + one.arguments)
            #expect(outcome.status == one.status && outcome.result.isEmpty, "\(outcome)")
            #expect(outcome.remark.contains(one.text), "\(outcome.remark)")
            let inJSON = folder.run(["report", "--json"] + one.arguments)
            let error = inJSON.object["error"] as? [String: Any] ?? [:]
            #expect(inJSON.status == one.status && error["remedy"] is String, "\(inJSON)")
        }
        try FileManager.default.removeItem(atPath: output + "/report.json")
        let older = folder.run(["report", output])
        #expect(older.status == 65 && older.remark.contains("another version of tradewind wrote it"))
    }
}
