internal import Markets
internal import StrategyKit
internal import Units

/// The parameters of the directional modes: names, types, defaults, meanings.
enum DirectionalParameters {
    static func all(instrument: String) -> [ParameterDescription] {
        [
            ParameterDescription(
                "instrument", .instrument, default: .text(instrument),
                summary: "The contract to trade; its signals have the same key."),
            ParameterDescription(
                "signal-threshold", .decimal(minimum: .zero, maximum: ExactDecimal(1)),
                default: fraction(8, 1), summary: "Least confidence of a signal that is acted on."),
            ParameterDescription(
                "leverage",
                .decimal(minimum: fraction(1, 2), maximum: ExactDecimal(ContractTerms.defaultLeverage)),
                default: .number(ExactDecimal(1)),
                summary: "Notional of a full position for each unit of equity beside the reserve."),
            ParameterDescription(
                "max-leverage",
                .decimal(minimum: ExactDecimal(1), maximum: ExactDecimal(ContractTerms.defaultLeverage)),
                default: .number(ExactDecimal(3)), summary: "The most that leverage may be."),
            ParameterDescription(
                "reserve-ratio", .decimal(minimum: .zero, maximum: fraction(9, 1)),
                default: fraction(1, 1), summary: "Share of the capital that stays in the wallet."),
        ] + exits
    }

    private static let exits = [
        ParameterDescription(
            "stops", .choice(DirectionalSettings.Stops.allCases.map(\.rawValue)),
            default: .text(DirectionalSettings.Stops.signal.rawValue),
            summary: "Stop loss and take profit: those of the signal where it names them, by the deviation "
                + "alone, or none."),
        ParameterDescription(
            "deviation-multiple", .decimal(minimum: fraction(1, 1), maximum: ExactDecimal(20)),
            default: .number(ExactDecimal(2)),
            summary: "Distance of stop loss and take profit from the entry, in standard deviations."),
        ParameterDescription(
            "deviation-bars", .integer(2...10_000), default: .number(ExactDecimal(20)),
            summary: "Returns of which the deviation is taken where the signal names none."),
        ParameterDescription(
            "least-deviation", .decimal(minimum: .zero, maximum: ExactDecimal(1)), default: fraction(1, 3),
            summary: "The deviation is at least this fraction of the price."),
        ParameterDescription(
            "most-deviation", .decimal(minimum: .zero, maximum: ExactDecimal(1)), default: fraction(1, 1),
            summary: "The deviation is at most this fraction of the price."),
        ParameterDescription(
            "candle-exit", .flag, default: .flag(true),
            summary: "Whether a position ends with the candle after its signal, unless the signal repeats."),
    ]

    private static func fraction(_ mantissa: Int128, _ decimals: Int) -> ExactDecimal {
        ExactDecimal(mantissa: mantissa, scale: Scale(decimals))
    }

    private static func fraction(_ mantissa: Int128, _ decimals: Int) -> ParameterValue {
        .number(ExactDecimal(mantissa: mantissa, scale: Scale(decimals)))
    }
}

/// The parameters of a directional mode, read and checked.
struct DirectionalSettings {
    /// Where stop loss and take profit come from.
    enum Stops: String, CaseIterable {
        case signal
        case deviation
        case none
    }

    /// Deviations and their multiples are counted in millionths.
    static let scale = Scale(6)

    let instrument: String
    let threshold: ExactDecimal
    let leverage: Ratio
    let reserve: Ratio
    let stops: Stops
    /// Millionths.
    let multiple: Int128
    let bars: Int
    /// Millionths of the price.
    let least: Int64
    let most: Int64
    let exitsWithCandle: Bool

    init(_ parameters: Parameters) throws(ParameterProblem) {
        instrument = parameters.text("instrument") ?? ""
        threshold = try parameters.decimal("signal-threshold")
        leverage = try DirectionalSettings.ratio("leverage", parameters)
        reserve = try DirectionalSettings.ratio("reserve-ratio", parameters)
        let limit = try DirectionalSettings.ratio("max-leverage", parameters)
        if leverage > limit {
            throw ParameterProblem("leverage", "\(leverage) is above max-leverage \(limit)")
        }
        stops = Stops(rawValue: parameters.text("stops") ?? "") ?? .signal
        multiple = try DirectionalSettings.millionths("deviation-multiple", parameters)
        bars = try parameters.integer("deviation-bars")
        least = Int64(clamping: try DirectionalSettings.millionths("least-deviation", parameters))
        most = Int64(clamping: try DirectionalSettings.millionths("most-deviation", parameters))
        if least > most {
            throw ParameterProblem("least-deviation", "is above most-deviation")
        }
        exitsWithCandle = try parameters.flag("candle-exit")
    }

    private static func ratio(
        _ name: String, _ parameters: Parameters
    ) throws(ParameterProblem) -> Ratio {
        let decimal = try parameters.decimal(name)
        guard let ratio = Ratio(decimal) else {
            throw ParameterProblem(name, "\(decimal) has more than \(Ratio.scale) decimals")
        }
        return ratio
    }

    private static func millionths(
        _ name: String, _ parameters: Parameters
    ) throws(ParameterProblem) -> Int128 {
        let decimal = try parameters.decimal(name)
        guard let mantissa = decimal.exactMantissa(at: scale) else {
            throw ParameterProblem(name, "\(decimal) has more than \(scale) decimals")
        }
        return mantissa
    }
}
