internal import Units

/// Runs the same again over the same data and compares every decision.
///
/// A strategy is made anew for each run. When the second run decides otherwise, something outlived the first
/// one or came from outside: a static variable, a global cache, the system's random numbers, the order of a
/// dictionary. Threshold: a single difference. Source: the definition of a backtest as a function of its
/// inputs (`Documentation/audit.md`).
struct RepeatCheck: AuditCheck {
    static let name = "repeatability"
    static let activity = "the same run again"

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let again = try subject.decisions(over: subject.series)
        let difference = DecisionDifference.find(subject.decisions, again, through: .distantFuture)
        guard let difference else {
            return [
                Self.fine(
                    "The same run twice decides the same",
                    "\(NumberText.count(subject.decisions.count)) decisions",
                    "Nothing outlives a run, as far as a second one shows.")
            ]
        }
        var detail =
            "Both runs had the same data, parameters and seed. "
            + difference.words("the first", "the second").prefix(1).uppercased()
            + difference.words("the first", "the second").dropFirst() + ". "
            + "Something outlived the first run or came from outside it: a static or global variable, the "
            + "system's random numbers, the order of a dictionary. Later runs in one process, as in a "
            + "sweep, then decide by what earlier ones have seen, the future included."
        let known = Foresight.strongest(of: subject.decisions, subject)
        if let knows = Foresight.strongest(of: again, subject),
            knows.statistic > ForeknowledgeCheck.threshold,
            knows.statistic > 1.5 * (known?.statistic ?? 0)
        {
            detail += " The second run knew what was to come: \(knows.words)."
        }
        return [
            AuditFinding(
                check: Self.name, weight: .fatal, title: "The same run twice decides differently",
                figure: "first at \(NumberText.moment(difference.time)) UTC", detail: detail,
                remedy: "Keep everything in the strategy's own properties, take random numbers from a "
                    + "SplitMix64 with a fixed seed, and sort what a dictionary or a set gives.")
        ]
    }
}
