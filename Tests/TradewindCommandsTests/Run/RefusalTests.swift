import Foundation
import Testing

/// A mode that cannot start is refused once, with everything that is wrong: in its file, in its data, and in
/// what both mean together.
@Suite struct RefusalTests {
    /// A sample catalogue of ten days and the run of the heaviest mode over it, with nine faults.
    private static func write(_ folder: CommandFolder) throws -> String {
        let made = folder.run(["data", "sample", "--output", folder.path + "/sample", "--days", "10"])
        #expect(made.status == 0, "\(made)")
        let imported = folder.run([
            "data", "import", folder.path + "/sample/dataset.yaml", "--source", folder.path + "/sample",
            "--catalogue", folder.path + "/sample/catalogue",
        ])
        #expect(imported.status == 0, "\(imported)")
        return try folder.write(
            """
            name: refused
            strategy: usdt-market-neutral
            parameters:
              hedge: {binance: "0.5", bybit: "0.4"}
              spot-venue: bybit
              target-ltv: 0.8
            capital: {amount: "500", asset: BTC}
            window: {start: 2024-01-03T00:00:00Z, end: 2024-03-01T00:00:00Z}
            data:
              catalogue: sample/catalogue
              series:
                - {instrument: "bybit:spot:ETHUSDT", kind: bars, timeframe: 1h}
                - {instrument: "binance:perp:ETHUSDT", kind: bars, timeframe: 1h}
                - {instrument: "binance:perp:ETHUSDT", kind: funding}
                - {instrument: "aave-oracle:spot:WETH/USD", kind: ratio}
                - {instrument: "aave-oracle:spot:weETH/USD", kind: ratio}
                - {instrument: "curve:spot:weETH/ETHER", kind: ratio}
                - {instrument: "aave-v3:aToken:weETH", kind: index}
            risk: {margin-ratio: {warning: 0.1}}
            """, to: "refused.yaml")
    }

    /// Message and line of each fault.
    private static let faults: [(text: String, line: Int)] = [
        ("parameters.hedge: the weights add up to 0.9, not 1", 4),
        ("parameters.target-ltv: 0.8 is above 2/3, the most that max-leverage 3 allows", 6),
        ("risk.margin-ratio.reduce: 0.2 is above warning, 0.1", 19),
        ("holds no series \"curve:spot:weETH/ETHER ratio\"", 17),
        ("the ratio of aave-oracle:spot:weETH/USD ends at", 16),
        ("the run holds no bars of bybit:perp:ETHUSDT", 9),
        ("the run holds no index of aave-v3:debtToken:WETH", 9),
        ("usdt-market-neutral keeps its margin in USDT, and the share class is BTC", 7),
        ("a capital of 500 is below 1000", 7),
    ]

    @Test func everyFaultOfFileDataAndCapitalIsSaidInOneRound() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder)
        let (status, text) = try CommandShell.run("$T backtest '\(run)' 2>&1")
        #expect(status == 78, "\(text)")
        for fault in Self.faults {
            let isThere = text.split(separator: "\n").contains {
                $0.hasPrefix("error: \(run):\(fault.line): ") && $0.contains(fault.text)
            }
            #expect(isThere, "\(fault): \(text)")
        }
        // A series is spoken of once: what the catalogue lacks is not missed by the strategy, too.
        for name in ["bybit:perp:ETHUSDT", "curve:spot:weETH/ETHER", "funding of binance:perp:ETHUSDT"] {
            let lines = text.split(separator: "\n").filter { $0.hasPrefix("error") && $0.contains(name) }
            #expect(Set(lines).count == lines.count, "\(lines)")
        }
    }

    @Test func theSameIsOneObjectOfJSON() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder)
        let (status, text) = try CommandShell.run("$T backtest '\(run)' --json 2>/dev/null")
        #expect(status == 78)
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let problems = object?["problems"] as? [[String: Any]] ?? []
        for fault in Self.faults {
            let found = problems.first { ($0["message"] as? String)?.contains(fault.text) == true }
            #expect(found?["line"] as? Int == fault.line, "\(fault): \(problems)")
            #expect((found?["remedy"] as? String)?.isEmpty == false, "\(fault)")
            #expect(found?["file"] as? String == run)
        }
    }

    /// The file itself is right; what is wrong is in the data and the capital: one round, too.
    @Test func faultsOfTheDataAloneAreSaidWithThoseOfTheCapital() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder)
        let mended = folder.run([
            "backtest", run, "--json", "--set", "parameters.hedge.bybit=0.5", "--set",
            "parameters.target-ltv=0.5", "--set", "risk.margin-ratio.warning=0.3",
        ])
        #expect(mended.status == 65, "\(mended)")
        let messages = (mended.object["problems"] as? [[String: Any]] ?? []).compactMap {
            $0["message"] as? String
        }
        for fault in Self.faults.dropFirst(3) {
            #expect(messages.contains { $0.contains(fault.text) }, "\(fault): \(messages)")
        }
        #expect(!mended.result.contains("parameters."))
    }

    /// A basis mode tells the markets that it lacks with its parameters and its share class.
    @Test func aBasisModeTellsItsMarketsWithItsParameters() throws {
        let folder = try CommandFolder()
        let made = folder.run(["data", "sample", "--output", folder.path + "/sample", "--days", "10"])
        #expect(made.status == 0)
        let run = folder.path + "/sample/runs/btc-basis.yaml"
        let outcome = folder.run([
            "backtest", run, "--set", "parameters.hedge={binance: 0.5, kraken: 0.4}", "--set",
            "capital.asset=ETH", "--set", "parameters.margin-ratio-target=0.4",
        ])
        #expect(outcome.status == 78, "\(outcome)")
        for text in [
            "the weights add up to 0.9, not 1", "margin-ratio-target: 0.4 is below 0.44",
            "needs the bars of kraken:perp:BTCUSDT", "needs the funding of kraken:perp:BTCUSDT",
            "the capital is in ETH; it must be in USDT",
        ] { #expect(outcome.remark.contains(text), "\(text): \(outcome.remark)") }
    }
}
