import Markets
import StrategyKit
import Trading
import Units

/// Long once the close has left the channel of the bars before it upwards, flat once it has left it
/// downwards.
public struct ChannelBreakoutStrategy: Strategy {
    /// Name, parameters and needs. Run files are checked against this before anything runs.
    public static let descriptor = StrategyDescriptor(
        name: "channel-breakout",
        summary: "Buys above the highest high of the last bars, sells below the lowest low.",
        parameters: [
            ParameterDescription(
                "lookback", .integer(2...500), default: .number(ExactDecimal(24)),
                summary: "Bars in the channel."),
            ParameterDescription(
                "quantity", .positiveDecimal, default: .number(ExactDecimal(1)),
                summary: "Units of the instrument held while long."),
        ],
        barHistory: 501)

    private let lookback: Int
    private let decimalQuantity: ExactDecimal
    private let instruments: [InstrumentIndex]
    private var quantities: [Quantity] = []

    /// The channel, and the bar that leaves it: shown more, it decides the same.
    public static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp {
        .moments(try parameters.integer("lookback") + 1)
    }

    /// Reads its parameters and chooses its instruments: every one that has bars.
    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        lookback = try setup.parameters.integer("lookback")
        decimalQuantity = try setup.parameters.decimal("quantity")
        instruments = try setup.chosenInstruments(with: .bars)
        for instrument in instruments {
            quantities.append(
                try setup.quantity(decimalQuantity, of: instrument, parameter: "quantity"))
        }
    }

    /// A bar closed; it is the last one of `context.bars`.
    public mutating func receive(
        bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {
        guard let place = instruments.firstIndex(of: instrument) else { return }
        let channel = context.bars(of: instrument).dropLast().suffix(lookback)
        guard channel.count == lookback, var high = channel.first?.high, var low = channel.first?.low
        else { return }
        for earlier in channel {
            high = max(high, earlier.high)
            low = min(low, earlier.low)
        }
        if bar.close > high {
            context.target(quantities[place], of: instrument)
        } else if bar.close < low {
            context.target(.zero, of: instrument)
        }
    }
}
