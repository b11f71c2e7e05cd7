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
        #expect(object?["seed"] as? Int == 1 && files.count == 57)
        let catalogue = folder + "/catalogue"
        let importing = ["data", "import", folder + "/dataset.yaml", "--source", folder]
        let (imported, log) = run(importing + ["--catalogue", catalogue, "--json"])
        #expect(imported == .done, "\(log.result) \(log.remark)")
        let result = try JSONSerialization.jsonObject(with: Data(log.result.utf8)) as? [String: Any]
        #expect(result?["warnings"] as? [String] == [])
        // Deposits and debts of WETH are two series of one file.
        let rows = files.reduce(0) { sum, file in
            let isTwice = file["path"] as? String == "lending/aave_weth_1h.csv"
            return sum + (file["rows"] as? Int ?? 0) * (isTwice ? 2 : 1)
        }
        #expect(result?["rows"] as? Int == rows)
    }

    @Test func aFullDiskLeavesNothingOrWhatWasThere() throws {
        let folder = try CommandFolder()
        let new = folder.path + "/new/sample"
        for writes in [0, 3, 45] {
            let outcome = folder.run(
                ["data", "sample", "--days", "1", "--output", new], files: FullDisk(after: writes))
            #expect(outcome.status == 74 && outcome.remark.contains(new), "\(outcome)")
            #expect(!outcome.remark.contains(".sample.new"))
            #expect(try folder.names() == [])
        }
        #expect(folder.run(["data", "sample", "--days", "1", "--output", new]).status == 0)
        let before = try folder.text("new/sample/dataset.yaml")
        let names = try folder.names("new/sample")
        let again = folder.run(
            ["data", "sample", "--days", "1", "--seed", "2", "--output", new], files: FullDisk(after: 20))
        #expect(again.status == 74)
        #expect(try folder.names("new/sample") == names)
        #expect(try folder.text("new/sample/dataset.yaml") == before)
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
