import MarketData
import Markets
import Research
import Risk
import RunFiles
import Simulation
import StrategyKit
import Testing
import Trading
import Units

@Suite struct RunFileReaderTests {
    @Test func everyKeyIsRead() throws {
        let run = try readRun(fullRunFile)
        let plan = run.plan
        #expect(plan.name == "everything")
        #expect(plan.strategies.count == 1 && plan.strategies[0].strategy == "sample-cross")
        let given = plan.strategies[0].parameters
        #expect(given.map(\.name) == ["fast", "slow", "quantity", "instrument", "mode", "reverse", "hedge"])
        #expect(given[1].value == .number(ExactDecimal(8)))
        #expect(given[2].value == .number(ExactDecimal(mantissa: 25, scale: Scale(2))))
        #expect(given[3].value == .text("binance:spot:BTCUSDT"))
        #expect(given[5].value == .flag(true))
        #expect(plan.capital == ExactDecimal("100000.5") && plan.shareClass == Asset("USDT"))
        #expect(plan.start == Instant(iso8601: "2024-01-01") && plan.end == Instant(iso8601: "2024-02-01"))
        #expect(plan.annualisation == 252 && plan.seed == 42)
        #expect(run.adjustment == .totalReturn)
        let execution = plan.execution
        #expect(execution.fill == .vwap && !execution.allowsShortSpot)
        #expect(execution.commission?.maker.millionths == -500_000)
        #expect(execution.commission?.taker.millionths == 4_500_000)
        #expect(execution.commission?.minimum == ExactDecimal("0.01"))
        guard case .buckets(let buckets) = execution.slippage else {
            Issue.record("no buckets")
            return
        }
        #expect(buckets.map(\.cost.millionths) == [1_000_000, 2_500_000])
        #expect(execution.orderLatency == .constant(Timespan(nanoseconds: 5_000_000)))
        #expect(execution.reportLatency == .uniform(1_000_000...3_000_000))
        #expect(execution.participation == ExactDecimal("0.1"))
        #expect(plan.instruments[0].lotSize == ExactDecimal("0.00001"))
    }

    @Test func pathsAreRelativeToTheRunFileUnlessTheyAreAbsolute() throws {
        guard case .files(let files) = try readRun(fullRunFile).data else {
            Issue.record("not a list")
            return
        }
        #expect(files.map(\.path) == ["runs/btc.csv", "/abs/funding.csv.gz"])
        #expect(files[0].spec.kind == .bars && files[0].spec.stamp == .close)
        #expect(files[0].spec.timeframe == Timeframe("1m"))
        #expect(files[1].spec.kind == .funding && files[1].spec.unit == .percent)
    }

    static let short = """
        name: short
        strategy: sample-cross
        capital: {amount: 1000, asset: USD}
        data: {catalogue: cat}

        """

    @Test func theShortestRunTakesDefaults() throws {
        let run = try readRun(Self.short)
        #expect(run.plan.execution == ExecutionModel() && run.plan.seed == 1 && run.plan.start == nil)
        #expect(run.adjustment == .raw)
        guard case .catalogue(let catalogue) = run.data else {
            Issue.record("not a catalogue")
            return
        }
        #expect(catalogue.path == "runs/cat" && catalogue.choices.isEmpty)
    }

    @Test func dataOnTheCommandLineReplacesTheCatalogueAndIsRelativeToTheCurrentFolder() throws {
        for yaml in [Self.short, Self.short.replacing("data: {catalogue: cat}", with: "")] {
            guard case .catalogue(let catalogue) = try readRun(yaml, catalogue: "other").data else {
                Issue.record("not a catalogue")
                return
            }
            #expect(catalogue.path == "other")
        }
        #expect(
            problems(fullRunFile, catalogue: "other") == [
                "runs/test.yaml:13: data: lists files, so --data cannot replace its catalogue"
            ])
    }

    @Test func seriesOfACatalogueAreChosen() throws {
        let yaml = Self.short.replacing(
            "{catalogue: cat}",
            with: "{catalogue: cat, series: [{instrument: 'a:spot:BTCUSDT', kind: bars, timeframe: 1h}]}")
        guard case .catalogue(let catalogue) = try readRun(yaml).data else {
            Issue.record("not a catalogue")
            return
        }
        #expect(catalogue.choices.count == 1 && catalogue.choices[0].timeframe == Timeframe("1h"))
    }

    @Test func severalStrategiesShareTheCapital() throws {
        let yaml = """
            name: two
            strategies:
              - {strategy: sample-cross, account: a, capital: 600.25, parameters: {fast: 2}}
              - {strategy: sample-cross, account: b, capital: "399.75"}
            capital: {amount: 1000, asset: USD}
            data: {catalogue: cat}
            """
        let plan = try readRun(yaml).plan
        #expect(plan.strategies.map(\.account) == ["a", "b"])
        #expect(plan.strategies.map(\.capital.description) == ["600.25", "399.75"])
        #expect(
            problems(yaml.replacing("399.75", with: "399.76")) == [
                "runs/test.yaml:3: strategies: the capitals add up to 1000.01, but capital.amount is 1000"
            ])
        #expect(
            problems(yaml.replacing("account: b", with: "account: a")) == [
                "runs/test.yaml:4: strategies.1.account: \"a\" is already the account of another strategy "
                    + "(runs/test.yaml:3)"
            ])
        #expect(
            problems(yaml.replacing("strategies:", with: "strategy: sample-cross\nstrategies:")) == [
                "runs/test.yaml:1: gives strategy and strategies, but only one goes: strategy, or strategies"
            ])
    }

    @Test func settingsChangeTheDocumentBeforeItIsChecked() throws {
        let settings = ["parameters.fast=7", "execution.commission={basis-points: 10}", "data.0.bars=x.csv"]
            .compactMap { RunFileSetting($0) }
        let run = try readRun(fullRunFile, settings: settings)
        #expect(run.plan.strategies[0].parameters[0].value == .number(ExactDecimal(7)))
        #expect(run.plan.execution.commission?.taker.millionths == 10_000_000)
        guard case .files(let files) = run.data else {
            Issue.record("not a list")
            return
        }
        #expect(files[0].path == "runs/x.csv")
    }

    @Test func limitsOfRiskAreReadAndAllOfThemMayBeLeftOut() throws {
        #expect(try readRun(Self.short).plan.limits == RiskLimits())
        #expect(try readRun(Self.short + "risk: {}\n").plan.limits == RiskLimits())
        #expect(try readRun(Self.short + "risk: {}\n").plan.bands == .standard)
        let limits = try readRun(
            Self.short
                + "risk: {max-order-notional: 5000.5, max-position-notional: \"20000\", "
                + "max-working-orders: 3}\n"
        ).plan.limits
        #expect(limits.maxOrderNotional == ExactDecimal("5000.5"))
        #expect(limits.maxPositionNotional == ExactDecimal(20_000))
        #expect(limits.maxWorkingOrders == 3)
    }

    @Test func wrongLimitsOfRiskAreToldWithTheirLines() {
        let yaml =
            Self.short + """
                risk:
                  max-order-notional: -1
                  max-position-notional: 1e3x
                  max-working-orders: 0
                  max-drawdown: 5

                """
        #expect(
            problems(yaml) == [
                "runs/test.yaml:6: risk.max-order-notional: \"-1\" is not a number above 0 and at most "
                    + "1000000000000000 with at most 18 decimals",
                "runs/test.yaml:7: risk.max-position-notional: \"1e3x\" is not a number above 0 and at most "
                    + "1000000000000000 with at most 18 decimals",
                "runs/test.yaml:8: risk.max-working-orders: \"0\" is not a whole number from 1 to 10000",
                "runs/test.yaml:9: risk.max-drawdown: there is no such key",
            ])
    }

    @Test func aKeyThatIsSetTwiceToDifferentValuesIsRefused() {
        func found(_ texts: String...) -> [String] {
            problems(fullRunFile, settings: texts.compactMap { RunFileSetting($0) })
        }
        #expect(
            found("parameters.fast=4", "seed=2", "parameters.fast=5") == [
                "--set: parameters.fast: is set twice, to 4 and to 5"
            ])
        #expect(found("parameters.fast=4", "parameters.fast=4") == [])
    }

    @Test func bandsOfTheRiskMonitorAreReadAndHeldAgainstEachOther() throws {
        let bands = try readRun(
            Self.short
                + "risk: {health-factor: {warning: 1.3, reduce: 1.2}, loan-to-value: {reduce: 0.97}, "
                + "margin-ratio: {critical: 0.15}, "
                + "delta-drift: {warning: 0.01, reduce: 0.02, critical: 0.03}}\n"
        ).plan.bands
        #expect(
            bands.healthFactor.warning == ExactDecimal("1.3")
                && bands.healthFactor.reduce == ExactDecimal("1.2"))
        #expect(bands.healthFactor.critical == ExactDecimal("1.05"), "what is left out keeps its default")
        #expect(
            bands.loanToValue.warning == ExactDecimal("0.95")
                && bands.loanToValue.reduce == ExactDecimal("0.97"))
        #expect(bands.marginRatio.critical == ExactDecimal("0.15"))
        #expect(bands.deltaDrift.critical == ExactDecimal("0.03"))
        func found(_ text: String) -> [String] {
            problems(Self.short + "risk: {\(text)}\n").map {
                String($0.split(separator: " ").dropFirst().joined(separator: " "))
            }
        }
        #expect(
            found("health-factor: {warning: 1.05}") == [
                "risk.health-factor.reduce: 1.1 is above warning, 1.05"
            ])
        #expect(
            found("margin-ratio: {reduce: 0.4, critical: 0.5}") == [
                "risk.margin-ratio.reduce: 0.4 is above warning, 0.3",
                "risk.margin-ratio.critical: 0.5 is above reduce, 0.4",
            ])
        #expect(
            found("delta-drift: {reduce: 0.01}") == ["risk.delta-drift.reduce: 0.01 is below warning, 0.02"])
        #expect(found("loan-to-value: {critical: 0.9}").count == 1)
        #expect(found("health-factor: {critical: 0.9}").contains { $0.contains("from 1 to 1000") })
        #expect(found("margin-ratio: {alarm: 1}").contains { $0.contains("there is no such key") })
    }

    @Test func ratesOfPoolsThatTheRunItselfMovesAreRead() throws {
        let impacts = try readRun(
            Self.short
                + "execution: {rate-impact: {\"aave-v3:aToken:USDT\": {supplied: 10, borrowed: 9}, "
                + "\"aave-v3:aToken:DAI\": {optimal: 0.9, base: 0, slope-1: 0.05, slope-2: 2, "
                + "reserve-factor: 0.25}}}\n"
        ).plan.execution.chain.impacts
        #expect(impacts.map(\.isRecorded) == [false, true] && impacts[0].rates == nil)
        #expect(impacts[1].rates?.slope2.decimal.normalized.description == "2")
        func found(_ text: String) -> [String] {
            problems(Self.short + "execution: {rate-impact: {\(text)}}\n")
        }
        #expect(found("\"aave-v3:debtToken:WETH\": {}")[0].contains("is no deposit of a pool"))
        #expect(
            found("\"aave-v3:aToken:WETH\": {supplied: 1}")[0].contains("names one of supplied and borrowed"))
        #expect(found("\"aave-v3:aToken:WETH\": {optimal: 0.9}")[0].contains("its rates are not all given"))
    }

    @Test func problemsOfSettingsNameTheOption() {
        func found(_ text: String) -> [String] {
            problems(fullRunFile, settings: [RunFileSetting(text)].compactMap { $0 })
        }
        #expect(found("parameters.fast=9") == ["--set: parameters.fast: 9 is not below slow 8"])
        #expect(found("parameters.fats=2").first?.hasPrefix("--set: parameters.fats: ") == true)
        #expect(
            found("seed=x") == [
                "--set: seed: \"x\" is not a whole number from 0 to 9223372036854775807"
            ])
        #expect(
            found("name.first=x") == [
                "--set: name.first: the run file has a single value or no such item on the way to this key"
            ])
        #expect(
            RunFileSetting("fast") == nil && RunFileSetting("=3") == nil && RunFileSetting("a..b=3") == nil)
    }
}
