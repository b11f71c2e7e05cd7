import Markets
import RunFiles
import StrategyKit
import Units

/// A strategy with every type of parameter, and a check of two in combination.
struct SampleCross: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "sample-cross", summary: "Crosses two means.",
        parameters: [
            ParameterDescription(
                "fast", .integer(1...1000), default: .number(ExactDecimal(5)), summary: "Bars."),
            ParameterDescription(
                "slow", .integer(2...1000), default: .number(ExactDecimal(20)), summary: "Bars."),
            ParameterDescription(
                "quantity", .positiveDecimal, default: .number(ExactDecimal(1)), summary: "Units."),
            ParameterDescription("instrument", .instrument, isOptional: true, summary: "Which."),
            ParameterDescription("mode", .choice(["calm", "bold"]), default: .text("calm"), summary: "How."),
            ParameterDescription("reverse", .flag, default: .flag(false), summary: "Turned around."),
            ParameterDescription(
                "hedge", .weights(sum: ExactDecimal(1)), isOptional: true, summary: "Parts."),
        ])

    static func check(_ parameters: Parameters) -> [ParameterProblem] {
        do throws(ParameterProblem) {
            let (fast, slow) = (try parameters.integer("fast"), try parameters.integer("slow"))
            return fast < slow ? [] : [ParameterProblem("fast", "\(fast) is not below slow \(slow)")]
        } catch {
            return [error]
        }
    }

    init(_ setup: StrategySetup) throws(ParameterProblem) {}
}

/// A strategy that needs quotes.
struct SampleQuoter: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "sample-quoter", summary: "Quotes.", parameters: [], needs: [.quotes])
    init(_ setup: StrategySetup) throws(ParameterProblem) {}
}

let sampleStrategies = StrategyRegistry([SampleCross.self, SampleQuoter.self])

/// A run file that uses every key once.
let fullRunFile = """
    name: everything
    strategy: sample-cross
    parameters:
      fast: 3
      slow: "8"
      quantity: 0.25
      instrument: "binance:spot:BTCUSDT"
      mode: bold
      reverse: true
      hedge: {binance: "0.4", bybit: 0.6}
    capital: {amount: "100000.5", asset: USDT}
    window: {start: 2024-01-01, end: 2024-02-01T00:00:00Z}
    data:
      - {instrument: "binance:spot:BTCUSDT", bars: btc.csv, timeframe: 1m, stamp: close}
      - {instrument: "binance:perp:BTCUSDT", funding: /abs/funding.csv.gz, unit: percent}
    execution:
      fill: vwap
      commission: {maker: -0.5, taker: 4.5, minimum: 0.01}
      slippage:
        buckets:
          - {size: 1000, basis-points: 1}
          - {size: 50000, basis-points: 2.5}
      latency: {order: 5ms, report: {min: 1ms, max: 3ms}}
      participation: 0.1
      short-spot: refuse
    instruments:
      "binance:spot:BTCUSDT": {tick: 0.01, lot: 0.00001}
    adjust: total-return
    annualisation: 252
    benchmark: {instrument: "binance:spot:BTCUSDT"}
    seed: 42

    """

/// Reads a text as the file `runs/test.yaml`.
func readRun(
    _ yaml: String, settings: [RunFileSetting] = [], catalogue: String? = nil
) throws -> RunFile {
    let bytes = Array(yaml.utf8)
    return try bytes.withUnsafeBytes { buffer in
        try RunFile(
            bytes: buffer, path: "runs/test.yaml", settings: settings, catalogue: catalogue,
            strategies: sampleStrategies)
    }
}

/// What is wrong with a text, one line a problem.
func problems(
    _ yaml: String, settings: [RunFileSetting] = [], catalogue: String? = nil
) -> [String] {
    do {
        _ = try readRun(yaml, settings: settings, catalogue: catalogue)
        return []
    } catch let error as RunFileError {
        return error.problems.map(\.description)
    } catch {
        return ["another error: \(error)"]
    }
}
