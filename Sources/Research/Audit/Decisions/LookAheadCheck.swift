internal import Markets
internal import Units

/// Runs again over data that end at a moment, and over data whose future is another one, and compares every
/// decision up to that moment.
///
/// What was decided by a moment cannot depend on what came after it. Cuts are drawn from the seed: half of
/// them at any row of the window, half at moments at which the strategy decided, where it matters most.
/// A decision is an order, cancellation or amendment with its time, side, quantity, type and prices.
/// Threshold: a single difference. Source: Y. Luo and others, "Seven Sins of Quantitative Investing",
/// Deutsche Bank 2014 (the second: look-ahead bias); cutting the data is the method of freqtrade's
/// `lookahead-analysis`.
struct LookAheadCheck: AuditCheck {
    static let name = "look-ahead"
    static let activity = "runs over cut and altered data"

    let cuts: Int

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let moments = moments(of: subject)
        if moments.isEmpty { return [Self.fine("Nothing to cut", "", "The run has too few rows.")] }
        let data = AlteredData(series: subject.series)
        var found: [(cut: Instant, difference: DecisionDifference, isTurned: Bool)] = []
        var differing = 0
        for (number, cut) in moments.enumerated() {
            var dice = SplitMix64(seed: subject.options.seed, purpose: "cut \(number)")
            let ended = DecisionDifference.find(
                subject.decisions, try subject.decisions(over: data.cut(at: cut)), through: cut)
            let turned = DecisionDifference.find(
                subject.decisions, try subject.decisions(over: data.turned(after: cut, seed: dice.next())),
                through: cut)
            if ended != nil || turned != nil { differing += 1 }
            if let ended { found.append((cut, ended, false)) }
            if let turned { found.append((cut, turned, true)) }
        }
        guard let first = found.first else {
            return [
                Self.fine(
                    "No decision depends on what came after it",
                    "\(NumberText.count(moments.count)) cuts",
                    "At each cut the run was made again with the data ending there and with another future: "
                        + "up to the cut it decided the same.")
            ]
        }
        let how = first.isTurned ? "with another future" : "with data that end there"
        return [
            AuditFinding(
                check: Self.name, weight: .fatal, title: "Decisions depend on data that came after them",
                figure: "\(differing) of \(moments.count) cuts",
                detail: "With the cut at \(NumberText.moment(first.cut)) UTC, "
                    + first.difference.words("the run", "the one \(how)")
                    + ". Nothing after the cut can have been known then, so the strategy sees the future, or "
                    + "remembers it from another run.",
                remedy: "Let decisions follow from what the strategy is given alone: no static or global "
                    + "cache of bars, no file or table read at the start.")
        ]
    }

    /// Moments to cut at, in order.
    private func moments(of subject: AuditSubject) -> [Instant] {
        guard let longest = subject.series.max(by: { $0.count < $1.count }), longest.count > 1 else {
            return []
        }
        let times = longest.columns.visibleTime
        let first = times.lowerBound(of: subject.start.nanoseconds)
        let past = times.lowerBound(of: subject.end.nanoseconds)
        var dice = SplitMix64(seed: subject.options.seed, purpose: "cuts")
        var chosen: Set<Instant> = []
        if past > first {
            for number in 0..<(cuts + 1) / 2 {
                // Spread evenly, each anywhere within its part.
                let part = (past - first) / max(1, (cuts + 1) / 2)
                let row = first + number * part + Int(dice.integer(in: 0...Int64(max(0, part - 1))))
                chosen.insert(Instant(nanoseconds: times[min(row, past - 1)]))
            }
        }
        let decided = subject.decisions
        for number in 0..<cuts / 2 where !decided.isEmpty {
            let part = max(1, decided.count / max(1, cuts / 2))
            let place = number * part + Int(dice.integer(in: 0...Int64(part - 1)))
            chosen.insert(decided[min(place, decided.count - 1)].time)
        }
        return chosen.sorted()
    }
}
