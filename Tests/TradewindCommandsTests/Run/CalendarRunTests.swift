import Foundation
import Testing
import TradewindCommands

/// The calendar of a market reaches a run, from its run file, its file's entry or its catalogue.
@Suite struct CalendarRunTests {
    private static let sessions =
        #"instruments={"us:spot:SPY": {base: SPY, quote: USD, calendar: us-equity}}"#
    private static let plain = #"instruments={"us:spot:SPY": {base: SPY, quote: USD}}"#
    private static let always = #"instruments={"us:spot:SPY": {base: SPY, quote: USD, calendar: always}}"#

    /// The daily bars of a share, real ones; nil, with a message, without the data.
    private func dailyBars() -> String? {
        let named = ProcessInfo.processInfo.environment["TRADEWIND_SHARED_DATA"]
        let beside = URL(fileURLWithPath: #filePath + "/../../../../../shared").standardized.path
        for root in [named, beside].compactMap({ $0 }) {
            let file = root + "/data/bars/spy_1d_trade.csv.gz"
            if FileManager.default.fileExists(atPath: file) { return file }
        }
        print("skipped: no folder ../shared/data beside the package")
        return nil
    }

    private func writeRun(_ folder: CommandFolder, over file: String, entry: String = "") throws -> String {
        try folder.write(
            """
            name: daily
            strategy: sma-cross
            parameters: {fast: 5, slow: 20, quantity: 100}
            capital: {amount: 100000, asset: USD}
            data:
              - instrument: "us:spot:SPY"
                bars: \(file)
                timeframe: 1d
                zone: America/New_York
                price-divisor: 10000
            \(entry)
            execution: {commission: {per-unit: 0.005}}
            """, to: "daily.yaml")
    }

    @Test func aShareHas252DaysAYear() throws {
        guard let file = dailyBars() else { return }
        let folder = try CommandFolder()
        let run = try writeRun(folder, over: file)
        for (setting, days) in [(Self.sessions, 252.0), (Self.plain, 365), (Self.always, 365)] {
            let output = folder.path + "/result"
            let outcome = folder.run(["backtest", run, "--json", "--set", setting, "--output", output])
            #expect(outcome.status == 0, "\(outcome)")
            // Returns of the bars, from the written equity, by the definition.
            let equity = try folder.text("result/equity.csv").split(separator: "\n").dropFirst().map {
                Double($0.split(separator: ",")[1])!
            }
            let returns = zip(equity, equity.dropFirst()).map { $1 / $0 - 1 }
            let mean = returns.reduce(0, +) / Double(returns.count)
            let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let expected = (squares / Double(returns.count - 1) * days).squareRoot()
            let volatility = try #require(outcome.object["volatility"] as? Double)
            // The first bar's own change may or may not count among some five thousand.
            #expect(abs(volatility / expected - 1) < 1e-3, "\(volatility) \(expected) \(days)")
        }
    }

    @Test func theCalendarOfTheDataServesUnlessTheRunFileNamesAnother() throws {
        let folder = try CommandFolder()
        var rows = "time,open,high,low,close,volume\n"
        // 2024-01-08 is a Monday; two weeks of which the first Monday of the second is a holiday.
        for day in [8, 9, 10, 11, 12, 16, 17, 18, 19] {
            let price = 4_700_000 + day * day * 1000
            rows += "2024-01-\(day < 10 ? "0" : "")\(day) 00:00,\(price),\(price),\(price),\(price),9\n"
        }
        try folder.write(rows, to: "spy.csv")
        func days(_ run: String, _ more: [String]) throws -> String {
            let output = folder.path + "/result"
            let small = ["--set", "parameters={fast: 1, slow: 2}", "--output", output]
            let outcome = folder.run(["backtest", run] + small + more)
            #expect(outcome.status == 0, "\(outcome)")
            let printed = folder.run(["events", "print", output]).result
            let name = try #require(printed.split(separator: "calendar ").dropFirst().first)
            return String(name.prefix { $0 != "\"" })
        }
        let bare = try writeRun(folder, over: "spy.csv")
        #expect(try days(bare, ["--set", Self.plain]) == "always")
        #expect(try days(bare, ["--set", Self.sessions]) == "us-equity")
        let run = try writeRun(folder, over: "spy.csv", entry: "    calendar: us-equity")
        #expect(try days(run, ["--set", Self.plain]) == "us-equity")
        #expect(try days(run, ["--set", Self.always]) == "always")
        let description = try folder.write(
            """
            name: daily
            series:
              - file: spy.csv
                instrument: us:spot:SPY
                kind: bars
                timeframe: 1d
                zone: America/New_York
                price-divisor: 10000
                calendar: us-equity
            """, to: "data.yaml")
        let made = folder.run(
            ["data", "import", description, "--source", folder.path, "--catalogue", folder.path + "/cat"])
        #expect(made.status == 0, "\(made)")
        let catalogue = ["--set", "data={catalogue: cat}", "--set", Self.plain]
        #expect(try days(run, catalogue) == "us-equity")
        let listed = folder.run(["data", "list", "--json", "--catalogue", folder.path + "/cat"])
        #expect(listed.result.contains(#""calendar": "us-equity""#))
        let wrong = folder.run(
            ["backtest", run, "--set", Self.sessions.replacing("us-equity", with: "us-equty")])
        #expect(wrong.status == 78 && wrong.remark.contains("us-equity"), "\(wrong)")
    }
}
