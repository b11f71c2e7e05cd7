internal import Research
internal import Units

/// The keys of the section `sweep` of a run file.
enum SweepShape {
    static let root = MapShape([
        KeyDescription(
            "parameters", .parameters, isRequired: true,
            summary: "Parameters that vary: a range as 5..24 or 30..125:5, values as [a, b], or "
                + "{from, to, step}; by account first where a run has several strategies."),
        KeyDescription(
            "search", .scalar(.choice(SweepSearch.allCases.map(\.rawValue))),
            summary: "How points are chosen; the grid when left out, or random where the budget is smaller."),
        KeyDescription(
            "budget", .scalar(.integer(1...Int64(SweepPlan.largestBudget))),
            summary: "The most points that are run; 200 of a search that is not a grid when left out."),
        KeyDescription(
            "objective", .scalar(.choice(SweepObjective.allCases.map(\.rawValue))),
            summary: "What the best point is best in; sharpe when left out."),
        KeyDescription(
            "seed", .scalar(.integer(0...Int64.max)), summary: "Seed of drawn points; 1 when left out."),
    ])

    /// A range written as a map.
    static let range = MapShape([
        KeyDescription("from", .scalar(.number(NumberRule())), isRequired: true, summary: "First value."),
        KeyDescription(
            "to", .scalar(.number(NumberRule())), isRequired: true,
            summary: "Last value, where a step meets it."
        ),
        KeyDescription("step", .scalar(.number(.positive())), summary: "Distance of values."),
    ])
}
