internal import ArgumentParser
internal import Events
internal import Foundation
internal import TradewindCommands

/// `tradewind-server try-backtest`: a tiny backtest from end to end, for a deployment to see that a version
/// can carry one out where it runs: reads data and a run file, runs, writes results, reads them again.
struct TryBacktestCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "try-backtest", abstract: "Carry out a tiny backtest.", shouldDisplay: false)

    func run(_ context: ServerContext) async throws {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("tradewind-try-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Self.bars.write(
                to: place.appendingPathComponent("bars.csv"), atomically: false, encoding: .utf8)
            try Self.runFile.write(
                to: place.appendingPathComponent("run.yaml"), atomically: false, encoding: .utf8)
        } catch {
            throw CommandFailure(
                .outputFailed, code: "output",
                message: "the files of the backtest cannot be written: \(error)",
                file: place.path, remedy: "see whether there is space for temporary files")
        }
        defer {
            // What is left of a temporary folder, the system removes.
            do { try FileManager.default.removeItem(at: place) } catch { _ = error }
        }
        let summary = try RunDesk().execute(
            place.appendingPathComponent("run.yaml").path, catalogue: nil,
            folder: place.appendingPathComponent("result").path, runID: "try", report: { _ in })
        guard summary["attribution_residual"]?.text == "0", (summary["fills"]?.wholeNumber ?? 0) > 0 else {
            throw CommandFailure(
                .failed, code: "try-backtest",
                message: "the backtest ran, and its books do not close: \(summary.compact)",
                remedy: "report it")
        }
        try context.output.result(summary.compact + "\n")
    }

    private static let runFile = """
        name: try
        strategy: sma-cross
        parameters: {fast: 3, slow: 8}
        capital: {amount: "10000", asset: USDT}
        data:
          - {instrument: "binance:spot:BTCUSDT", bars: bars.csv, timeframe: 1h}

        """

    /// Four days of hours that go up and down, so that averages cross.
    private static var bars: String {
        var text = "timestamp,open,high,low,close,volume\n"
        for hour in 0..<96 {
            let phase = hour % 24
            let price = 10_000 + (phase < 12 ? phase : 24 - phase) * 50
            let time = 1_704_067_200 + hour * 3600
            text += "\(time),\(price),\(price + 30),\(price - 30),\(price + 10),1\n"
        }
        return text
    }
}
