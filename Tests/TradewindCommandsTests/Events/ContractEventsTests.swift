import Foundation
import Testing
import TradewindCommands

/// The logs of runs with perpetuals and futures: whole, and in words.
@Suite struct ContractEventsTests {
    private static func stamp(_ hour: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "2024-01-\(two(hour / 24 + 1))T\(two(hour % 24)):00:00Z"
    }

    /// Hourly bars that open where the last closed.
    private static func bars(_ closes: [Int]) -> String {
        var (text, last) = ("time,open,high,low,close,volume\n", closes[0])
        for (hour, close) in closes.enumerated() {
            text += "\(stamp(hour)),\(last),\(max(last, close)),\(min(last, close)),\(close),10\n"
            last = close
        }
        return text
    }

    private func records(_ folder: CommandFolder, _ name: String) throws -> [[String: Any]] {
        let verified = folder.run(["events", "verify", folder.path + "/" + name, "--json"])
        #expect(verified.status == 0, "\(verified)")
        let printed = folder.run(["events", "print", folder.path + "/" + name])
        #expect(printed.status == 0 && !printed.result.contains("_mantissa"))
        return try printed.result.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func sum(_ records: [[String: Any]], _ type: String, _ field: String) -> Decimal {
        records.filter { $0["type"] as? String == type }.reduce(Decimal(0)) {
            $0 + (Decimal(string: $1[field] as? String ?? "") ?? .nan)
        }
    }

    @Test func fundingAndTransfersOfABasisRunAreInItsLog() throws {
        let folder = try CommandFolder()
        try folder.write(Self.bars((0..<144).map { 50_000 + $0 % 7 * 10 }), to: "bars.csv")
        let rates = (0..<18).map { "\(Self.stamp($0 * 8)),0.0002\n" }
        try folder.write("funding_timestamp,funding_rate\n" + rates.joined(), to: "funding.csv")
        let run = try folder.write(
            """
            name: basis
            strategy: btc-basis
            parameters: {hedge: {binance: "1"}, funding-intervals: 3}
            capital: {amount: 100000, asset: USDT}
            execution: {transfer: {delay: 30m, cost: 1}}
            data:
              - {instrument: "binance:spot:BTCUSDT", bars: bars.csv, timeframe: 1h}
              - {instrument: "binance:perp:BTCUSDT", bars: bars.csv, timeframe: 1h}
              - {instrument: "binance:perp:BTCUSDT", funding: funding.csv}

            """, to: "run.yaml")
        let outcome = folder.run(["backtest", run, "--json", "--output", folder.path + "/result"])
        #expect(outcome.status == 0, "\(outcome)")
        let found = try records(folder, "result")
        let funding = (outcome.object["attribution"] as? [String: Any])?["funding"] as? String
        let paid = sum(found, "FundingSettled", "amount")
        #expect("\(paid)" == funding && paid > 100)
        let first = try #require(found.first { $0["type"] as? String == "FundingSettled" })
        #expect(
            first["instrument"] as? String == "binance:perp:BTCUSDT" && first["rate"] as? String == "0.0002")
        let sent = found.filter { $0["type"] as? String == "TransferSent" }
        #expect(!sent.isEmpty && sent.allSatisfy { $0["from"] as? String == "wallet" })
        #expect(
            sum(found, "TransferSent", "amount") - sum(found, "TransferSent", "received")
                == Decimal(sent.count))
        #expect(found.count { $0["type"] as? String == "TransferArrived" } == sent.count)
    }

    /// A run of `sma-cross` on one future that rolls, or on a perpetual that is liquidated.
    private func crossing(
        _ folder: CommandFolder, _ instruments: [String: [Int]], _ more: String
    ) throws -> (result: [String: Any], records: [[String: Any]]) {
        var data = ""
        for (place, entry) in instruments.sorted(by: { $0.key < $1.key }).enumerated() {
            try folder.write(Self.bars(entry.value), to: "bars\(place).csv")
            data += "  - {instrument: \"\(entry.key)\", bars: bars\(place).csv, timeframe: 1h}\n"
        }
        let first = try #require(instruments.keys.min())
        let run = try folder.write(
            """
            name: crossing
            strategy: sma-cross
            parameters: {fast: 1, slow: 2, quantity: 10, instrument: "\(first)"}
            capital: {amount: 300, asset: USDT, venue: binance}
            \(more)
            data:
            \(data)
            """, to: "run.yaml")
        let outcome = folder.run(["backtest", run, "--json", "--output", folder.path + "/result"])
        #expect(outcome.status == 0, "\(outcome)")
        return (outcome.object, try records(folder, "result"))
    }

    @Test func aRollIsOneRecordWithBothFills() throws {
        let folder = try CommandFolder()
        let (old, next) = ("binance:future:BTCUSDT_240101", "binance:future:BTCUSDT_240102")
        let rise = (0..<16).map { 100 + $0 }
        let (_, found) = try crossing(
            folder, [old: rise, next: rise.map { $0 + 5 }],
            """
            instruments:
              "\(old)": {contract: {expiry: "2024-01-01T10:00:00Z", roll: {into: "\(next)", before: 2h}}}
              "\(next)": {contract: {expiry: "2024-01-02T10:00:00Z"}}
            """)
        let rolls = found.filter { $0["type"] as? String == "PositionRolled" }
        let roll = try #require(rolls.first)
        #expect(rolls.count == 1 && roll["time"] as? String == "2024-01-01T08:00:00Z")
        #expect(roll["side"] as? String == "SELL")
        let (closed, opened) = (roll["closed"] as? [String: Any], roll["opened"] as? [String: Any])
        #expect(closed?["instrument"] as? String == old && opened?["instrument"] as? String == next)
        #expect(closed?["price"] as? String == "107" && opened?["price"] as? String == "112")
        #expect(closed?["quantity"] as? String == "10" && opened?["quantity"] as? String == "10")
        // 0.05 % of 1,070 and of 1,120.
        #expect(closed?["fee"] as? String == "0.535" && opened?["fee"] as? String == "0.56")
        let fills = try folder.text("result/fills.csv")
        #expect(fills.split(separator: "\n").count { $0.hasSuffix(",roll") } == 2)
    }

    @Test func aLiquidationIsInTheLogWithItsPenaltyAndWhoPaid() throws {
        for (isOn, price) in [(false, "50"), (true, "71.0505")] {
            let folder = try CommandFolder()
            // Long 10 at 101 on 300, less a fee of 0.505; then a gap to 50. 29.9495 lower nothing is left.
            let (result, found) = try crossing(
                folder, ["binance:perp:BTCUSDT": [100, 101, 102, 103, 104, 50, 50, 50]],
                "execution: {margin-call: 0.2" + (isOn ? ", auto-deleverage: on}" : "}"))
            let closed = try #require(found.first { $0["type"] as? String == "PositionClosed" })
            #expect(closed["reason"] as? String == "liquidated" && closed["side"] as? String == "SELL")
            #expect((closed["price"] as? String ?? "").hasPrefix(price), "\(closed)")
            #expect(found.contains { $0["type"] as? String == "MarginCalled" })
            let paid = sum(found, "InsurancePaid", "amount")
            #expect(isOn ? paid == 0 : paid > 200, "\(paid)")
            #expect(result["attribution_residual"] as? String == "0")
        }
    }
}
