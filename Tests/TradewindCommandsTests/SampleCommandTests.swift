import Foundation
import MarketData
import StrategyKit
import Testing
import TradewindCommands

@Suite struct SampleCommandTests {
    private func run(_ arguments: [String]) -> (TradewindCommands.ExitStatus, CollectedOutput) {
        let collected = CollectedOutput()
        let context = CommandContext(
            output: collected.output(), clock: ProcessClock(), strategies: StrategyRegistry([]),
            files: PosixFileStore())
        return (TradewindCommand.run(arguments, context), collected)
    }

    @Test func sampleDataAreImportedByTheirOwnDescription() throws {
        let folder = NSTemporaryDirectory() + "tradewind-sample-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (made, output) = run(["data", "sample", "--days", "1", "--output", folder, "--json"])
        #expect(made == .done)
        let object = try JSONSerialization.jsonObject(with: Data(output.result.utf8)) as? [String: Any]
        let files = try #require(object?["files"] as? [[String: Any]])
        #expect(object?["seed"] as? Int == 1 && files.count == 48)
        let catalogue = folder + "/catalogue"
        let importing = ["data", "import", folder + "/dataset.yaml", "--source", folder]
        let (imported, log) = run(importing + ["--catalogue", catalogue, "--json"])
        #expect(imported == .done, "\(log.result) \(log.remark)")
        let result = try JSONSerialization.jsonObject(with: Data(log.result.utf8)) as? [String: Any]
        #expect(result?["warnings"] as? [String] == [])
        let rows = files.reduce(0) { $0 + ($1["rows"] as? Int ?? 0) }
        #expect(result?["rows"] as? Int == rows)
    }

    @Test func wrongLengthsAreWrongUsage() {
        for days in ["0", "-1", "3651", "x"] {
            #expect(run(["data", "sample", "--days=\(days)", "--output", "/nonexistent/x"]).0 == .usage)
        }
    }

    @Test func aFolderThatCannotBeWrittenIsNamed() {
        let (status, output) = run(["data", "sample", "--days", "1", "--output", "/dev/null/x"])
        #expect(status == .outputFailed)
        #expect(output.remark.contains("/dev/null/x"))
    }
}
