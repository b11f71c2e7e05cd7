import Markets
import Research
import Testing
import Units

@Suite struct FoldPlannerTests {
    private static let start: Int64 = 28_401_120  // 2024-01-01T00:00Z in minutes

    /// Hourly bars of some days.
    private func hours(_ days: Int, id: String = "test:spot:BTCUSDT", every minutes: Int64 = 60)
        -> MarketSeries
    {
        let rows = (0..<Int64(days) * 1_440 / minutes).map {
            [Self.start + $0 * minutes, 100, 110, 90, 100, 1]
        }
        return TestSeries.bars(id, rows, timeframe: .fixed(Int(minutes) * .minute))
    }

    private func day(_ number: Double) -> Instant {
        Instant(nanoseconds: Self.start * 60_000_000_000 + Int64(number * 86_400e9))
    }

    private func window(_ start: Double, _ end: Double) -> TimeWindow {
        TimeWindow(start: day(start), end: day(end))
    }

    private func plan(_ scheme: RollingScheme, days: Int = 100) throws -> FoldPlan {
        try FoldTimeline([hours(days)]).plan(.walkForward(scheme))
    }

    @Test func windowsRollForwardWithPurgeAndEmbargoBetweenThem() throws {
        let scheme = RollingScheme(
            train: 30 * .day, test: 10 * .day, step: 25 * .day, purge: 1 * .day, embargo: .span(2 * .day))
        let plan = try plan(scheme)
        #expect(plan.folds.map(\.number) == [1, 2, 3])
        #expect(plan.folds.map(\.train) == [[window(0, 30)], [window(25, 55)], [window(50, 80)]])
        #expect(plan.folds.map(\.test) == [window(33, 43), window(58, 68), window(83, 93)])
        #expect(plan.untested == window(93, 100))
    }

    @Test func anchoredTrainingGrowsFromTheFirstRow() throws {
        let plan = try plan(RollingScheme(train: 40 * .day, test: 20 * .day, isAnchored: true))
        #expect(plan.folds.map(\.train) == [[window(0, 40)], [window(0, 60)], [window(0, 80)]])
        #expect(plan.folds.map(\.test) == [window(40, 60), window(60, 80), window(80, 100)])
        #expect(plan.untested == nil)
    }

    @Test func theWindowOfTheRunLimitsTheFolds() throws {
        let timeline = try FoldTimeline([hours(100)], start: day(10), end: day(61.5))
        let plan = try timeline.plan(.walkForward(RollingScheme(train: 20 * .day, test: 20 * .day)))
        #expect(plan.folds.map(\.train) == [[window(10, 30)]])
        #expect(plan.untested == window(50, 61.5))
        #expect(throws: BacktestError.self) { try FoldTimeline([hours(10)], start: day(10)) }
    }

    @Test func noBarIsDividedByTheEndOfAWindow() throws {
        let series = [hours(20, id: "test:spot:ETHUSDT", every: 240), hours(20)]
        let timeline = try FoldTimeline(series)
        // Half an hour past the end of a bar of four hours, whose next one is open then.
        let scheme = RollingScheme(
            train: Timespan(nanoseconds: (5 * 24 + 2) * 3_600_000_000_000 + 1_800_000_000_000),
            test: 4 * .day, purge: .minute)
        let plan = try timeline.plan(.walkForward(scheme))
        #expect(plan.folds[0].train == [window(0, 5)])
        #expect(plan.folds[0].test == window(5 + 4.0 / 24, 9 + 4.0 / 24))
        for one in series {
            guard case .bars(let bars, _) = one.columns else { continue }
            let cuts = plan.folds.flatMap { $0.train + [$0.test] }.flatMap { [$0.start, $0.end] }
            for cut in cuts {
                for row in 0..<one.count {
                    #expect(bars.openTime[row] >= cut.nanoseconds || bars.closeTime[row] <= cut.nanoseconds)
                }
            }
        }
    }

    @Test func foldsNeverShareAMomentAndTrainingKeepsItsDistance() throws {
        var seen = 0
        for seed in 0..<UInt64(300) {
            var random = SplitMix64(seed: seed)
            func hours(_ range: ClosedRange<Int64>) -> Timespan {
                Timespan(nanoseconds: random.integer(in: range) * 1_800_000_000_000)
            }
            let timeline = try FoldTimeline([self.hours(20), self.hours(20, id: "b:spot:AB", every: 180)])
            let purge = hours(0...40)
            let embargo = hours(0...40)
            let test = hours(12...100)
            let rolls = random.next() & 1 == 0
            let scheme: FoldScheme =
                rolls
                ? .walkForward(
                    RollingScheme(
                        train: hours(12...200), test: test,
                        step: Timespan(nanoseconds: test.nanoseconds + hours(0...20).nanoseconds),
                        purge: purge,
                        embargo: .span(embargo), isAnchored: random.next() & 1 == 0))
                : .purgedKFold(
                    KFoldScheme(folds: Int(random.integer(in: 2...8)), purge: purge, embargo: .span(embargo)))
            guard let plan = try? timeline.plan(scheme) else { continue }
            seen += 1
            for (a, b) in zip(plan.folds, plan.folds.dropFirst()) { #expect(a.test.end <= b.test.start) }
            if !rolls { #expect(plan.folds[0].test.start == timeline.window.start) }
            for fold in plan.folds {
                for train in fold.train where train.end <= fold.test.start {
                    let gap = rolls ? embargo : .zero
                    #expect(train.end + purge + gap <= fold.test.start, "seed \(seed) \(fold)")
                }
                for train in fold.train where train.start >= fold.test.end {
                    #expect(!rolls && fold.test.end + purge + embargo <= train.start, "seed \(seed) \(fold)")
                }
            }
        }
        #expect(seen > 150)
    }

    // MARK: Refusals

    private func problems(_ scheme: FoldScheme, days: Int = 20) -> [FoldProblem] {
        do {
            _ = try FoldTimeline([hours(days)]).plan(scheme)
            return []
        } catch {
            return (error as? FoldPlanError)?.problems ?? []
        }
    }

    @Test func everyReasonAgainstAWalkForwardIsGivenAtOnce() {
        let found = problems(
            .walkForward(
                RollingScheme(
                    train: 30 * .day, test: 10 * .day, step: 5 * .day, purge: -1 * .day,
                    embargo: Embargo("1%")!)))
        #expect(found.map(\.key) == ["purge", "embargo", "step", "train"])
        #expect(found[2].message.contains("neighbouring folds overlap"))
        #expect(found[3].message.contains("one fold needs 40d"))
        #expect(found[3].message.contains("the data span 20d"))
        #expect(found.allSatisfy { !$0.remedy.isEmpty })
    }

    @Test func everyReasonAgainstKFoldIsGivenAtOnce() {
        let found = problems(
            .purgedKFold(KFoldScheme(folds: 481, purge: 15 * .day, embargo: .span(10 * .day))))
        #expect(found.map(\.key) == ["folds", "embargo"])
        #expect(
            found[0].message == "481 folds are more than the data, which have 480 distinct times to cut at")
        #expect(found[1].message.contains("leave nothing to train on"))
        #expect(problems(.purgedKFold(KFoldScheme(folds: 1))).map(\.key) == ["folds"])
        #expect(problems(.purgedKFold(KFoldScheme(folds: 480))) == [])
        let shares = problems(.purgedKFold(KFoldScheme(folds: 2, embargo: Embargo("60%")!)))
        #expect(shares.map(\.message).joined().contains("in fold 1"))
    }

    @Test func windowsInAHoleOfTheDataAreRefused() throws {
        let rows = (0..<Int64(20)).filter { !(8..<14).contains($0) }.map {
            [Self.start + $0 * 1_440, 100, 110, 90, 100, 1]
        }
        let timeline = try FoldTimeline([TestSeries.bars("test:spot:BTCUSDT", rows, timeframe: .fixed(.day))])
        let scheme = RollingScheme(train: 4 * .day, test: 2 * .day)
        let error = #expect(throws: FoldPlanError.self) { try timeline.plan(.walkForward(scheme)) }
        #expect(
            error?.problems[0].message.contains("fold 3 tests from 2024-01-09") == true, "\(error as Any)")
    }

    @Test func hostileLengthsEndInAReasonAndNeverInATrap() {
        let longest = Timespan(nanoseconds: .max)
        for span in [longest, Timespan(nanoseconds: 1), .zero, Timespan(nanoseconds: .min)] {
            for other in [longest, Timespan(nanoseconds: 1), .hour] {
                let scheme = RollingScheme(
                    train: span, test: other, step: other, purge: span, embargo: .span(other))
                #expect(!problems(.walkForward(scheme)).isEmpty)
                _ = problems(.purgedKFold(KFoldScheme(folds: 3, purge: span, embargo: .span(other))))
            }
        }
        #expect(problems(.purgedKFold(KFoldScheme(folds: .max))).count == 1)
        #expect(problems(.purgedKFold(KFoldScheme(folds: .min))).count == 1)
        let folds = problems(
            .walkForward(RollingScheme(train: .hour, test: .second, step: .second)))
        #expect(folds.map(\.key) == ["step"], "\(folds)")
    }
}
