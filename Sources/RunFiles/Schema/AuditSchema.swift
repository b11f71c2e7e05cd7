public import Events
internal import Research

extension JSONSchema {
    /// The schema of the object that `audit-backtest --json` prints and `audit.json` holds.
    public static var audit: JSONText { document("Tradewind audit", object(auditKeys)) }

    private static let auditKeys: [PrintedKey] = [
        ("name", text, "Name of the run."),
        ("strategies", list([type("string")]), "Registered names of its strategies."),
        ("share_class", text, "Asset in which equity and profit are counted."),
        ("start", time, "First moment of trading."),
        ("end", time, "End of the last step."),
        ("initial_equity", money, "Equity before the first step."),
        ("final_equity", money, "Equity after the last step."),
        ("log_hash", hash, "SHA-256 of the event log of the run itself."),
        ("seed", [type("string"), pattern("^[0-9]+$")], "Seed of cuts and alterations."),
        ("runs", count, "Backtests that were made."),
        ("verdict", oneOf(AuditVerdict.allCases.map(\.rawValue)), "What the heaviest finding comes to."),
        ("weights", object(AuditWeight.allCases.map { ($0.rawValue, count, "") }), "Findings by weight."),
        ("findings", list(object(findingKeys)), "What was looked for, the heaviest first."),
    ]

    private static let findingKeys: [PrintedKey] = [
        ("check", [type("string"), pattern("^[a-z-]+$")], "Name of the check."),
        ("weight", oneOf(AuditWeight.allCases.map(\.rawValue)), "How much it weighs."),
        ("title", text, "What was found."),
        ("figure", text, "The figure behind it; empty where there is none."),
        ("detail", text, "Why it matters, and what was done to find it."),
        ("remedy", text, "What to do about it; empty for what is fine."),
    ]
}
