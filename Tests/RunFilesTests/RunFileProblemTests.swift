import RunFiles
import StrategyKit
import Testing
import Units

@Suite struct RunFileProblemTests {
    /// The full file with one line replaced.
    private func changed(_ line: String, to other: String) -> [String] {
        let yaml = fullRunFile.replacing(line, with: other)
        #expect(yaml != fullRunFile, "nothing was replaced")
        return problems(yaml)
    }

    @Test func aCorrectFileHasNoProblem() { #expect(problems(fullRunFile) == []) }

    @Test func everythingWrongIsReportedAtOnceInTheOrderOfLines() {
        let yaml = """
            nam: x
            strategy: sample-crss
            capital: {amount: -5, asset: "US DT"}
            window: {start: 2024-02-01, end: 2024-01-01}
            data: {catalog: cat}
            execution: {fill: nextopen, short-spot: never}
            seed: 1.5
            """
        #expect(
            problems(yaml) == [
                "runs/test.yaml:1: nam: there is no such key; did you mean \"name\"?",
                "runs/test.yaml:1: name: is missing; give a text of 1 to 128 characters",
                "runs/test.yaml:2: strategy: there is no strategy \"sample-crss\"; "
                    + "did you mean \"sample-cross\"?",
                "runs/test.yaml:3: capital.amount: \"-5\" is not a number above 0 and at most "
                    + "1000000000000000 with at most 18 decimals",
                "runs/test.yaml:3: capital.asset: \"US DT\" is not the symbol of an asset such as USDT",
                "runs/test.yaml:4: window.end: 2024-01-01T00:00:00Z is not after window.start "
                    + "2024-02-01T00:00:00Z",
                "runs/test.yaml:5: data.catalog: there is no such key; did you mean \"catalogue\"?",
                "runs/test.yaml:5: data.catalogue: is missing; give a path",
                "runs/test.yaml:6: execution.fill: \"nextopen\" is not one of next-open, close, vwap, worst; "
                    + "did you mean \"next-open\"?",
                "runs/test.yaml:6: execution.short-spot: \"never\" is not one of allow, refuse",
                "runs/test.yaml:7: seed: \"1.5\" is not a whole number from 0 to 9223372036854775807",
            ])
    }

    @Test func parametersAreCheckedByTheStrategysOwnDescription() {
        #expect(
            changed("fast: 3", to: "fast: 5000") == [
                "runs/test.yaml:4: parameters.fast: 5000 is outside 1 to 1000"
            ])
        #expect(
            changed("fast: 3", to: "fast: 8") == ["runs/test.yaml:4: parameters.fast: 8 is not below slow 8"])
        #expect(
            changed("fast: 3", to: "fast: many") == [
                "runs/test.yaml:4: parameters.fast: \"many\" is not a whole number from 1 to 1000"
            ])
        #expect(
            changed("fast: 3", to: "fats: 3") == [
                "runs/test.yaml:4: parameters.fats: the strategy has no such parameter; did you mean "
                    + "\"fast\"? (known are fast, slow, quantity, instrument, mode, reverse, hedge)"
            ])
        #expect(
            changed("mode: bold", to: "mode: blod") == [
                "runs/test.yaml:8: parameters.mode: \"blod\" is not one of calm, bold; did you mean \"bold\"?"
            ])
        #expect(
            changed("quantity: 0.25", to: "quantity: 0") == [
                "runs/test.yaml:6: parameters.quantity: 0 is not above zero"
            ])
        #expect(
            changed("bybit: 0.6", to: "bybit: 0.5") == [
                "runs/test.yaml:10: parameters.hedge: the weights add up to 0.9, not 1"
            ])
        #expect(
            changed("quantity: 0.25", to: "quantity:") == [
                "runs/test.yaml:6: parameters.quantity: nothing was found; give a number"
            ])
    }

    @Test func keysOfInstrumentsAreExplained() {
        #expect(
            changed("- {instrument: \"binance:spot:BTCUSDT\"", to: "- {instrument: \"binance:spto:BTCUSDT\"")
                == [
                    "runs/test.yaml:14: data.0.instrument: \"binance:spto:BTCUSDT\" is not an instrument key "
                        + "such as binance:spot:BTCUSDT (venue:type:symbol, type one of spot, perp, future, "
                        + "option, base, "
                        + "aToken, debtToken, lst); did you mean the type \"spot\"?"
                ])
    }

    @Test func theSameSeriesTwiceIsRefused() {
        #expect(
            changed(
                "binance:perp:BTCUSDT\", funding: /abs/funding.csv.gz, unit: percent",
                to: "binance:spot:BTCUSDT\", bars: c.csv, timeframe: 1m") == [
                    "runs/test.yaml:15: data.1: gives the same series as runs/test.yaml:14: "
                        + "bars of binance:spot:BTCUSDT"
                ])
    }

    @Test func keysThatExcludeEachOtherAreNamed() {
        #expect(
            changed("{maker: -0.5, taker: 4.5, minimum: 0.01}", to: "{maker: 1, basis-points: 2}") == [
                "runs/test.yaml:18: execution.commission: gives maker and basis-points, but only one goes: "
                    + "basis-points, or maker and taker, or per-unit"
            ])
        #expect(
            changed("{maker: -0.5, taker: 4.5, minimum: 0.01}", to: "{maker: 1}") == [
                "runs/test.yaml:18: execution.commission.taker: is missing; it is given together with maker"
            ])
        #expect(
            changed("bars: btc.csv, timeframe: 1m, stamp: close", to: "timeframe: 1m") == [
                "runs/test.yaml:14: data.0: gives none of: bars, or quotes, or trades, or funding, or index, "
                    + "or ratio, or gas, or mark, or signals"
            ])
    }

    @Test func bucketsAndDelaysAreInOrder() {
        #expect(
            changed("size: 50000", to: "size: 500") == [
                "runs/test.yaml:22: execution.slippage.buckets.1.size: 500 is not above the size before "
                    + "it, 1000"
            ])
        #expect(
            changed("max: 3ms", to: "max: 3us") == [
                "runs/test.yaml:23: execution.latency.report: min 1ms is above max 3us"
            ])
        #expect(
            changed("order: 5ms", to: "order: 5") == [
                "runs/test.yaml:23: execution.latency.order: \"5\" is not a length of time such as "
                    + "5ms, 2s or 1m"
            ])
    }

    @Test func moneyFinerThanTheLedgerIsRefused() {
        #expect(
            changed("100000.5", to: "0.000000001") == [
                "runs/test.yaml:11: capital.amount: 0.000000001 has more than the 8 decimals that "
                    + "are kept of USDT"
            ])
    }

    @Test func whatAStrategyNeedsMustBeListed() {
        let yaml = fullRunFile.replacing("strategy: sample-cross", with: "strategy: sample-quoter")
        #expect(
            problems(yaml).contains(
                "runs/test.yaml:14: data: strategy \"sample-quoter\" needs quotes, and none are listed"))
    }

    @Test func aValueOfTheWrongKindIsNamed() {
        #expect(
            changed("capital: {amount: \"100000.5\", asset: USDT}", to: "capital: 100000") == [
                "runs/test.yaml:11: capital: \"100000\" was found; give a map with the keys amount, asset, "
                    + "venue"
            ])
        #expect(
            changed("seed: 42", to: "seed: [1, 2]") == [
                "runs/test.yaml:31: seed: a list was found; give a whole number from 0 to 9223372036854775807"
            ])
    }
}
