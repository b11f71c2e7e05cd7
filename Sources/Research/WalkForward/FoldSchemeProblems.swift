internal import Units

extension FoldScheme {
    /// Everything that is wrong with it whatever the data.
    public var problems: [FoldProblem] {
        switch self {
        case .walkForward(let scheme): FoldScheme.problems(of: scheme)
        case .purgedKFold(let scheme): FoldScheme.problems(of: scheme)
        }
    }

    private static func problems(of scheme: RollingScheme) -> [FoldProblem] {
        var problems: [FoldProblem] = []
        for (key, span) in [("train", scheme.train), ("test", scheme.test), ("step", scheme.step)]
        where span <= .zero {
            problems.append(
                FoldProblem(key, "\(span) is no length of time", remedy: "give one such as 30d"))
        }
        problems += negative("purge", scheme.purge)
        switch scheme.embargo {
        case .span(let span): problems += negative("embargo", span)
        case .share(let share):
            problems.append(
                FoldProblem(
                    "embargo", "a share of the data (\(share)) is for k-fold; here it is a length of time",
                    remedy: "give one such as 1d"))
        }
        if scheme.step < scheme.test {
            problems.append(
                FoldProblem(
                    "step",
                    "\(scheme.step) is shorter than a test window, \(scheme.test): the test windows of "
                        + "neighbouring folds overlap, and their days would count twice",
                    remedy: "make step at least \(scheme.test), or leave it out"))
        }
        return problems
    }

    private static func problems(of scheme: KFoldScheme) -> [FoldProblem] {
        var problems: [FoldProblem] = []
        if scheme.folds < 2 {
            problems.append(
                FoldProblem(
                    "folds", "\(scheme.folds) leaves nothing to train on", remedy: "give 2 folds or more"))
        }
        problems += negative("purge", scheme.purge)
        switch scheme.embargo {
        case .span(let span): problems += negative("embargo", span)
        case .share(let share) where share.isNegative || share >= ExactDecimal(1):
            problems.append(
                FoldProblem(
                    "embargo", "\(share) is not a share from 0 up to 1", remedy: "give one such as 1%"))
        case .share: break
        }
        return problems
    }

    private static func negative(_ key: String, _ span: Timespan) -> [FoldProblem] {
        span < .zero ? [FoldProblem(key, "\(span) is negative", remedy: "give 0s or more")] : []
    }
}
