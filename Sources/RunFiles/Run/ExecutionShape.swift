internal import Simulation
internal import TradingEngine
internal import Units

/// The keys below `execution`.
enum ExecutionShape {
    static let root = MapShape([
        KeyDescription(
            "fill", .scalar(.choice(BarFillRule.allCases.map(\.rawValue))),
            summary: "Price at which market orders fill when the data are bars; next-open when left out."),
        KeyDescription(
            "commission", .map(commission),
            summary: "What a fill costs; each venue's own schedule when left out."),
        KeyDescription(
            "slippage", .map(slippage),
            summary: "How much worse than its reference price a taking order fills; nothing when left out."),
        KeyDescription(
            "latency", .map(latency), summary: "Delays between strategy and venue; none when left out."),
        KeyDescription(
            "participation", .scalar(.number(.positive(atMost: ExactDecimal(1)))),
            summary:
                "Largest part of a bar's volume that one order takes, 1 being all; unlimited when left out."),
        KeyDescription(
            "short-spot", .scalar(.choice(["allow", "refuse"])),
            summary: "Whether more of a spot asset may be sold than is held; allow when left out."),
        KeyDescription(
            "overdraft", .scalar(.choice(["allow", "refuse"])),
            summary:
                "Whether more of the quote asset may be spent than is held; allow when left out. "
                + "Balances of a run with perpetuals or futures never may."),
        KeyDescription(
            "margin", .scalar(.choice(MarginMode.allCases.map(\.rawValue))),
            summary:
                "Whether all positions of a venue share its balance (cross) or each has margin of its own "
                + "(isolated); cross when left out."),
        KeyDescription(
            "margin-call", .scalar(.number(.positive(atMost: ExactDecimal(1), decimals: 12))),
            summary: "Ratio of equity to notional below which a venue warns; 0.15 when left out."),
        KeyDescription(
            "margin-price", .scalar(.choice(MarginPrice.allCases.map(\.rawValue))),
            summary:
                "Whether margin is judged by the close of a bar alone, or by its low and high before "
                + "(extremes); close when left out."),
        KeyDescription(
            "auto-deleverage", .scalar(.choice(["off", "on"])),
            summary:
                "Whether a loss beyond a venue's insurance fund is taken from profitable positions on the "
                + "other side (on), or paid by the fund without limit (off); off when left out."),
        KeyDescription(
            "insurance-fund", .named(.asset, .scalar(.number(notNegative))),
            summary:
                "What each venue's insurance fund holds at the start, by settlement asset, with "
                + "auto-deleverage on; nothing when left out."),
        KeyDescription(
            "transfer", .map(transfer),
            summary: "Transfers between venues and the wallet; at once and free when left out."),
        KeyDescription(
            "caps", .named(.instrument, .scalar(.number(notNegative))),
            summary:
                "The most that lending pools take in (aToken) or lend (debtToken), in whole tokens, of which "
                + "the run's own part counts; none when left out."),
        KeyDescription(
            "rate-impact", .named(.instrument, .map(impact)),
            summary:
                "Lending pools (aToken) whose rates the run's own deposit and debt move; none when left "
                + "out."),
        KeyDescription(
            "unstaking-delay", .scalar(.timespan),
            summary:
                "From asking a staking protocol for ETH to its payment; 3d at Lido and 7d at ether.fi when "
                + "left out."),
    ])

    private static let share = ScalarRule.number(.range(0, 1, decimals: 18))

    static let impact = MapShape([
        KeyDescription(
            "supplied", .scalar(.number(notNegative)),
            summary:
                "All deposits without the run's own, in whole tokens; as a series of kind ratio with "
                + "supplied and borrowed tells when left out, which also takes its place."),
        KeyDescription(
            "borrowed", .scalar(.number(notNegative)),
            summary: "All variable debt without the run's own, likewise."),
        KeyDescription(
            "optimal", .scalar(share),
            summary:
                "Use of the pool at the kink of its rates; with the next four, in place of what is known."),
        KeyDescription("base", .scalar(share), summary: "Borrow rate a year of an idle pool."),
        KeyDescription(
            "slope-1", .scalar(.number(.range(0, 100, decimals: 18))),
            summary: "What the way to the kink adds."),
        KeyDescription(
            "slope-2", .scalar(.number(.range(0, 100, decimals: 18))),
            summary: "What the way from the kink to full use adds."),
        KeyDescription(
            "reserve-factor", .scalar(share), summary: "Share of the interest that the protocol keeps."),
    ])

    static let transfer = MapShape([
        KeyDescription("delay", .scalar(.timespan), summary: "How long a transfer is on its way."),
        KeyDescription(
            "cost", .scalar(.number(notNegative)), summary: "What it costs, in the asset that is moved."),
    ])

    static let commission = MapShape(
        [
            KeyDescription(
                "basis-points", .scalar(.number(.range(-10_000, 10_000, decimals: 6))),
                summary: "Part of the notional, in hundredths of a percent."),
            KeyDescription(
                "maker", .scalar(.number(.range(-10_000, 10_000, decimals: 6))),
                summary: "In basis points, for orders that rested; negative is a rebate."),
            KeyDescription(
                "taker", .scalar(.number(.range(-10_000, 10_000, decimals: 6))),
                summary: "In basis points, for orders that took."),
            KeyDescription(
                "per-unit", .scalar(.number(notNegative)),
                summary: "In the quote asset, for each unit of the base asset."),
            KeyDescription(
                "minimum", .scalar(.number(notNegative)),
                summary: "The least a fill costs, in the quote asset."),
        ], exactlyOneOf: [["basis-points"], ["maker", "taker"], ["per-unit"]])

    static let slippage = MapShape(
        [
            KeyDescription(
                "basis-points", .scalar(.number(.range(0, 10_000, decimals: 6))),
                summary: "A fixed part of the price, in hundredths of a percent."),
            KeyDescription(
                "square-root", .map(squareRoot),
                summary: "Impact that grows with the root of quantity / volume."),
            KeyDescription(
                "buckets", .list(.map(bucket)), summary: "By notional, in ascending order of size."),
        ], exactlyOneOf: [["basis-points"], ["square-root"], ["buckets"]])

    static let squareRoot = MapShape([
        KeyDescription(
            "coefficient", .scalar(.number(.range(0, 10_000, decimals: 6))), isRequired: true,
            summary: "Impact of trading the whole volume of a bar, in basis points.")
    ])

    static let bucket = MapShape([
        KeyDescription(
            "size", .scalar(.number(RunFileShape.money)), isRequired: true,
            summary: "Notional in the quote asset up to which the bucket holds."),
        KeyDescription(
            "basis-points", .scalar(.number(.range(0, 10_000, decimals: 6))), isRequired: true,
            summary: "Part of the price."),
    ])

    static let latency = MapShape([
        KeyDescription("order", delay, summary: "From the decision to the venue."),
        KeyDescription("report", delay, summary: "From the venue's event to the strategy."),
    ])

    static let delay = ValueShape.either([
        .scalar(.timespan),
        .map(
            MapShape([
                KeyDescription("min", .scalar(.timespan), isRequired: true, summary: "The shortest."),
                KeyDescription(
                    "max", .scalar(.timespan), isRequired: true,
                    summary: "The longest; drawn from the seed."),
            ])),
    ])

    static let notNegative = NumberRule(
        minimum: .zero, maximum: ExactDecimal(1_000_000_000), decimals: 18)
}
