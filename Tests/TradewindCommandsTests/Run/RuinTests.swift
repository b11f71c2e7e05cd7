import Testing
import TradewindCommands

@Suite struct RuinTests {
    /// Falls for two days, then rises five times: a short of ten units for a capital of 100.
    private func run(_ folder: CommandFolder, rise: Int) throws -> CommandOutcome {
        var rows = "time,open,high,low,close,volume\n"
        var price = 100
        for bar in 0..<72 {
            let open = price
            price = bar == 48 ? price * rise : price - 1
            let day = bar / 24 + 1
            let hour = bar % 24
            let stamp = "2024-01-0\(day)T\(hour < 10 ? "0" : "")\(hour):00:00Z"
            rows += "\(stamp),\(open),\(max(open, price)),\(min(open, price)),\(price),10\n"
        }
        try folder.write(rows, to: "btc.csv")
        let file = try folder.write(
            """
            name: ruin
            strategy: sma-cross
            parameters: {fast: 20, slow: 30, quantity: 10}
            capital: {amount: 1000, asset: USDT}
            execution: {commission: {basis-points: 0}}
            data:
              - {instrument: "binance:spot:BTCUSDT", bars: btc.csv, timeframe: 1h}

            """, to: "run.yaml")
        return folder.run(["backtest", file, "--json"])
    }

    @Test func aRunWhoseEquityIsGoneSaysSinceWhen() throws {
        let folder = try CommandFolder()
        let ruined = try run(folder, rise: 5)
        #expect(ruined.status == 0, "\(ruined)")
        let data = try #require(ruined.object["data"] as? [String: Any])
        let warnings = try #require(data["warnings"] as? [String])
        // The bar that opens at 00:00 on the third day closes at 01:00.
        let start = "equity was gone at 2024-01-03T01:00:00Z: "
        #expect(warnings.contains { $0.hasPrefix(start) }, "\(warnings)")
        let lives = try run(folder, rise: 1)
        let quiet = try #require(lives.object["data"] as? [String: Any])
        #expect(!(quiet["warnings"] as? [String] ?? []).contains { $0.hasPrefix("equity was gone") })
    }
}
