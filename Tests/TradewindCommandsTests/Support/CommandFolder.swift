import Foundation
import MarketData
import Strategies
import StrategyKit
import TradewindCommands

/// A folder of its own in which command lines run; removed at the end.
final class CommandFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { _ = try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

    /// Names in a folder, sorted.
    func names(_ name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + name).sorted()
    }

    /// Runs a command line in this process.
    func run(_ arguments: [String], files: any FolderStore = PosixFileStore()) -> CommandOutcome {
        let collected = CollectedOutput()
        let context = CommandContext(
            output: collected.output(), clock: ProcessClock(),
            strategies: StrategyRegistry(BuiltInStrategies.all), files: files)
        let status = TradewindCommand.run(arguments, context)
        return CommandOutcome(status: status.rawValue, result: collected.result, remark: collected.remark)
    }

    /// Hourly bars that go up and down, and a run file over them in `run.yaml`.
    func writeExample(bars count: Int = 60) throws -> String {
        var rows = "time,open,high,low,close,volume\n"
        for bar in 0..<count {
            let price = 100 + (bar % 12 < 6 ? bar % 12 : 12 - bar % 12)
            let day = bar / 24 + 1
            let stamp = "2024-01-\(day < 10 ? "0" : "")\(day)T\(bar % 24 < 10 ? "0" : "")\(bar % 24):00:00Z"
            rows += "\(stamp),\(price),\(price + 1),\(price - 1),\(price),10\n"
        }
        try write(rows, to: "btc.csv")
        return try write(
            """
            name: example
            strategy: sma-cross
            parameters: {fast: 2, slow: 4}
            capital: {amount: 1000, asset: USDT}
            data:
              - {instrument: "binance:spot:BTCUSDT", bars: btc.csv, timeframe: 1h}

            """, to: "run.yaml")
    }
}

/// How a command ended and what it wrote.
struct CommandOutcome {
    let status: Int32
    let result: String
    let remark: String

    /// The object on standard output; empty when it is none.
    var object: [String: Any] {
        let value = try? JSONSerialization.jsonObject(with: Data(result.utf8))
        return value as? [String: Any] ?? [:]
    }
}
