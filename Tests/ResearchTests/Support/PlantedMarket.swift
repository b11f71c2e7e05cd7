import Markets
import Research
import Simulation
import StrategyKit
import Trading
import Units

/// Hourly bars that rise from 14:00 to 17:00 UTC every day and fall back in the other hours, in noise.
struct PlantedMarket {
    var days = 120
    var seed: UInt64 = 1
    /// Ticks that each hour of the pattern adds.
    var drift: Int64 = 20
    var noise: Int64 = 60

    static let entry = 14
    static let hold = 3
    static let start = Instant(day: 19_723)

    var series: MarketSeries {
        var random = SplitMix64(seed: seed, purpose: "planted")
        var close: Int64 = 1_000_000
        var rows: [[Int64]] = []
        for hour in 0..<Int64(days * 24) {
            let open = close
            let isPlanted = (Self.entry..<Self.entry + Self.hold).contains(Int(hour % 24))
            let pull = isPlanted ? 7 * drift : -drift
            // Seven of 24 parts up in three hours, one part down in each of the other 21.
            close = max(1_000, open + pull / 7 + random.integer(in: -noise...noise))
            let minute = Self.start.nanoseconds / 60_000_000_000 + hour * 60
            rows.append([minute, open, max(open, close) + 3, min(open, close) - 3, close, 100])
        }
        return TestSeries.bars("test:spot:BTCUSDT", rows, timeframe: .fixed(.hour))
    }
}

/// Buys one unit when an hour of the day begins and sells it some hours later.
struct HourTrader: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "hour-trader", summary: "Buys at an hour of the day.",
        parameters: [
            ParameterDescription("entry", .integer(0...23), summary: "Hour of buying."),
            ParameterDescription("hold", .integer(1...23), summary: "Hours until selling."),
        ])

    private let entry: Int64
    private let exit: Int64

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        entry = Int64(try setup.parameters.integer("entry"))
        exit = (entry + Int64(try setup.parameters.integer("hold"))) % 24
    }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        let hour = context.now.nanoseconds / 3_600_000_000_000 % 24
        if hour == entry {
            context.target(Quantity(mantissa: 100_000_000), of: instrument)
        } else if hour == exit {
            context.target(.zero, of: instrument)
        }
    }
}

/// The pieces of a walk-forward in tests.
enum WalkTest {
    static func plan(_ strategy: String, _ parameters: [NamedParameter] = []) -> BacktestPlan {
        BacktestPlan(
            name: "walk",
            strategies: [
                PlannedStrategy(
                    account: strategy, strategy: strategy, parameters: parameters,
                    capital: ExactDecimal(100_000))
            ], capital: ExactDecimal(100_000), shareClass: Asset("USDT")!,
            execution: ExecutionModel(commission: CommissionModel()))
    }

    static func axis(_ name: String, _ values: ClosedRange<Int>, by step: Int = 1) -> SweepAxis {
        let count = (values.upperBound - values.lowerBound) / step + 1
        return SweepAxis(
            parameter: name,
            levels: .steps(first: ExactDecimal(values.lowerBound), step: ExactDecimal(step), count: count))
    }

    static func number(_ settings: [ParameterSetting], _ name: String) -> Int {
        guard case .number(let value)? = settings.first(where: { $0.name == name })?.value else { return -1 }
        return Int(value.mantissa)
    }
}
