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
            ParameterDescription(
                "quantity", .positiveDecimal, default: .number(ExactDecimal(1)),
                summary: "Units of the base asset held long or short."),
            ParameterDescription(
                "instrument", .instrument, isOptional: true,
                summary: "The instrument to trade; every instrument with bars when absent."),
        ])

    private struct Track {
        var closes: MovingSumPair
        let quantity: Quantity
        let isTraded: Bool
    }

    private var tracks: [Track]

    public static func check(_ parameters: Parameters) -> [ParameterProblem] {
        do throws(ParameterProblem) {
            let (fast, slow) = (try parameters.integer("fast"), try parameters.integer("slow"))
            return fast < slow ? [] : [ParameterProblem("fast", "\(fast) is not below slow, \(slow)")]
        } catch { return [error] }
    }

    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        let chosen = try setup.chosenInstruments(with: .bars)
        let (fast, slow) = (try setup.parameters.integer("fast"), try setup.parameters.integer("slow"))
        let quantity = try setup.parameters.decimal("quantity")
        tracks = []
        for index in setup.instruments.indices {
            let isTraded = chosen.contains(InstrumentIndex(index))
            let size =
                isTraded
                ? try setup.quantity(quantity, of: InstrumentIndex(index), parameter: "quantity") : .zero
            tracks.append(
                Track(
                    closes: isTraded
                        ? MovingSumPair(fast: fast, slow: slow) : MovingSumPair(fast: 1, slow: 2),
                    quantity: size, isTraded: isTraded))
        }
    }

    public mutating func receive(
        bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {
        let index = instrument.position
        guard tracks[index].isTraded else { return }
        tracks[index].closes.append(bar.close.mantissa)
        guard tracks[index].closes.isFull else { return }
        let order = tracks[index].closes.comparison
        if order == 0 { return }
        let quantity = tracks[index].quantity
        context.target(order > 0 ? quantity : -quantity, of: instrument)
    }
}
