internal import Accounting
public import Events
internal import Research

extension JSONSchema {
    /// The schema of the object that `stress --json` prints.
    public static var stress: JSONText { document("Tradewind stress test", object(stressKeys)) }

    private static let stressKeys: [PrintedKey] = [
        ("name", text, "Name of the run."),
        ("strategies", list([type("string")]), "Registered names of its strategies."),
        ("share_class", text, "Asset in which equity and losses are counted."),
        ("start", time, "First moment of trading."),
        ("end", time, "End of the last step."),
        ("initial_equity", money, "Equity before the first step."),
        ("moment", time, "When the shocks begin."),
        ("unshocked", object(figureKeys), "The run without a shock."),
        ("shocks", list(object(outcomeKeys)), "The shocks, in order."),
    ]

    private static let figureKeys: [PrintedKey] = [
        ("final_equity", money, "Equity after the last step."),
        ("max_drawdown", statistic, "Deepest fall from a peak of equity, as a fraction of the peak."),
        ("worst_health_factor", statistic, "Lowest health factor of any lending position."),
        ("worst_margin_ratio", statistic, "Lowest margin ratio of any venue."),
        ("max_abs_delta", statistic, "Largest absolute net exposure, as a fraction of equity."),
        ("liquidations", count, "Forced closings."),
        ("fills", count, "Fills."),
        ("attribution_residual", [JSONMember("const", .string("0"))], "What no cause explains: nothing."),
        ("log_hash", hash, "SHA-256 of the run's event log."),
    ]

    private static let outcomeKeys: [PrintedKey] = [
        ("shock", text, "The shock, or the shocks together, as --shock names them."),
        (
            "kind",
            oneOf(["price", "depeg", "funding-flip", "borrow-rate", "gas", "outage", "combined"]),
            "Which shock it is, or that it is several together."
        ),
        ("start", time, "When it begins."),
        ("end", time, "When it ends, of several the last; null where all stay."),
        (
            "outcome", oneOf(["ran", "unfit", "stopped"]),
            "Whether the run came to its end, the shock means nothing to it, or stopped it."
        ),
        ("reason", textOrNull, "Why it means nothing or stopped the run."),
        ("run", orNull(object(runKeys)), "The run under the shock."),
    ]

    private static var runKeys: [PrintedKey] {
        [("lost", money, "Final equity without the shock less that under it.")] + figureKeys + [
            (
                "attribution_change", object(Cause.attributed.map { ($0.key, money, "") }),
                "Attribution under the shock less that without, by cause."
            ),
            ("changed", list([type("string")]), "Series that the shock changed."),
            ("watched_until", time, "End of the span that the counts are of."),
            ("activity", object(activityKeys), "What happened from the start of the shock on."),
            ("usual_activity", object(activityKeys), "What happened in the same span without it."),
            ("actions", list(object(actionKeys)), "What happened, in words, the first of it."),
            ("omitted_actions", count, "How much of it is left out."),
        ]
    }

    private static let activityKeys: [PrintedKey] = [
        ("orders", count, "Orders placed."),
        ("refusals", count, "Orders, cancellations and amendments refused."),
        ("fills", count, "Fills."),
        ("groups", count, "Atomic groups that executed."),
        ("failed_groups", count, "Atomic groups refused, reverted or expired."),
        ("transfers", count, "Transfers that left."),
        ("refused_transfers", count, "Transfers refused."),
        ("margin_calls", count, "Warnings of venues that margin runs short."),
        ("liquidations", count, "Positions, or parts of them, closed by force."),
    ]

    private static let actionKeys: [PrintedKey] = [
        ("time", time, "When."), ("text", text, "What."),
    ]
}
