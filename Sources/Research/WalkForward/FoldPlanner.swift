internal import Units

extension FoldTimeline {
    /// The most folds of a plan.
    public static let maximumFolds = 10_000

    /// Splits the timeline.
    ///
    /// Windows are cut where no bar is open: training ends at or before the moment that the scheme asks for,
    /// a test begins and ends at or after it, so that no bar belongs to two windows.
    ///
    /// - Throws: everything that keeps the scheme from being used on these data, at once.
    public func plan(_ scheme: FoldScheme) throws(FoldPlanError) -> FoldPlan {
        switch scheme {
        case .walkForward(let rolling): try rollingPlan(rolling)
        case .purgedKFold(let parts): try partsPlan(parts)
        }
    }

    // MARK: Walk-forward

    private func rollingPlan(_ scheme: RollingScheme) throws(FoldPlanError) -> FoldPlan {
        var problems = FoldScheme.walkForward(scheme).problems
        let gap = FoldTimeline.gap(of: scheme)
        let needed = FoldTimeline.sum([scheme.train, gap, scheme.test])
        if window.length < needed {
            problems.append(
                FoldProblem(
                    "train",
                    "one fold needs \(needed) (train \(scheme.train), purge and embargo \(gap), test "
                        + "\(scheme.test)), and the data span \(window.length), \(window)",
                    remedy: "shorten train, test, purge or embargo, or bring more data"))
        } else if scheme.step > .zero {
            let room = (window.length.nanoseconds - needed.nanoseconds) / scheme.step.nanoseconds
            if room >= Int64(FoldTimeline.maximumFolds) {
                problems.append(
                    FoldProblem(
                        "step",
                        "a step of \(scheme.step) makes \(room + 1) folds, the most is "
                            + "\(FoldTimeline.maximumFolds)",
                        remedy: "make step longer"))
            }
        }
        if !problems.isEmpty { throw FoldPlanError(problems) }
        return try rollingFolds(scheme, gap)
    }

    /// What lies between training and test.
    private static func gap(of scheme: RollingScheme) -> Timespan {
        guard case .span(let span) = scheme.embargo else { return max(.zero, scheme.purge) }
        return sum([max(.zero, scheme.purge), max(.zero, span)])
    }

    private func rollingFolds(_ scheme: RollingScheme, _ gap: Timespan) throws(FoldPlanError) -> FoldPlan {
        var folds: [Fold] = []
        var empty: [String] = []
        var shift = Timespan.zero
        var number = 1
        while true {
            let trainEnd = window.start + shift + scheme.train
            let testStart = trainEnd + gap
            let testEnd = testStart + scheme.test
            if testEnd > window.end { break }
            let start = scheme.isAnchored ? window.start : cut(atOrAfter: window.start + shift)
            let train = filled(start, cut(atOrBefore: trainEnd))
            let test = filled(cut(atOrAfter: testStart), min(window.end, cut(atOrAfter: testEnd)))
            if let train, let test {
                folds.append(Fold(number: number, train: [train], test: test))
            } else {
                empty.append(
                    "fold \(number) \(train == nil ? "trains" : "tests") from "
                        + "\(train == nil ? start : testStart)")
            }
            shift = FoldTimeline.sum([shift, scheme.step])
            number += 1
        }
        guard empty.isEmpty, let last = folds.last else {
            let shown = empty.prefix(3).joined(separator: ", ")
            let rest = empty.count > 3 ? " and \(empty.count - 3) more" : ""
            throw FoldPlanError([
                FoldProblem(
                    "test", "windows without a row of data: \(shown)\(rest)",
                    remedy: "make train and test longer than the gaps of the data and than a bar")
            ])
        }
        return FoldPlan(
            scheme: .walkForward(scheme), folds: folds, untested: filled(last.test.end, window.end))
    }

    /// A window, if it is one and holds rows.
    private func filled(_ start: Instant, _ end: Instant) -> TimeWindow? {
        guard start < end else { return nil }
        let window = TimeWindow(start: start, end: end)
        return holdsRows(window) ? window : nil
    }

    /// A sum of lengths of time that stops at the longest; negative ones count for nothing.
    private static func sum(_ spans: [Timespan]) -> Timespan {
        spans.reduce(.zero) { total, span in
            let (sum, overflow) = total.nanoseconds.addingReportingOverflow(
                max(0, span.nanoseconds))
            return Timespan(nanoseconds: overflow ? Int64.max : sum)
        }
    }

    // MARK: Purged k-fold

    private func partsPlan(_ scheme: KFoldScheme) throws(FoldPlanError) -> FoldPlan {
        var problems = FoldScheme.purgedKFold(scheme).problems
        let pieces = pieces
        let most = min(pieces.count, FoldTimeline.maximumFolds)
        if scheme.folds > most {
            problems.append(
                FoldProblem(
                    "folds",
                    pieces.count < scheme.folds
                        ? "\(scheme.folds) folds are more than the data, which have \(pieces.count) "
                            + "distinct times to cut at"
                        : "\(scheme.folds) folds are more than \(FoldTimeline.maximumFolds)",
                    remedy: "give at most \(most) folds"))
        }
        // What purge and embargo leave is told beside a wrong number of folds, for the nearest right one.
        let usable = min(max(2, scheme.folds), most)
        if usable >= 2, scheme.purge >= .zero { problems += eatenProblems(scheme, usable, pieces) }
        if !problems.isEmpty { throw FoldPlanError(problems) }
        return FoldPlan(scheme: .purgedKFold(scheme), folds: parts(scheme, pieces), untested: nil)
    }

    /// A decision of a piece may come at its end: its outcome is known `purge` after that.
    private func splits(_ scheme: KFoldScheme, _ folds: Int, _ pieces: [Int64]) -> [PurgedKFold.Split] {
        func first(_ from: Int, notBefore moment: Instant) -> Int {
            var (low, high) = (from, pieces.count)
            while low < high {
                let middle = (low + high) / 2
                if pieces[middle] < moment.nanoseconds { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let outcomes = pieces.indices.map { index in
            guard index + 1 < pieces.count else { return index }
            let known = Instant(nanoseconds: pieces[index + 1]) + scheme.purge
            return max(index, first(index + 1, notBefore: known) - 1)
        }
        let share = scheme.embargo.observations(of: pieces.count)
        return PurgedKFold.splits(outcomes: outcomes, folds: folds) { resumed in
            if let share { return resumed + share }
            guard resumed < pieces.count, case .span(let span) = scheme.embargo else { return resumed }
            return first(resumed, notBefore: Instant(nanoseconds: pieces[resumed]) + span)
        }
    }

    private func eatenProblems(_ scheme: KFoldScheme, _ folds: Int, _ pieces: [Int64]) -> [FoldProblem] {
        let splits = splits(scheme, folds, pieces)
        let eaten = splits.indices.filter { splits[$0].train.isEmpty }
        guard let first = eaten.first else { return [] }
        let more = eaten.count > 1 ? " and \(eaten.count - 1) more" : ""
        let which = eaten.count == folds ? "any fold" : "fold \(first + 1)" + more
        return [
            FoldProblem(
                "embargo",
                "purge \(scheme.purge) and embargo \(scheme.embargo) leave nothing to train on in \(which)",
                remedy: "shorten purge or embargo, or take other folds")
        ]
    }

    private func parts(_ scheme: KFoldScheme, _ pieces: [Int64]) -> [Fold] {
        splits(scheme, scheme.folds, pieces).enumerated().map { index, split in
            Fold(
                number: index + 1, train: split.train.map { span(of: $0, pieces) },
                test: span(of: split.test, pieces))
        }
    }

    /// From the first moment of a run of pieces to that of the first behind it.
    private func span(of run: Range<Int>, _ pieces: [Int64]) -> TimeWindow {
        let end = run.upperBound < pieces.count ? Instant(nanoseconds: pieces[run.upperBound]) : window.end
        return TimeWindow(start: Instant(nanoseconds: pieces[run.lowerBound]), end: end)
    }
}
