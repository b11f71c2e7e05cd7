internal import MarketData
internal import Markets
internal import Simulation
internal import Units

/// The keys of a run file: the one table behind the reader, its messages and the JSON Schema.
package enum RunFileShape {
    /// The whole file.
    package static let root = MapShape(
        [
            KeyDescription(
                "name", .scalar(.text(maximum: 128)), isRequired: true,
                summary: "Name of the run, for people."),
            KeyDescription(
                "strategy", .scalar(.word), summary: "Registered name of the strategy to run."),
            KeyDescription(
                "parameters", .parameters,
                summary: "Parameters of the strategy; what is left out keeps its default."),
            KeyDescription(
                "strategies", .list(.map(strategy)),
                summary: "Several strategies in one run, instead of strategy and parameters."),
            KeyDescription(
                "capital", .map(capital), isRequired: true,
                summary: "Money at the start; its asset is the share class in which profit is counted."),
            KeyDescription(
                "window", .map(window), summary: "When to trade; all data when left out."),
            KeyDescription("data", data, isRequired: true, summary: "A catalogue, or a list of files."),
            KeyDescription(
                "execution", .map(ExecutionShape.root), summary: "How orders execute and what that costs."),
            KeyDescription(
                "risk", .map(RiskShape.root),
                summary:
                    "Limits that no strategy can pass, an order beyond one is rejected; and the bands of the "
                    + "risk monitor."),
            KeyDescription(
                "instruments", .named(.instrument, .map(instrument)),
                summary: "What is known of instruments beyond their data, by instrument key."),
            KeyDescription(
                "adjust", .scalar(.choice(PriceAdjustment.allCases.map(\.rawValue))),
                summary: "How prices of shares are changed for splits and dividends; raw when left out."),
            KeyDescription(
                "annualisation", .scalar(.integer(1...366)),
                summary: "Days in a year for statistics; by the market (365 or 252) when left out."),
            KeyDescription(
                "benchmark", .map(benchmark),
                summary: "What statistics are held against; nothing when left out."),
            KeyDescription(
                "yields", .list(.map(yield)),
                summary: "Yields that the report draws beside the result; they play no part in the run."),
            KeyDescription(
                "flows", .list(.map(flow)),
                summary:
                    "Capital that comes or goes during a run with lending or staking, in order of time."),
            KeyDescription(
                "seed", .scalar(.integer(0...Int64.max)),
                summary: "Seed of every random choice; 1 when left out."),
            KeyDescription(
                "sweep", .map(SweepShape.root),
                summary: "What the command sweep varies; a single run pays no heed to it."),
            KeyDescription(
                "walk-forward", .map(WalkForwardShape.root),
                summary: "How the command walk-forward splits the data; a single run pays no heed to it."),
        ], exactlyOneOf: [["strategy"], ["strategies"]])

    static let strategy = MapShape([
        KeyDescription(
            "strategy", .scalar(.word), isRequired: true, summary: "Registered name of the strategy."),
        KeyDescription("parameters", .parameters, summary: "Its parameters."),
        KeyDescription(
            "capital", .scalar(.number(money)), isRequired: true,
            summary: "Its part of the capital; the parts add up to capital.amount."),
        KeyDescription(
            "account", .scalar(.word),
            summary: "Name of its sub-account; the strategy's name when left out."),
    ])

    static let money = NumberRule.positive(atMost: ExactDecimal(1_000_000_000_000_000))

    static let capital = MapShape([
        KeyDescription("amount", .scalar(.number(money)), isRequired: true, summary: "How much."),
        KeyDescription("asset", .scalar(.asset), isRequired: true, summary: "Of what, as USDT, ETH or BTC."),
        KeyDescription(
            "venue", .scalar(.venue),
            summary:
                "Where it arrives in a run with perpetuals or futures; in the wallet, from where the "
                + "strategy moves it, when left out."),
    ])

    static let window = MapShape([
        KeyDescription(
            "start", .scalar(.instant), summary: "First moment of trading; earlier bars warm up indicators."),
        KeyDescription("end", .scalar(.instant), summary: "First moment no more traded."),
    ])

    static let instrument = MapShape([
        KeyDescription("tick", .scalar(.number(.positive())), summary: "Step of order prices."),
        KeyDescription("lot", .scalar(.number(.positive())), summary: "Step of order quantities."),
        KeyDescription(
            "base", .scalar(.asset), summary: "Asset bought and sold, where the symbol does not tell."),
        KeyDescription(
            "quote", .scalar(.asset), summary: "Asset of the price, where the symbol does not tell."),
        KeyDescription(
            "calendar", .scalar(calendars),
            summary: "When its market is open; as its data say, or never closing, when left out."),
        KeyDescription(
            "contract", .map(ContractShape.contract),
            summary: "Terms of a perpetual or future; linear, of one unit, when left out."),
    ])

    static let flow = MapShape([
        KeyDescription(
            "time", .scalar(.instant), isRequired: true,
            summary: "When; taken up with the first data at or after it."),
        KeyDescription(
            "amount", .scalar(.number(NumberRule.range(-1_000_000_000, 1_000_000_000, decimals: 18))),
            isRequired: true,
            summary: "How much of capital.asset: positive is a deposit, negative a withdrawal."),
    ])

    static let benchmark = MapShape([
        KeyDescription(
            "instrument", .scalar(.instrument), isRequired: true,
            summary: "Whose bars: buying and holding them from the start.")
    ])

    static let yield = MapShape([
        KeyDescription(
            "name", .scalar(.text(maximum: 40)), isRequired: true, summary: "Its name, for people."),
        KeyDescription(
            "instrument", .scalar(.instrument), isRequired: true,
            summary: "Whose series of indices, ratios or yields a year (apy), in the run's catalogue."),
        KeyDescription(
            "kind", .scalar(.choice([SeriesKind.index.rawValue, SeriesKind.ratio.rawValue])),
            summary: "Which kind of series; ratio when left out."),
        KeyDescription(
            "variant", .scalar(.word), summary: "Which of several series that are alike, as interpolated."),
        KeyDescription(
            "over", .scalar(.instrument),
            summary: "Whose ratios its own are divided by, as two prices in dollars."),
    ])

    static let calendars = ScalarRule.choice(ExchangeCalendar.allCases.map(\.rawValue))

    static let data = ValueShape.either([.map(catalogue), .list(.map(DataFileShape.entry))])

    static let catalogue = MapShape([
        KeyDescription(
            "catalogue", .scalar(.path), isRequired: true,
            summary: "Folder made by data import or data sample, relative to the run file."),
        KeyDescription(
            "series", .list(.map(choice)), summary: "The series to use; all of the catalogue when left out."),
    ])

    static let choice = MapShape([
        KeyDescription("instrument", .scalar(.instrument), isRequired: true, summary: "Whose series."),
        KeyDescription(
            "kind", .scalar(.choice(SeriesKind.allCases.map(\.rawValue))),
            summary: "Which kind of series; all kinds when left out."),
        KeyDescription("timeframe", .scalar(.timeframe), summary: "Bars of which length."),
        KeyDescription(
            "variant", .scalar(.word), summary: "Which of several series that are alike, as bid and ask."),
    ])
}

/// The keys of one entry of the list form of `data`.
enum DataFileShape {
    static let kinds = SeriesKind.allCases.map(\.rawValue)

    static let entry = MapShape(
        [KeyDescription("instrument", .scalar(.instrument), isRequired: true, summary: "Whose series.")]
            + kinds.map {
                KeyDescription(
                    $0, .scalar(.path), summary: "File with \($0), CSV or CSV.gz, relative to the run file.")
            } + format, exactlyOneOf: kinds.map { [$0] })

    private static let format = [
        KeyDescription(
            "timeframe", .scalar(.timeframe),
            summary: "Length of a bar; found from the times when left out."),
        KeyDescription(
            "stamp", .scalar(.choice(BarStamp.allCases.map(\.rawValue))),
            summary: "Which end of a bar its time names; open when left out."),
        KeyDescription(
            "columns", .named(.word, .scalar(.column)),
            summary:
                "Names of columns by role (time, open, bid-size, ...), where they are not the usual ones."
        ),
        KeyDescription(
            "zone", .scalar(.text(maximum: 64)), summary: "Zone of times without offset; UTC when left out."),
        KeyDescription(
            "time-format", .scalar(.choice(TimeFormat.allCases.map(\.rawValue))),
            summary: "How times are written; found out when left out."),
        KeyDescription("shift", .scalar(.shift), summary: "A span added to each time."),
        KeyDescription(
            "price", .scalar(.choice(BarPrice.allCases.map(\.rawValue))),
            summary: "Which price, when a file has bid and ask bars; mid when left out."),
        KeyDescription(
            "one-sided", .scalar(.choice(OneSidedQuotes.allCases.map(\.rawValue))),
            summary: "What to do with quotes that lack a side; keep when left out."),
        KeyDescription(
            "unit", .scalar(.choice(ValueUnit.allCases.map(\.rawValue))),
            summary: "Unit of rates and ratios; fraction when left out."),
        KeyDescription(
            "price-divisor", .scalar(.powerOfTen), summary: "By how much the written prices are too large."),
        KeyDescription(
            "quantity-divisor", .scalar(.powerOfTen),
            summary: "By how much the written quantities are too large."),
        KeyDescription(
            "calendar", .scalar(RunFileShape.calendars),
            summary: "Calendar of the market; without one it never closes."),
        KeyDescription(
            "decimals", .scalar(.integer(0...18)), summary: "Most decimals kept; 12 when left out."),
        KeyDescription(
            "strict", .scalar(.flag), summary: "Whether repeated or disordered rows are an error."),
        KeyDescription(
            "factors", .scalar(.path), summary: "File with factors of splits and dividends, for adjust."),
    ]
}
