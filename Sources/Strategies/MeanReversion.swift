public import Markets
public import StrategyKit
internal import Units

/// Buys what fell below its mean and sells it when it rose above.
///
/// At the close of every bar from the one that fills the window: with the mean of the last `lookback`
/// closes, the present one included, buys `quantity` when flat and close < (1 - threshold) x mean; sells
/// what it holds when close > (1 + threshold) x mean. Never short. Compared as exact integers.
public struct MeanReversion: Strategy {
    /// `lookback` 10, `threshold` 0.01, `quantity` 1.
    public static let descriptor = StrategyDescriptor(
        name: "mean-reversion",
        summary: "Buys below the mean of the last closes and sells above it.",
        parameters: [
            ParameterDescription(
                "lookback", .integer(2...100_000), default: .number(ExactDecimal(10)),
                summary: "Bars of the mean, the present one included."),
            ParameterDescription(
                "threshold", .decimal(minimum: .zero, maximum: ExactDecimal(1)),
                default: .number(ExactDecimal(mantissa: 1, scale: Scale(2))),
                summary: "Distance from the mean, as a fraction: 0.01 is one percent."),
            .quantity("Units of the base asset to buy."),
            .tradedInstrument,
        ])

    private struct Track {
        var closes: MovingSum
        let quantity: Quantity
        let isTraded: Bool
    }

    private var tracks: [Track]
    /// (1 - threshold) and (1 + threshold) as integers over ``unit``.
    private let lower: Int128
    private let upper: Int128
    private let unit: Int128

    /// Decimals of the threshold that count: more are refused.
    private static let thresholdScale = Scale(9)

    public static func check(_ parameters: Parameters) -> [ParameterProblem] {
        do throws(ParameterProblem) {
            _ = try thresholdMantissa(parameters)
            return []
        } catch { return [error] }
    }

    /// The bars of the mean.
    public static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp {
        .moments(try parameters.integer("lookback"))
    }

    private static func thresholdMantissa(_ parameters: Parameters) throws(ParameterProblem) -> Int128 {
        let threshold = try parameters.decimal("threshold")
        guard let mantissa = threshold.exactMantissa(at: thresholdScale) else {
            throw ParameterProblem("threshold", "\(threshold) has more than \(thresholdScale) decimals")
        }
        return mantissa
    }

    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        let chosen = try setup.chosenInstruments(with: .bars)
        let lookback = try setup.parameters.integer("lookback")
        let quantity = try setup.parameters.decimal("quantity")
        let threshold = try MeanReversion.thresholdMantissa(setup.parameters)
        unit = MeanReversion.thresholdScale.unit
        (lower, upper) = (unit - threshold, unit + threshold)
        tracks = []
        for index in setup.instruments.indices {
            let isTraded = chosen.contains(InstrumentIndex(index))
            let size =
                isTraded
                ? try setup.quantity(quantity, of: InstrumentIndex(index), parameter: "quantity") : .zero
            tracks.append(
                Track(closes: MovingSum(length: isTraded ? lookback : 1), quantity: size, isTraded: isTraded))
        }
    }

    public mutating func receive(
        bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {
        let index = instrument.position
        guard tracks[index].isTraded else { return }
        tracks[index].closes.append(bar.close.mantissa)
        let closes = tracks[index].closes
        guard closes.isFull else { return }
        // close < (lower / unit) x (sum / length), without division.
        let close = Int128(bar.close.mantissa) * Int128(closes.length) * unit
        let holds = context.position(of: instrument).mantissa + context.working(of: instrument).mantissa > 0
        if !holds && close < closes.sum * lower {
            context.target(tracks[index].quantity, of: instrument)
        } else if holds && close > closes.sum * upper {
            context.target(.zero, of: instrument)
        }
    }
}
