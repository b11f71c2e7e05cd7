import Foundation
import Testing

/// Basis runs that are wrong in themselves: everything at once, with file and line.
@Suite struct BasisInputTests {
    /// Six days of constant hourly bars and funding every eight hours, and a run over them.
    private static func write(
        _ folder: CommandFolder, parameters: String = "", funding intervals: Int = 18,
        instruments: String = ""
    ) throws -> String {
        func stamp(_ hour: Int) -> String {
            let (day, rest) = (hour / 24 + 1, hour % 24)
            return "2024-01-0\(day)T\(rest < 10 ? "0" : "")\(rest):00:00Z"
        }
        let bars = (0..<144).map { "\(stamp($0)),50000,50000,50000,50000,10\n" }
        try folder.write("time,open,high,low,close,volume\n" + bars.joined(), to: "bars.csv")
        let rates = (0..<intervals).map { "\(stamp($0 * 8)),0.0002\n" }
        try folder.write("funding_timestamp,funding_rate\n" + rates.joined(), to: "funding.csv")
        return try folder.write(
            """
            name: basis
            strategy: btc-basis
            parameters:
              hedge: {binance: "0.5", bybit: "0.5"}
            \(parameters.isEmpty ? "  spot-venue: binance" : parameters)
            capital: {amount: 100000, asset: USDT}
            data:
              - {instrument: "binance:spot:BTCUSDT", bars: bars.csv, timeframe: 1h}
              - {instrument: "binance:perp:BTCUSDT", bars: bars.csv, timeframe: 1h}
              - {instrument: "binance:perp:BTCUSDT", funding: funding.csv}
              - {instrument: "bybit:perp:BTCUSDT", bars: bars.csv, timeframe: 1h}
              - {instrument: "bybit:perp:BTCUSDT", funding: funding.csv}
            \(instruments)
            """, to: "run.yaml")
    }

    @Test func theRunItselfIsCorrectAndSharesCanBeSet() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder)
        let outcome = folder.run([
            "backtest", run, "--json", "--set", "parameters.hedge.binance=0.6", "--set",
            "parameters.hedge.bybit=0.4",
        ])
        #expect(outcome.status == 0, "\(outcome)")
        let parameters = outcome.object["parameters"] as? [String: Any]
        let hedge = parameters?["hedge"] as? [String: Any]
        #expect(hedge?.mapValues { "\($0)" } == ["binance": "0.6", "bybit": "0.4"])
        #expect(outcome.object["fills"] as? Int == 3)
    }

    @Test func everyWrongParameterIsSaidAtOnceWithItsLine() throws {
        let folder = try CommandFolder()
        let run = try Self.write(
            folder,
            parameters: """
                  spot-venue: Binance!
                  margin-ratio-target: 0.43
                  max-leverage: 0.5
                  exit-funding: 0.0002
                  full-exit-ratio: 0.35
                """)
        let outcome = folder.run(["backtest", run, "--set", "parameters.hedge.bybit=0.6"])
        #expect(outcome.status == 78)
        for text in [
            "run.yaml:4: parameters.hedge: the weights add up to 1.1, not 1",
            "run.yaml:5: parameters.spot-venue: \"Binance!\" is not the name of a venue",
            "run.yaml:6: parameters.margin-ratio-target: 0.43 is below 0.44",
            "run.yaml:7: parameters.max-leverage: 0.5 is below the minimum 1",
            "run.yaml:8: parameters.exit-funding: is above entry-funding",
            "run.yaml:9: parameters.full-exit-ratio: 0.35 is above half-exit-ratio, 0.3",
        ] { #expect(outcome.remark.contains(text), "\(text)\n\(outcome.remark)") }
    }

    @Test func leverageAboveTheVenuesAndMissingMarketsAreSaidTogether() throws {
        let folder = try CommandFolder()
        let run = try Self.write(
            folder,
            instruments: """
                instruments:
                  "binance:perp:BTCUSDT": {contract: {maximum-leverage: 2}}
                """)
        let outcome = folder.run([
            "backtest", run, "--set", "parameters.hedge={binance: 0.5, okx: 0.5}",
        ])
        #expect(outcome.status == 78)
        #expect(outcome.remark.contains("3 is above the leverage of 2 that binance:perp:BTCUSDT allows"))
        #expect(outcome.remark.contains("the run holds no bars and funding of okx:perp:BTCUSDT"))
    }

    /// Weights, leverage above the venue's, and funding that ends early: one answer with all of it.
    @Test func whatIsWrongInTheFileAndInItsDataIsSaidTogether() throws {
        let folder = try CommandFolder()
        let run = try Self.write(
            folder, parameters: "  max-leverage: 150", funding: 15,
            instruments: """
                instruments:
                  "binance:perp:BTCUSDT": {contract: {maximum-leverage: 200}}
                """)
        let outcome = folder.run(["backtest", run, "--set", "parameters.hedge.bybit=0.6"])
        #expect(outcome.status == 78)
        for text in [
            "parameters.hedge: the weights add up to 1.1, not 1",
            "parameters.max-leverage: 150 is above the maximum 20",
            "contract.maximum-leverage: 200 is above the 125 that binance gives",
            "the funding of binance:perp:BTCUSDT ends at 2024-01-05T16:00:00Z",
            "the funding of bybit:perp:BTCUSDT ends at 2024-01-05T16:00:00Z", "5 problems",
        ] { #expect(outcome.remark.contains(text), "\(text)\n\(outcome.remark)") }
    }

    @Test func fundingThatEndsEarlyIsRefusedForEveryVenueWithItsLine() throws {
        let folder = try CommandFolder()
        let run = try Self.write(folder, funding: 15)
        let outcome = folder.run(["backtest", run])
        #expect(outcome.status == 65)
        for (line, venue) in [(10, "binance"), (12, "bybit")] {
            let text =
                "run.yaml:\(line): the funding of \(venue):perp:BTCUSDT ends at 2024-01-05T16:00:00Z, but "
                + "its bars go on to 2024-01-07T00:00:00Z: 3 settlements are missing (one every 8h)"
            #expect(outcome.remark.contains(text), "\(outcome.remark)")
        }
        let ended = folder.run(["backtest", run, "--set", "window.end=2024-01-06T00:00:00Z"])
        #expect(ended.status == 0, "\(ended)")
    }
}
