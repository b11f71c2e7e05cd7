internal import Markets
internal import StrategyKit
internal import Units

/// The parameters of the basis strategies: names, types, defaults, meanings.
enum BasisParameters {
    static let all = money + signal + margin + pace

    private static let money = [
        ParameterDescription(
            "hedge", .weights(sum: ExactDecimal(1)),
            default: .map([
                NamedParameter("binance", fraction(4, 1)), NamedParameter("bybit", fraction(3, 1)),
                NamedParameter("okx", fraction(3, 1)),
            ]), summary: "Share of the short of each venue; the shares add up to 1, and 0 leaves a venue out."
        ),
        ParameterDescription(
            "spot-venue", .text, default: .text("binance"), summary: "The venue where the spot is held."),
        ParameterDescription(
            "margin-ratio-target", .decimal(minimum: .zero, maximum: ExactDecimal(100)),
            default: fraction(8, 1),
            summary: "Margin of a short at entry, as a fraction of its notional; at least 0.44."),
        ParameterDescription(
            "max-leverage",
            .decimal(
                minimum: ExactDecimal(1), maximum: ExactDecimal(ContractTerms.defaultLeverage)),
            default: .number(ExactDecimal(3)),
            summary: "Most notional of a short for each unit of its margin; at most what the venues allow."),
        ParameterDescription(
            "reserve-ratio", .decimal(minimum: .zero, maximum: ExactDecimal(mantissa: 9, scale: Scale(1))),
            default: fraction(1, 1), summary: "Share of equity that stays in the wallet."),
        ParameterDescription(
            "unhedged", .decimal(minimum: .zero, maximum: ExactDecimal(1_000_000_000)), isOptional: true,
            summary: "Amount kept unhedged when the asset is the share class; by default the capital."),
    ]

    private static let signal = [
        ParameterDescription(
            "entry-funding", .decimal(minimum: ExactDecimal(-1), maximum: ExactDecimal(1)),
            default: fraction(1, 4), summary: "Enters when the mean funding rate is at least this."),
        ParameterDescription(
            "exit-funding", .decimal(minimum: ExactDecimal(-1), maximum: ExactDecimal(1)),
            default: .number(.zero), summary: "Leaves when the mean funding rate is below this."),
        ParameterDescription(
            "funding-intervals", .integer(1...1000), default: .number(ExactDecimal(9)),
            summary: "Settled rates of each venue in the mean."),
    ]

    private static let margin = [
        ParameterDescription(
            "half-exit-ratio", .decimal(minimum: .zero, maximum: ExactDecimal(1)), default: fraction(3, 1),
            summary: "Halves the position when a venue's margin ratio is below this."),
        ParameterDescription(
            "full-exit-ratio", .decimal(minimum: .zero, maximum: ExactDecimal(1)), default: fraction(2, 1),
            summary: "Closes the position when a venue's margin ratio is below this."),
        ParameterDescription(
            "critical-ratio", .decimal(minimum: .zero, maximum: ExactDecimal(1)), default: fraction(12, 2),
            summary: "Closes a venue's short without waiting for the others when its ratio is below this."),
    ]

    private static let pace = [
        ParameterDescription(
            "unwind", .choice(["together", "shorts-first"]), default: .text("together"),
            summary: "Whether closing does both sides at one time, or buys the shorts back first."),
        ParameterDescription(
            "delta-tolerance", .decimal(minimum: .zero, maximum: ExactDecimal(1)), default: fraction(5, 3),
            summary: "Rebalances when net exposure is above this share of equity."),
        ParameterDescription(
            "position-deviation-threshold", .decimal(minimum: .zero, maximum: ExactDecimal(1)),
            default: fraction(2, 2),
            summary: "Rebalances when equity moved by more than this share since the last sizing."),
        ParameterDescription(
            "throttle-seconds", .integer(0...86_400), default: .number(ExactDecimal(60)),
            summary: "Least seconds between two decisions to rebalance; margin overrides do not wait."),
    ]

    private static func fraction(_ mantissa: Int128, _ decimals: Int) -> ParameterValue {
        .number(ExactDecimal(mantissa: mantissa, scale: Scale(decimals)))
    }
}
