internal import StrategyKit
internal import Units

extension ParameterDescription {
    /// The one instrument to trade, for strategies that else trade every instrument with bars.
    static let tradedInstrument = ParameterDescription(
        "instrument", .instrument, isOptional: true,
        summary: "The instrument to trade; every instrument with bars when absent.")

    /// How much is traded, 1 by default.
    static func quantity(_ summary: String) -> ParameterDescription {
        ParameterDescription(
            "quantity", .positiveDecimal, default: .number(ExactDecimal(1)), summary: summary)
    }
}
