import Foundation
import MarketData
import StrategyKit
import Testing
import TradewindCommands

@Suite struct DataCommandTests {
    private let folder = NSTemporaryDirectory() + "tradewind-data-\(UUID().uuidString)"

    private func run(_ arguments: String...) -> (TradewindCommands.ExitStatus, CollectedOutput) {
        let collected = CollectedOutput()
        let context = CommandContext(
            output: collected.output(), clock: ProcessClock(), strategies: StrategyRegistry([]),
            files: PosixFileStore())
        return (TradewindCommand.run(["data"] + arguments, context), collected)
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        return folder + "/" + name
    }

    private func object(_ output: CollectedOutput) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.result.utf8)) as? [String: Any])
    }

    private static let rows = """
        ts,open,high,low,close,volume
        2024-01-01T00:00:00Z,1,2,1,2,5
        2024-01-01T00:01:00Z,2,2,1,1,5

        """

    @Test func aCleanFileEndsWithZeroAndAFaultyOneWith65() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clean = try write("clean.csv", Self.rows)
        let (status, output) = run("check", clean, "--json")
        #expect(status == .done)
        let found = try object(output)
        #expect(found["rows"] as? Int == 2 && found["first"] as? String == "2024-01-01T00:00:00Z")
        for key in [
            "gaps", "missing", "duplicates_same", "duplicates_conflicting", "out_of_order", "nan", "negative",
            "high_below_low", "bad_rows",
        ] { #expect(found[key] as? Int == 0, "\(key)") }
        let faulty = try write("faulty.csv", Self.rows + "2024-01-01T00:05:00Z,1,1,1,1,1\nx\n")
        let (bad, report) = run("check", faulty, "--json")
        #expect(bad == .badData)
        let faults = try object(report)
        #expect(
            faults["gaps"] as? Int == 1 && faults["missing"] as? Int == 3 && faults["bad_rows"] as? Int == 1)
        let findings = try #require(faults["findings"] as? [[String: Any]])
        #expect(findings.map { $0["line"] as? Int } == [4, 5])
        #expect(findings.map { $0["kind"] as? String } == ["gap", "short-row"])
        #expect(run("check", faulty).1.result.contains("line 5  short-row"))
        #expect(run("check", clean, faulty).0 == .badData)
    }

    @Test func anAbsentFileIsAnErrorObject() throws {
        let (status, output) = run("check", folder + "/absent.csv", "--json")
        #expect(status == .badData)
        let error = try #require(try object(output)["error"] as? [String: Any])
        #expect(error["message"] as? String == "there is no such file")
        #expect(error["remedy"] as? String != nil)
    }

    @Test func whatIsImportedIsListedAndVerified() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try write("btc.csv", Self.rows)
        let set = try write(
            "set.yaml", "name: s\nseries:\n  - {file: btc.csv.gz, instrument: \"a:spot:B\", kind: bars}\n")
        let catalogue = folder + "/catalogue"
        #expect(run("import", set, "--source", folder, "--catalogue", catalogue).0 == .done)
        let (status, output) = run("list", "--catalogue", catalogue, "--json", "--verify")
        #expect(status == .done)
        let series = try #require(try object(output)["series"] as? [[String: Any]])
        #expect(series.count == 1 && series[0]["instrument"] as? String == "a:spot:B")
        #expect(series[0]["rows"] as? Int == 2 && series[0]["timeframe"] as? String == "1m")
        let path = catalogue + "/" + (try #require(series[0]["file"] as? String))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count - 60] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        let (damaged, report) = run("list", "--catalogue", catalogue, "--verify")
        #expect(damaged == .badData && report.remark.contains("damaged"))
    }

    @Test func wrongDescriptionsAndCataloguesHaveTheirOwnExitCodes() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let set = try write("set.yaml", "name: s\nserie: []\n")
        let (status, output) = run("import", set, "--source", folder, "--catalogue", folder + "/c", "--json")
        #expect(status == .wrongConfiguration)
        #expect(output.result.contains("did you mean 'series'?"))
        #expect(run("list", "--catalogue", folder + "/none").0 == .badData)
        #expect(run("check").0 == .usage)
        #expect(run("check", "x.csv", "--kind", "candles").0 == .usage)
    }

    @Test func aFolderThatCannotBeWrittenGivesOneError() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try write("btc.csv", Self.rows)
        let set = try write(
            "set.yaml", "name: s\nseries:\n  - {file: btc.csv, instrument: \"a:spot:B\", kind: bars}\n")
        let (status, output) = run("import", set, "--source", folder, "--catalogue", "/dev/null/c", "--json")
        #expect(status == .outputFailed)
        #expect(try object(output)["error"] != nil)
    }
}
