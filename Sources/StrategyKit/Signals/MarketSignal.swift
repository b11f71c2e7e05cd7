public import Markets
public import Units

/// What a forecaster says of one market: a direction, how sure it is, and prices at which to leave.
///
/// Signals reach strategies as rows of a series of the kind ``SeriesKind/signals``, each value an observation
/// of its own, at the time at which the forecast became known. Where they come from makes no difference: a
/// file, or a live source that hands over ``observations(of:at:)`` when it has an answer.
public struct MarketSignal: Hashable, Sendable {
    /// Where the market is said to go.
    public enum Direction: Int, Hashable, Sendable, CaseIterable {
        /// Up: hold it.
        case long = 1
        /// Down: be short of it.
        case short = -1
        /// Nowhere: hold nothing.
        case neutral = 0
        /// As before: keep what is held.
        case hold = 2

        /// `long`.
        public var name: String {
            switch self {
            case .long: "long"
            case .short: "short"
            case .neutral: "neutral"
            case .hold: "hold"
            }
        }
    }

    /// Where the market is said to go.
    public var direction: Direction
    /// How sure the forecaster is, 0 to 1.
    public var confidence: ExactDecimal
    /// Price at which to leave at a loss; 0 where none is named.
    public var stopLoss: ExactDecimal
    /// Price at which to leave with a gain; 0 where none is named.
    public var takeProfit: ExactDecimal
    /// Expected standard deviation of the return over the candle, as a fraction; 0 where none is named.
    public var deviation: ExactDecimal

    /// A signal.
    public init(
        _ direction: Direction, confidence: ExactDecimal, stopLoss: ExactDecimal = .zero,
        takeProfit: ExactDecimal = .zero, deviation: ExactDecimal = .zero
    ) {
        (self.direction, self.confidence) = (direction, confidence)
        (self.stopLoss, self.takeProfit, self.deviation) = (stopLoss, takeProfit, deviation)
    }

    /// The names of its values in a series, in order. The direction is its ``Direction``'s number.
    public static let valueNames = ["signal", "confidence", "stop-loss", "take-profit", "deviation"]

    /// The signal as strategies are told of it.
    public func observations(of instrument: InstrumentIndex, at time: Instant) -> [SeriesObservation] {
        let values = [ExactDecimal(direction.rawValue), confidence, stopLoss, takeProfit, deviation]
        return zip(MarketSignal.valueNames, values).map {
            SeriesObservation(time: time, instrument: instrument, kind: .signals, name: $0, value: $1)
        }
    }

    /// Takes in one value of a signal by its name; others are left alone.
    public mutating func take(_ name: String, _ value: ExactDecimal) {
        switch name {
        case "signal":
            // A whole number; data that an audit has altered may be a little beside it.
            do throws(ArithmeticOverflow) {
                let number = Int(clamping: try value.mantissa(at: Scale(0), rounding: .halfEven))
                direction = Direction(rawValue: number) ?? .hold
            } catch { direction = .hold }
        case "confidence": confidence = value
        case "stop-loss": stopLoss = value
        case "take-profit": takeProfit = value
        case "deviation": deviation = value
        default: return
        }
    }
}
