/// The readable half of a new strategy package: how to use it, and its tests.
extension StrategyTemplate {
    static let readme = #"""
        # {{NAME}}

        A trading strategy for Tradewind, in a package of its own.

        | Path | Holds |
        |---|---|
        | `Sources/{{LIBRARY}}/{{TYPE}}.swift` | the strategy: change this |
        | `Sources/{{COMMAND}}/main.swift` | registers it; add further strategies to the list |
        | `Runs/{{NAME}}.yaml` | a run over the sample data |
        | `Data/sample.csv` | 480 made-up hourly bars |
        | `Tests/{{TESTS}}` | tests that run it through the whole engine |

        ## Run it

        From the clone of Tradewind, with the path of this folder:

            ./tradewind --package PATH backtest PATH/Runs/{{NAME}}.yaml

        Every research command works the same way: `--package PATH` first, then the command. What changed is
        compiled first. To try other parameters without editing the run file:

            ./tradewind --package PATH backtest PATH/Runs/{{NAME}}.yaml --set parameters.lookback=48

        ## Test it

        In this folder:

            swift test

        ## Use your own data

        Replace the list under `data` in the run file by your own CSV files, one entry a series. Columns are
        found by name: `time`, `open`, `high`, `low`, `close`, `volume`. A time is the bar's open time; write
        `stamp: close` when it is the close time.

        The package depends on the Tradewind clone by its path in `Package.swift`; change it there when either
        moves.

        """#

    static let tests = #"""
        import Foundation
        import StrategyKit
        import Testing
        import {{LIBRARY}}

        @Suite struct {{TYPE}}Tests {
            @Test func parametersHaveTheDocumentedDefaults() throws {
                let (parameters, problems) = Parameters.resolve([], schema: {{TYPE}}.descriptor.parameters)
                #expect(problems.isEmpty)
                #expect(try parameters.integer("lookback") == 24)
            }

            @Test func itBuysTheBreakoutAndSellsTheBreakdown() throws {
                // Six bars in a channel from 98 to 102, a close above it, then a close below everything.
                let closes = [100, 101, 99, 100, 101, 100, 105, 106, 90, 89]
                var csv = "time,open,high,low,close,volume\n"
                for (hour, close) in closes.enumerated() {
                    csv += "2024-01-01T0\(hour):00:00Z,\(close),\(close + 1),\(close - 1),\(close),10\n"
                }
                let result = try backtest(csv: csv, lookback: 4)
                #expect(result["fills"] as? Int == 2)
                #expect(result["trades"] as? Int == 1)
                #expect(result["attribution_residual"] as? String == "0")
                // Bought at the open after the close of 105, at 106; sold at the open after 90, at 89.
                #expect(result["final_equity"] as? String == "983")
            }

            /// Runs the executable of this package over a CSV and returns what `backtest --json` prints.
            private func backtest(csv: String, lookback: Int) throws -> [String: Any] {
                let folder = FileManager.default.temporaryDirectory
                    .appendingPathComponent("{{NAME}}-\(UUID().uuidString)")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(at: folder) }
                try Data(csv.utf8).write(to: folder.appendingPathComponent("bars.csv"))
                let run = """
                    name: test
                    strategy: {{NAME}}
                    parameters: {lookback: \(lookback)}
                    capital: {amount: "1000", asset: USDT}
                    data:
                      - {instrument: "binance:spot:BTCUSDT", bars: bars.csv, timeframe: 1h}
                    execution:
                      commission: {basis-points: 0}
                    """
                let runFile = folder.appendingPathComponent("run.yaml")
                try Data(run.utf8).write(to: runFile)
                let process = Process()
                let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
                    .deletingLastPathComponent()
                process.executableURL = products.appendingPathComponent("{{NAME}}")
                process.arguments = ["backtest", runFile.path, "--json"]
                let output = Pipe()
                process.standardOutput = output
                try process.run()
                let data = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                #expect(process.terminationStatus == 0)
                return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            }
        }

        """#
}
