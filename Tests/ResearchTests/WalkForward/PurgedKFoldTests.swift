import Research
import Testing
import Units

@Suite struct PurgedKFoldTests {
    /// The definition, observation by observation.
    private func trained(_ outcomes: [Int], _ test: Range<Int>, embargo: Int) -> [Int] {
        let lastOutcome = test.map { outcomes[$0] }.max()!
        return outcomes.indices.filter { index in
            if test.contains(index) { return false }
            if index < test.lowerBound { return outcomes[index] < test.lowerBound }
            return index > lastOutcome + embargo
        }
    }

    @Test func splitsAreTheDefinitionAppliedToEveryObservation() {
        for seed in 0..<UInt64(400) {
            var random = SplitMix64(seed: seed)
            let count = Int(random.integer(in: 2...60))
            let outcomes = (0..<count).map { min(count - 1, $0 + Int(random.integer(in: 0...6))) }
            let folds = Int(random.integer(in: 2...Int64(count)))
            let embargo = Int(random.integer(in: 0...5))
            let splits = PurgedKFold.splits(outcomes: outcomes, folds: folds) { $0 + embargo }
            #expect(splits.flatMap { Array($0.test) } == Array(0..<count), "each observation tested once")
            let sizes = splits.map(\.test.count)
            #expect(sizes.max()! - sizes.min()! <= 1 && sizes == sizes.sorted(by: >))
            for split in splits {
                let wanted = trained(outcomes, split.test, embargo: embargo)
                #expect(split.train.flatMap { Array($0) } == wanted, "seed \(seed), test \(split.test)")
                for (a, b) in zip(split.train, split.train.dropFirst()) {
                    #expect(a.upperBound < b.lowerBound)
                }
            }
        }
    }

    @Test func withoutOutcomesAndEmbargoAllOthersAreTrainedOn() {
        let splits = PurgedKFold.splits(outcomes: Array(0..<10), folds: 3)
        #expect(splits.map(\.test) == [0..<4, 4..<7, 7..<10])
        #expect(splits.map(\.train) == [[4..<10], [0..<4, 7..<10], [0..<7]])
    }

    /// `ceil(n x share)`, also where binary fractions would round up: 0.07 x 100 is 7, not 8.
    @Test(arguments: [
        ("7%", 100, 7), ("7%", 101, 8), ("1%", 1_000, 10), ("0.5%", 1, 1), ("0%", 50, 0), ("99.99%", 3, 3),
    ])
    func aShareIsRoundedUpExactly(_ text: String, _ count: Int, _ wanted: Int) throws {
        #expect(try #require(Embargo(text)).observations(of: count) == wanted)
    }

    @Test func embargoesAreReadAsTimeOrShare() {
        #expect(Embargo("2d") == .span(2 * .day))
        #expect(Embargo("1%")?.description == "0.01")
        for text in ["", "-1d", "100%", "-1%", "%", "1", "1 %", "1d%"] { #expect(Embargo(text) == nil) }
    }
}
