internal import Research
internal import Units

/// The keys of the section `walk-forward` of a run file.
enum WalkForwardShape {
    static let root = MapShape(
        [
            KeyDescription(
                "train", .scalar(.timespan), summary: "Length of a training window, of the first if anchored."
            ),
            KeyDescription("test", .scalar(.timespan), summary: "Length of a test window."),
            KeyDescription(
                "step", .scalar(.timespan),
                summary: "From one fold to the next, at least test; test when left out."),
            KeyDescription(
                "anchored", .scalar(.flag), summary: "Whether every training window begins with the data."),
            KeyDescription(
                "folds", .scalar(.integer(0...1_000_000_000)),
                summary: "Parts of a purged k-fold, instead of train and test."),
            KeyDescription(
                "purge", .scalar(.timespan),
                summary: "How long a decision's outcome takes: left out between training and test."),
            KeyDescription(
                "embargo", .scalar(.embargo),
                summary: "What is left out besides: a length of time, or with folds a share as 1%."),
            KeyDescription(
                "choose", .scalar(.choice(FoldChoiceRule.allCases.map(\.rawValue))),
                summary: "best takes the best point in training, plateau the best with its neighbours; best "
                    + "when left out."),
            KeyDescription(
                "warm-up", .scalar(.timespan),
                summary: "How much data before a window warms up indicators; what the strategy declares to "
                    + "need when left out, and all there are where it declares nothing."),
            KeyDescription(
                "monte-carlo", .scalar(.integer(0...Int64(WalkForwardPlan.maximumScenarios))),
                summary: "Scenarios of trades and of paths; none when left out."),
            KeyDescription(
                "seed", .scalar(.integer(0...Int64.max)), summary: "Seed of the scenarios; 1 when left out."),
        ], exactlyOneOf: [["train", "test"], ["folds"]])
}

extension RunFileReader {
    /// The section `walk-forward`, as far as it could be read; nil without one.
    mutating func walkForward() -> WalkForwardSettings? {
        guard let node = root["walk-forward"] else { return nil }
        func span(_ key: String) -> Timespan? { node[key]?.text.flatMap { Timespan($0) } }
        func integer(_ key: String) -> Int64? { node[key]?.text.flatMap { ScalarRule.integer($0) } }
        let purge = span("purge") ?? .zero
        let embargo = node["embargo"]?.text.flatMap { Embargo($0) } ?? .none
        let scheme: FoldScheme
        if node["folds"] != nil {
            guard let folds = integer("folds") else { return nil }
            for key in ["step", "anchored"] {
                guard let stray = node[key] else { continue }
                check.refuse(
                    stray.place, "walk-forward.\(key)", "is for train and test, not for folds",
                    remedy: "leave it out")
            }
            scheme = .purgedKFold(KFoldScheme(folds: Int(folds), purge: purge, embargo: embargo))
        } else {
            guard let train = span("train"), let test = span("test") else { return nil }
            scheme = .walkForward(
                RollingScheme(
                    train: train, test: test, step: span("step"), purge: purge, embargo: embargo,
                    isAnchored: node["anchored"]?.text == "true"))
        }
        return WalkForwardSettings(
            scheme: scheme,
            choice: node["choose"]?.text.flatMap { FoldChoiceRule(rawValue: $0) } ?? .best,
            warmUp: span("warm-up"), scenarios: Int(integer("monte-carlo") ?? 0),
            seed: UInt64(clamping: integer("seed") ?? 1))
    }
}
