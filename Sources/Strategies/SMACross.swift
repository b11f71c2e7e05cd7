public import Markets
public import StrategyKit
internal import Units

/// Long while the fast moving average of closes is above the slow one, short while it is below.
///
/// Decides at the close of every bar from the one that fills the slow window: target is plus the quantity
/// when fast > slow, minus it when fast < slow, unchanged when they are equal; one market order for the
/// difference. Means are compared as exact integers.
public struct SMACross: Strategy {
    /// `fast` 5, `slow` 20, `quantity` 1, each instrument with bars unless `instrument` names one.
    public static let descriptor = StrategyDescriptor(
        name: "sma-cross",
        summary: "Long while the fast moving average is above the slow one, short while below.",
        parameters: [
            ParameterDescription(
                "fast", .integer(1...100_000), default: .number(ExactDecimal(5)),
                summary: "Bars of the fast average; fewer than slow."),
            ParameterDescription(
                "slow", .integer(2...100_000), default: .number(ExactDecimal(20)),
                summary: "Bars of the slow average."),
            .quantity("Units of the base asset held long or short."),
            .tradedInstrument,
        ])

    private struct Track: ~Copyable {
        var closes: MovingSumPair
        let quantity: Quantity
        let isTraded: Bool

        /// How the fast mean compares with the slow one after a close; 0 until it is known.
        @inline(__always)
        mutating func follow(_ close: Price) -> Int {
            guard isTraded else { return 0 }
            closes.append(close.mantissa)
            return closes.isFull ? closes.comparison : 0
        }
    }

    /// By instrument.
    private let tracks: SharedSlots<Track>

    public static func check(_ parameters: Parameters) -> [ParameterProblem] {
        do throws(ParameterProblem) {
            let (fast, slow) = (try parameters.integer("fast"), try parameters.integer("slow"))
            return fast < slow ? [] : [ParameterProblem("fast", "\(fast) is not below slow, \(slow)")]
        } catch { return [error] }
    }

    /// The bars of the slow average.
    public static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp {
        .moments(try parameters.integer("slow"))
    }

    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        let chosen = try setup.chosenInstruments(with: .bars)
        let (fast, slow) = (try setup.parameters.integer("fast"), try setup.parameters.integer("slow"))
        let quantity = try setup.parameters.decimal("quantity")
        tracks = try SharedSlots(count: setup.instruments.count) { index throws(ParameterProblem) in
            guard chosen.contains(InstrumentIndex(index)) else {
                return Track(closes: MovingSumPair(fast: 1, slow: 2), quantity: .zero, isTraded: false)
            }
            return Track(
                closes: MovingSumPair(fast: fast, slow: slow),
                quantity: try setup.quantity(quantity, of: InstrumentIndex(index), parameter: "quantity"),
                isTraded: true)
        }
    }

    public mutating func receive(
        bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {
        let comparison = tracks[instrument.position].follow(bar.close)
        if comparison == 0 { return }
        let quantity = tracks[instrument.position].quantity
        context.target(comparison > 0 ? quantity : -quantity, of: instrument)
    }
}
