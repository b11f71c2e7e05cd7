internal import Markets
internal import Units

/// The keys of an instrument's `contract`.
enum ContractShape {
    static let contract = MapShape([
        KeyDescription(
            "settlement", .scalar(.choice(ContractSettlement.allCases.map(\.rawValue))),
            summary:
                "Whether it pays in the quote asset (linear) or the base (inverse); linear when left out."),
        KeyDescription(
            "size", .scalar(.number(.positive(atMost: ExactDecimal(1_000_000_000), decimals: 8))),
            summary: "Units of the base (linear) or quote (inverse) in a quantity of 1; 1 when left out."),
        KeyDescription("expiry", .scalar(.instant), summary: "When a future expires; required for one."),
        KeyDescription(
            "maximum-leverage", .scalar(.integer(1...1000)),
            summary: "Largest notional over margin; 20 when left out, at most the venue's own."),
        KeyDescription(
            "tiers", .list(.map(tier)),
            summary: "Margin by notional; 1 / maximum-leverage and half of it when left out."),
        KeyDescription(
            "liquidation-fee",
            .scalar(.number(NumberRule(minimum: .zero, maximum: tenth, decimals: 12))),
            summary: "Part of the notional that closing by force costs; the taker fee when left out."),
        KeyDescription(
            "roll", .map(roll),
            summary: "How the position of a future goes on in the next; settled at expiry when left out."),
    ])

    static let roll = MapShape([
        KeyDescription(
            "into", .scalar(.instrument), isRequired: true,
            summary: "The contract in which it goes on, as binance:future:BTCUSDT_250926."),
        KeyDescription(
            "before", .scalar(.timespan), isRequired: true, summary: "How long before the expiry, as 1h."),
    ])

    private static let tenth = ExactDecimal(mantissa: 1, scale: Scale(1))

    static let tier = MapShape([
        KeyDescription(
            "floor", .scalar(.number(NumberRule(minimum: .zero, decimals: 8))), isRequired: true,
            summary: "Notional from which it holds, in the settlement asset; that of the first is 0."),
        KeyDescription(
            "initial", .scalar(.number(.positive(atMost: ExactDecimal(1), decimals: 12))), isRequired: true,
            summary: "Part of the notional that opening needs."),
        KeyDescription(
            "maintenance", .scalar(.number(.positive(atMost: ExactDecimal(1), decimals: 12))),
            isRequired: true, summary: "Part of the notional that keeping needs, below initial."),
    ])
}
