internal import Markets
internal import Units

/// Whether every instrument of a broad run survives to its end.
///
/// Only said where the data say so: at least ten instruments were traded and the prices of none end before
/// the run does, over at least a year. Among ten listings some usually leave within a few years. Weight:
/// notable. Source: E. J. Elton, M. J. Gruber and C. R. Blake, "Survivorship Bias and Mutual Fund
/// Performance", Review of Financial Studies 9(4), 1996.
struct SurvivorshipCheck: AuditCheck {
    static let name = "survivorship"
    static let activity = "survivors"

    static let leastInstruments = 10

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let length = subject.end.since(subject.start)
        var (traded, ended) = (0, 0)
        for one in subject.series {
            guard [.bars, .quotes, .trades].contains(one.kind), let index = subject.index(of: one),
                subject.holdings.trades(index), one.count > 0
            else { continue }
            traded += 1
            let last = Instant(nanoseconds: one.columns.visibleTime[one.count - 1])
            if subject.end.since(last) > 7 * .day { ended += 1 }
        }
        guard traded >= Self.leastInstruments, length >= 365 * .day, ended == 0 else {
            return [
                Self.fine(
                    "The data say nothing of a choice by survival",
                    "\(NumberText.count(traded)) instrument" + (traded == 1 ? "" : "s"),
                    "Asked only of ten instruments and a year on; \(NumberText.count(ended)) end before "
                        + "the run.")
            ]
        }
        return [
            AuditFinding(
                check: Self.name, weight: .notable, title: "Every instrument survives to the end of the run",
                figure: "\(NumberText.count(traded)) instruments, none ends before",
                detail: "A list made today leaves out what was delisted on the way, and that is where losses "
                    + "are.",
                remedy: "Take the list as it was at the start, with what has left since.")
        ]
    }
}
