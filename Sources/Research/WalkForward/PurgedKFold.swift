/// Splits of observations into a test part and the training observations that know nothing of it.
///
/// Source: M. Lopez de Prado, "Advances in Financial Machine Learning", 2018, snippets 7.1 to 7.3.
public enum PurgedKFold {
    /// One split, by index of observation.
    public struct Split: Hashable, Sendable {
        /// The observations that are tested.
        public let test: Range<Int>
        /// Those that may be trained on: ascending runs, not touching each other.
        public let train: [Range<Int>]

        /// A split.
        public init(test: Range<Int>, train: [Range<Int>]) { (self.test, self.train) = (test, train) }
    }

    /// The splits of observations into parts of equal size; the first parts have one more where the numbers
    /// do not divide.
    ///
    /// An observation is trained on unless it is tested; or it stands before the test and its outcome is
    /// known only in or after it; or it stands behind the test, but before the last outcome of the test or
    /// within the embargo behind that.
    ///
    /// - Parameters:
    ///   - outcomes: for each observation, the last observation that its outcome needs: itself, or a later
    ///     one.
    ///   - folds: parts, 2 up to the number of observations.
    ///   - embargo: the first observation that may be trained on again, given the first one behind every
    ///     outcome of the test; not before it.
    public static func splits(
        outcomes: [Int], folds: Int, embargo: (Int) -> Int = { $0 }
    ) -> [Split] {
        let count = outcomes.count
        precondition(folds >= 2 && folds <= count, "2 folds up to one for each observation")
        precondition(
            outcomes.indices.allSatisfy { outcomes[$0] >= $0 && outcomes[$0] < count },
            "an outcome is not known before its observation")
        return (0..<folds).map { fold in
            let test = part(fold, of: count, folds)
            var train: [Range<Int>] = []
            var start: Int?
            for index in 0...test.lowerBound {
                if index < test.lowerBound && outcomes[index] < test.lowerBound {
                    start = start ?? index
                } else if let first = start {
                    train.append(first..<index)
                    start = nil
                }
            }
            let lastOutcome = outcomes[test].max() ?? test.upperBound - 1
            let resumed = embargo(lastOutcome + 1)
            precondition(resumed > lastOutcome, "an embargo does not shorten a purge")
            if resumed < count { train.append(resumed..<count) }
            return Split(test: test, train: train)
        }
    }

    /// Part `index` of `count` observations in `folds` parts.
    static func part(_ index: Int, of count: Int, _ folds: Int) -> Range<Int> {
        let (size, larger) = count.quotientAndRemainder(dividingBy: folds)
        let start = index * size + min(index, larger)
        return start..<(start + size + (index < larger ? 1 : 0))
    }
}
