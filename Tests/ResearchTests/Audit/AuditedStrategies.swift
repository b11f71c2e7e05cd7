import Markets
import StrategyKit
import Synchronization
import Trading
import Units

private func unit(_ count: Int64) -> Quantity { Quantity(mantissa: count * 100_000_000) }

private let book = ParameterDescription(
    "book", .integer(0...Int64.max), default: .number(.zero), summary: "Which of the test's memories.")

/// Holds what a text says: `"3:1 7:-2"` aims at 1 after the third bar and at -2 after the seventh.
struct ScriptedTrader: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "scripted-trader", summary: "Holds what it is told.",
        parameters: [ParameterDescription("script", .text, summary: "Bars and targets.")])

    private let targets: [Int: Int64]
    private var bars: [Int] = []

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        var targets: [Int: Int64] = [:]
        for entry in (setup.parameters.text("script") ?? "").split(separator: " ") {
            let parts = entry.split(separator: ":").compactMap { Int64($0) }
            if parts.count == 2 { targets[Int(parts[0])] = parts[1] }
        }
        self.targets = targets
        bars = setup.instruments.map { _ in 0 }
    }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        bars[instrument.position] += 1
        if let target = targets[bars[instrument.position]] { context.target(unit(target), of: instrument) }
    }
}

/// Holds one unit of its first instrument and sells as much of the second short, twice, by the clock.
struct HedgedTrader: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "hedged-trader", summary: "Holds and hedges.", exposure: .neutral, parameters: [])

    init(_ setup: StrategySetup) throws(ParameterProblem) {}

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        let hours = context.now.since(AuditScene.start).nanoseconds / AuditScene.hour
        let size: Int64 = (10..<90).contains(hours) || (95..<180).contains(hours) ? 1 : 0
        context.target(unit(instrument.position == 0 ? size : -size), of: instrument)
    }
}

/// What dishonest strategies remember from run to run.
enum Memories {
    private static let closes = Mutex<[Int: [Int64: Int64]]>([:])
    private static let paths = Mutex<[Int: [Int64]]>([:])
    private static let last = Mutex(0)

    static func open() -> Int {
        last.withLock {
            $0 += 1; return $0
        }
    }

    static func close(_ book: Int, after time: Int64) -> Int64? { closes.withLock { $0[book]?[time] } }
    static func keep(_ book: Int, _ time: Int64, _ close: Int64) {
        closes.withLock { $0[book, default: [:]][time] = close }
    }
    static func fill(_ book: Int, _ table: [Int64: Int64]) { closes.withLock { $0[book] = table } }

    static func path(_ book: Int) -> [Int64] { paths.withLock { $0[book] ?? [] } }
    static func lengthen(_ book: Int, _ row: Int, _ close: Int64) {
        paths.withLock { paths in
            if paths[book, default: []].count == row { paths[book, default: []].append(close) }
        }
    }
}

/// Keeps every close in a cache of the whole process, by time, and looks one bar ahead in it when an earlier
/// run has been there. Where the cache is empty, it follows the last move.
struct RunCachePeeker: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "run-cache-peeker", summary: "Peeks into what an earlier run has seen.", parameters: [book])
    private let own: Int
    private var last: Int64 = 0

    init(_ setup: StrategySetup) throws(ParameterProblem) { own = try setup.parameters.integer("book") }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        let length = bar.closeTime.since(bar.openTime)
        let next = Memories.close(own, after: (bar.closeTime + length).nanoseconds)
        Memories.keep(own, bar.closeTime.nanoseconds, bar.close.mantissa)
        let move = next.map { $0 - bar.close.mantissa } ?? (bar.close.mantissa - last)
        last = bar.close.mantissa
        context.target(unit(move >= 0 ? 1 : -1), of: instrument)
    }
}

/// Keeps the closes of the first run and looks ahead in them as long as the present run goes the same way: a
/// careful cheat, which falls back to an honest rule on any other data.
struct PrefixPeeker: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "prefix-peeker", summary: "Peeks while the market repeats itself.", parameters: [book])
    private let own: Int
    private let known: [Int64]
    private var row = 0
    private var repeats = true
    private var sum: Int64 = 0

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        own = try setup.parameters.integer("book")
        known = Memories.path(own)
    }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        let close = bar.close.mantissa
        sum += close
        repeats = repeats && row < known.count && known[row] == close
        Memories.lengthen(own, row, close)
        row += 1
        let rises =
            repeats && row < known.count ? known[row] > close : close > sum / Int64(row)
        context.target(unit(rises ? 1 : -1), of: instrument)
    }
}

/// Knows closes by time from elsewhere, as from a file that it reads or a table in its source, from the very
/// first run on. A part of its decisions is honest.
struct TablePeeker: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "table-peeker", summary: "Knows the closes.",
        parameters: [
            book,
            ParameterDescription(
                "honest", .integer(0...100), default: .number(.zero), summary: "Honest percent."),
        ])
    private let own: Int
    private let honest: Int64
    private var dice = SplitMix64(seed: 5)
    private var last: Int64 = 0

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        own = try setup.parameters.integer("book")
        honest = Int64(try setup.parameters.integer("honest"))
    }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        let time = bar.closeTime
        let now = Memories.close(own, after: time.nanoseconds)
        let next = Memories.close(own, after: (time + .hour).nanoseconds)
        var rises = bar.close.mantissa > last
        if dice.integer(in: 1...100) > honest, let now, let next { rises = next > now }
        last = bar.close.mantissa
        context.target(unit(rises ? 1 : -1), of: instrument)
    }
}

/// Knows what followed each price, by its digits.
struct DigitPeeker: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "digit-peeker", summary: "Recognises prices.", parameters: [book])
    private let own: Int

    init(_ setup: StrategySetup) throws(ParameterProblem) { own = try setup.parameters.integer("book") }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        let next = Memories.close(own, after: bar.close.mantissa)
        context.target(unit(next ?? 0 > bar.close.mantissa ? 1 : 0), of: instrument)
    }
}

/// Decides by seeded random numbers alone, whatever the market does.
struct CoinFlipper: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "coin-flipper", summary: "Heads or tails.",
        parameters: [
            ParameterDescription(
                "seed", .integer(0...Int64.max), default: .number(ExactDecimal(1)), summary: "Of the coin.")
        ])
    private var dice: SplitMix64

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        dice = SplitMix64(seed: UInt64(try setup.parameters.integer("seed")))
    }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        context.target(unit(dice.integer(in: 0...1) == 0 ? 1 : -1), of: instrument)
    }
}

/// Decides by the clock alone: long in the first half of each day, short in the second.
struct ClockTrader: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "clock-trader", summary: "Long in the morning.", parameters: [])

    init(_ setup: StrategySetup) throws(ParameterProblem) {}

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        let hour = bar.closeTime.nanoseconds / Timespan.hour.nanoseconds % 24
        context.target(unit(hour < 12 ? 1 : -1), of: instrument)
    }
}

/// Decides by the system's random numbers, another way each time.
struct UnseededTrader: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "unseeded-trader", summary: "Never the same twice.", parameters: [])

    init(_ setup: StrategySetup) throws(ParameterProblem) {}

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        context.target(unit(Bool.random() ? 1 : -1), of: instrument)
    }
}
