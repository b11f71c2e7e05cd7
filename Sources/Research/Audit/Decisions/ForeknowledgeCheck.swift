internal import Units

/// Runs over data whose content was moved to other times, and asks whether the decisions foretell what the
/// market really did at those times.
///
/// Such data tell nothing about it. A strategy that has its own copy of the market (a file that it reads, a
/// table of prices in its source, dates fitted by hindsight) goes on deciding by it, and its sides agree with
/// the real returns. A rule that looks only at the clock or at random numbers does not. The content is moved
/// by two shares of its length, between a quarter and three quarters, drawn from the seed.
///
/// Threshold: ``Foresight/statistic`` of 4.5 in both runs, which sides without knowledge reach with a
/// probability of at most 4 in 100,000 each; from 27 decisions on.
struct ForeknowledgeCheck: AuditCheck {
    static let name = "foreknowledge"
    static let activity = "runs over data moved in time"

    static let threshold = 4.5

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        var dice = SplitMix64(seed: subject.options.seed, purpose: "moved")
        let data = AlteredData(series: subject.series)
        var weakest: Foresight?
        for part in 0..<2 {
            let share = 0.25 + (Double(part) + dice.unitDouble()) / 4
            let decisions = try subject.decisions(over: data.rotated(by: share))
            guard let one = Foresight.strongest(of: decisions, subject) else {
                return [
                    Self.fine(
                        "Too few decisions to tell whether the market was known beforehand", "",
                        "Over data moved in time there were fewer than \(Foresight.leastDecisions) "
                            + "decisions that count.")
                ]
            }
            if one.statistic < weakest?.statistic ?? .infinity { weakest = one }
        }
        guard let weakest, weakest.statistic >= Self.threshold else {
            return [
                Self.fine(
                    "The strategy knows the market only from its data",
                    "foresight \(NumberText.ratio(weakest?.statistic)), \(Self.threshold) would tell",
                    "Shown the same market at other times, its decisions say nothing about what really "
                        + "came.")
            ]
        }
        return [
            AuditFinding(
                check: Self.name, weight: .fatal,
                title: "The strategy knows the market without being shown it",
                figure: "foresight \(NumberText.ratio(weakest.statistic)), \(Self.threshold) is proof",
                detail: "The data were moved to other times, so that they told nothing about the market at "
                    + "the time of a decision. Still, \(weakest.words) of the real market. The strategy has "
                    + "a copy of it: a cache of an earlier run, a file, a table in its source, or dates "
                    + "chosen by hindsight.",
                remedy: "Remove whatever the strategy knows beyond its parameters and the data it is given.")
        ]
    }
}
