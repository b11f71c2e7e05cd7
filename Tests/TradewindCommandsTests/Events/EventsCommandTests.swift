import Foundation
import Testing
import TradewindCommands

@Suite struct EventsCommandTests {
    /// A result in `result` of a strategy that turns its position around at every bar: a log of many links.
    private func writeResult(_ folder: CommandFolder, bars count: Int, to name: String = "result") throws {
        let run = try folder.writeExample()
        var rows = "time,open,high,low,close,volume\n"
        for bar in 0..<count {
            let price = bar % 2 == 0 ? 100 : 101
            rows += "\(1_704_067_200 + bar * 60),\(price),\(price),\(price),\(price),10\n"
        }
        try folder.write(rows, to: "turns.csv")
        let data = #"data=[{instrument: "binance:spot:BTCUSDT", bars: turns.csv, timeframe: 1m}]"#
        let outcome = folder.run([
            "backtest", run, "--set", data, "--set", "parameters={fast: 1, slow: 2, quantity: 0.5}",
            "--output", folder.path + "/" + name,
        ])
        #expect(outcome.status == 0, "\(outcome)")
    }

    private func bytes(_ folder: CommandFolder, _ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)))
    }

    private func write(_ bytes: some Sequence<UInt8>, _ folder: CommandFolder, _ name: String) throws
        -> String
    {
        let path = folder.path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func error(_ outcome: CommandOutcome) -> String {
        (outcome.object["error"] as? [String: Any])?["message"] as? String ?? "none: \(outcome)"
    }

    @Test func aWholeLogIsVerifiedAgainstItsSummary() throws {
        let folder = try CommandFolder()
        try writeResult(folder, bars: 1000)
        let inJSON = folder.run(["events", "verify", folder.path + "/result", "--json"])
        let object = inJSON.object
        let summary = try #require(
            try JSONSerialization.jsonObject(with: Data(folder.text("result/summary.json").utf8))
                as? [String: Any])
        #expect(inJSON.status == 0 && object["log_hash"] as? String == summary["log_hash"] as? String)
        #expect(object["fills"] as? Int == summary["fills"] as? Int)
        #expect(object["chain_links"] as? Int ?? 0 >= 2, "\(object)")
        #expect(object["bytes"] as? Int == (try bytes(folder, "result/events.log").count))
        let text = folder.run(["events", "verify", folder.path + "/result/events.log"])
        #expect(text.status == 0 && text.result.contains("whole and unaltered"))
        #expect(text.result.contains("equal to log_hash of "))
        let alone = try write(try bytes(folder, "result/events.log"), folder, "alone.log")
        let elsewhere = folder.run(["events", "verify", alone])
        #expect(elsewhere.status == 0 && elsewhere.result.contains("no summary.json beside it"))
    }

    @Test func printedFillsAreThoseOfTheTable() throws {
        let folder = try CommandFolder()
        try writeResult(folder, bars: 40)
        let outcome = folder.run(["events", "print", folder.path + "/result"])
        #expect(outcome.status == 0 && outcome.remark.isEmpty)
        var fills: [String] = []
        var sides: [Int: String] = [:]
        for (place, line) in outcome.result.split(separator: "\n").enumerated() {
            let record = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(record["sequence"] as? Int == place + 1)
            let order = record["order"] as? Int ?? 0
            if let side = record["side"] as? String { sides[order] = side }
            guard record["type"] as? String == "OrderFilled" else { continue }
            let texts = ["filled_at", "quantity", "price", "fee", "fee_asset"].map {
                record[$0] as? String ?? "none"
            }
            fills.append(([sides[order] ?? "none"] + texts).joined(separator: ","))
        }
        let table = try folder.text("result/fills.csv").split(separator: "\n").dropFirst().map {
            let cells = $0.split(separator: ",")
            return [cells[2], cells[0], cells[3], cells[4], cells[5], cells[6]].joined(separator: ",")
        }
        #expect(fills.count > 30 && fills == table)
        let last = outcome.result.split(separator: "\n").suffix(2)
        #expect(last.first?.contains("\"RunClosed\"") == true && last.last?.contains("ChainLinked") == true)
    }

    #if DEBUG
    private static let step = 7
    #else
    private static let step = 1
    #endif

    @Test func everyFlippedByteIsFoundWithItsRecordAndByte() throws {
        let folder = try CommandFolder()
        try writeResult(folder, bars: 12)
        let whole = try bytes(folder, "result/events.log")
        for place in stride(from: 0, to: whole.count, by: Self.step) {
            var altered = whole
            altered[place] ^= 0x10
            let path = try write(altered, folder, "altered.log")
            let outcome = folder.run(["events", "verify", path, "--json"])
            #expect(outcome.status == 65, "byte \(place): \(outcome)")
            #expect(error(outcome).contains("record ") && error(outcome).contains(" byte "))
        }
    }

    @Test func everyTruncationIsFound() throws {
        let folder = try CommandFolder()
        try writeResult(folder, bars: 12)
        let whole = try bytes(folder, "result/events.log")
        for count in stride(from: 0, to: whole.count, by: Self.step) {
            let path = try write(whole.prefix(count), folder, "cut.log")
            let outcome = folder.run(["events", "verify", path, "--json"])
            #expect(outcome.status == 65, "\(count) bytes: \(outcome)")
        }
        let path = try write(whole.dropLast(), folder, "cut.log")
        let outcome = folder.run(["events", "verify", path])
        #expect(outcome.result.isEmpty && outcome.remark.contains("cut.log: record "))
        #expect(outcome.remark.contains("the file ends within the record"))
    }

    @Test func aLogCutBehindALinkIsNotWhole() throws {
        let folder = try CommandFolder()
        try writeResult(folder, bars: 1000)
        let lines = folder.run(["events", "print", folder.path + "/result"]).result.split(separator: "\n")
        let link = try #require(lines.firstIndex { $0.contains("ChainLinked") })
        #expect(link < lines.count - 1)
        // A record is 4 bytes of length and that many more.
        let whole = try bytes(folder, "result/events.log")
        var end = 0
        for _ in 0...link {
            end += 4 + (0..<4).reduce(0) { $0 + Int(whole[end + $1]) << (8 * $1) }
        }
        let path = try write(whole.prefix(end), folder, "cut.log")
        let outcome = folder.run(["events", "verify", path, "--json"])
        #expect(outcome.status == 65 && error(outcome).contains("before the end of its run"))
        let printed = folder.run(["events", "print", path])
        #expect(printed.status == 65 && printed.remark.contains("before the end of its run"))
        #expect(printed.result.split(separator: "\n").count == link + 1, "what is whole is printed")
    }

    @Test func theLogOfAnotherRunIsFound() throws {
        let folder = try CommandFolder()
        try writeResult(folder, bars: 12)
        try writeResult(folder, bars: 13, to: "other")
        _ = try write(try bytes(folder, "other/events.log"), folder, "result/events.log")
        let outcome = folder.run(["events", "verify", folder.path + "/result", "--json"])
        #expect(outcome.status == 65 && error(outcome).contains("log_hash of "))
    }

    @Test(arguments: ["print", "verify"])
    func whatIsNoLogEndsWith65(_ command: String) throws {
        let folder = try CommandFolder()
        let garbage = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let cases = [
            (folder.path + "/absent.log", "there is no such file"),
            (folder.path, "the folder holds no events.log"),
            (try write([], folder, "empty.log"), "the file is empty"),
            (try write(garbage, folder, "garbage.log"), "record 1 at byte 0: not a record"),
            (try write([1, 2, 3], folder, "short.log"), "record 1 at byte 0: the file ends within"),
        ]
        for (path, text) in cases {
            let outcome = folder.run(["events", command, path])
            #expect(outcome.status == 65 && outcome.result.isEmpty, "\(outcome)")
            #expect(outcome.remark.contains(text), "\(outcome.remark)")
            let inJSON = folder.run(["events", command, path, "--json"])
            #expect(inJSON.status == 65 && error(inJSON).contains(text) && inJSON.remark.isEmpty)
        }
    }
}
