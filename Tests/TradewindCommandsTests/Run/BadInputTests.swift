import Foundation
import Testing
import TradewindCommands

/// Input that is wrong in itself: each ends with its exit code and one message that names the file, its line
/// where it has one, and what to do.
@Suite struct BadInputTests {
    private static let good = """
        time,open,high,low,close,volume
        2024-01-01T00:00:00Z,100,101,99,100,5
        2024-01-01T01:00:00Z,101,102,100,101,5
        2024-01-01T02:00:00Z,102,103,101,102,5

        """

    /// A file by name, the line that the message names, and a part of the message.
    private struct Case {
        let name: String
        let content: [UInt8]?
        let line: Int?
        let text: String
    }

    private func cases() throws -> [Case] {
        let garbage = (0..<4000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 9) }
        let zipped = try gzip(Self.good)
        func bytes(_ old: String, _ new: String) -> [UInt8] {
            Array(Self.good.replacing(old, with: new).utf8)
        }
        return [
            Case(name: "absent.csv", content: nil, line: nil, text: "there is no such file"),
            Case(name: "empty.csv", content: [], line: nil, text: "the file is empty"),
            Case(name: "header.csv", content: Array(Self.good.utf8.prefix(32)), line: nil, text: "no row"),
            Case(name: "garbage.csv", content: garbage, line: 1, text: "not CSV text"),
            Case(name: "garbage.csv.gz", content: garbage, line: 1, text: "not CSV text"),
            Case(name: "cut.csv.gz", content: Array(zipped.prefix(60)), line: 2, text: "cut off"),
            Case(
                name: "column.csv", content: bytes("close", "cloze"), line: 1, text: "no column for 'close'"),
            Case(name: "zone.csv", content: bytes("T01:00:00Z", "T01:00:00"), line: 3, text: "mixed"),
            Case(name: "offset.csv", content: bytes("T01:00:00Z", "T03:00:00+02:00"), line: 3, text: "mixed"),
        ]
    }

    private func gzip(_ text: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-nc"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return [UInt8](data)
    }

    @Test func dataThatCannotBeUsedEndWith65() throws {
        for one in try cases() {
            let folder = try CommandFolder()
            let run = try folder.writeExample()
            let path = folder.path + "/" + one.name
            if let content = one.content { try Data(content).write(to: URL(fileURLWithPath: path)) }
            let before = try folder.names()
            let arguments = [
                "backtest", run, "--set", "data.0.bars=\(one.name)", "--output", folder.path + "/result",
            ]
            let plain = folder.run(arguments)
            #expect(plain.status == 65 && plain.result.isEmpty, "\(one.name): \(plain)")
            let place = path + (one.line.map { ":\($0)" } ?? "") + ": "
            #expect(plain.remark.hasPrefix("error: " + place) && plain.remark.contains(one.text))
            #expect(
                plain.remark.split(separator: "\n").count == 2, "one message, one remedy: \(plain.remark)")
            let inJSON = folder.run(arguments + ["--json"])
            let error = inJSON.object["error"] as? [String: Any] ?? [:]
            #expect(inJSON.status == 65 && inJSON.remark.isEmpty && error["file"] as? String == path)
            #expect(error["line"] as? Int == one.line && (error["remedy"] as? String)?.isEmpty == false)
            #expect(folder.run(["data", "check", path]).status == 65, "\(one.name)")
            let description = try folder.write(
                """
                name: bad
                series:
                  - {file: \(one.name), instrument: "a:spot:BTCUSDT", kind: bars, timeframe: 1h}
                """, to: "bad.yaml")
            // A file that is absent is a warning of an import, all others end it.
            let made = folder.run([
                "data", "import", description, "--source", folder.path, "--catalogue", folder.path + "/cat",
            ])
            #expect(made.status == (one.content == nil ? 0 : 65), "\(one.name): \(made)")
            #expect(one.content == nil || !folder.exists("cat/index"))
            #expect(try folder.names().filter { $0 != "cat" && $0 != "bad.yaml" } == before)
        }
    }

    @Test func aCatalogueThatCannotBeReadEndsWith65() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        let description = try folder.write(
            """
            name: one
            series:
              - {file: btc.csv, instrument: "binance:spot:BTCUSDT", kind: bars, timeframe: 1h}
            """, to: "one.yaml")
        let catalogue = folder.path + "/cat"
        let made = folder.run([
            "data", "import", description, "--source", folder.path, "--catalogue", catalogue,
        ])
        #expect(made.status == 0)
        let series = try #require(try folder.names("cat/series/binance/spot/BTCUSDT").first)
        let file = "cat/series/binance/spot/BTCUSDT/" + series
        for name in ["cat/index", file] {
            let path = folder.path + "/" + name
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            var altered = whole
            altered[whole.startIndex + 40] ^= 1
            for content in [Data(), whole.prefix(50), altered] {
                try content.write(to: URL(fileURLWithPath: path))
                let outcome = folder.run(["backtest", run, "--set", "data={catalogue: cat}"])
                #expect(outcome.status == 65 && outcome.remark.hasPrefix("error: \(path): "), "\(outcome)")
                #expect(outcome.remark.contains("import the data again"), "\(outcome)")
            }
            try whole.write(to: URL(fileURLWithPath: path))
        }
        #expect(folder.run(["backtest", run, "--set", "data={catalogue: cat}"]).status == 0)
    }

    @Test func aDescriptionThatCannotBeReadEndsWith78() throws {
        let folder = try CommandFolder()
        try Data([0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: folder.path + "/garbage.yaml"))
        for (name, text) in [("absent.yaml", "no such file"), ("garbage.yaml", "not text in UTF-8")] {
            let outcome = folder.run(["data", "import", folder.path + "/" + name, "--source", folder.path])
            #expect(outcome.status == 78 && outcome.remark.contains(text), "\(outcome)")
            #expect(outcome.remark.contains("  remedy: "))
        }
    }

    @Test func everyProblemOfARunFileHasARemedy() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        for setting in [
            "parameters.fats=2", "parameters.fast=9", "capital.amount=-1", "seed=x", "execution.fill=never",
        ] {
            let outcome = folder.run(["backtest", run, "--json", "--set", setting])
            let error = outcome.object["error"] as? [String: Any] ?? [:]
            #expect(outcome.status == 78 && (error["remedy"] as? String)?.isEmpty == false, "\(outcome)")
        }
    }

    @Test func anOutputThatCannotBeWrittenEndsWith74UnderItsOwnName() throws {
        let folder = try CommandFolder()
        let run = try folder.writeExample()
        try folder.write("mine", to: "file")
        for name in ["file", "file/below"] {
            let outcome = folder.run(["backtest", run, "--output", folder.path + "/" + name])
            #expect(outcome.status == 74 && outcome.result.isEmpty, "\(outcome)")
            #expect(outcome.remark.hasPrefix("error: \(folder.path)/\(name): "), "\(outcome.remark)")
        }
        #expect(try folder.text("file") == "mine")
        let full = folder.run(
            ["backtest", run, "--output", folder.path + "/result"], files: FullDisk(after: 2))
        #expect(full.remark.hasPrefix("error: \(folder.path)/result/fills.csv: the disk is full"))
    }
}
