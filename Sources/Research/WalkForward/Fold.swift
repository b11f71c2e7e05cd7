/// One split: parameters are chosen on the training windows alone and judged on the test window alone.
public struct Fold: Hashable, Sendable {
    /// Number in order of time, from 1.
    public let number: Int
    /// Where parameters are chosen: one window, or in k-fold those before and after the test. In order of
    /// time, not touching the test window.
    public let train: [TimeWindow]
    /// Where the choice is judged.
    public let test: TimeWindow

    /// A split.
    public init(number: Int, train: [TimeWindow], test: TimeWindow) {
        precondition(!train.isEmpty, "a fold trains on something")
        precondition(train.allSatisfy { !$0.overlaps(test) }, "training does not touch the test")
        (self.number, self.train, self.test) = (number, train, test)
    }
}

/// All splits of some data.
public struct FoldPlan: Hashable, Sendable {
    /// How they were made.
    public let scheme: FoldScheme
    /// The splits in order of time; their test windows do not overlap. Never empty.
    public let folds: [Fold]
    /// Data after the last test window, too short for another fold; nil without.
    public let untested: TimeWindow?

    /// Splits.
    public init(scheme: FoldScheme, folds: [Fold], untested: TimeWindow?) {
        precondition(!folds.isEmpty, "a plan has a fold")
        (self.scheme, self.folds, self.untested) = (scheme, folds, untested)
    }
}

/// One reason why data cannot be split as asked.
public struct FoldProblem: Hashable, Sendable, CustomStringConvertible {
    /// What it is about: `train`, `test`, `step`, `purge`, `embargo`, `folds` or `warm-up`.
    public let key: String
    /// What is wrong, one sentence with the values.
    public let message: String
    /// What to do.
    public let remedy: String

    /// A reason.
    public init(_ key: String, _ message: String, remedy: String) {
        (self.key, self.message, self.remedy) = (key, message, remedy)
    }

    public var description: String { "\(key): \(message)" }
}

/// Every reason why data cannot be split as asked, at once.
public struct FoldPlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reasons; never empty.
    public let problems: [FoldProblem]

    /// An error of at least one reason.
    public init(_ problems: [FoldProblem]) {
        precondition(!problems.isEmpty, "an error has a reason")
        self.problems = problems
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
