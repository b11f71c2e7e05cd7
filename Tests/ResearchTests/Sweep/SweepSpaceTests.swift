import Research
import Strategies
import StrategyKit
import Testing
import Units

@Suite struct SweepSpaceTests {
    private func steps(_ from: String, _ to: String, _ step: String) -> [String]? {
        guard
            let levels = SweepAxis.steps(
                from: ExactDecimal(from)!, to: ExactDecimal(to)!, by: ExactDecimal(step)!)
        else { return nil }
        let axis = SweepAxis(parameter: "x", levels: levels)
        return (0..<axis.count).map(axis.text)
    }

    @Test func stepsAreExactAndEndWhereTheLastOneMeets() {
        #expect(steps("5", "9", "1") == ["5", "6", "7", "8", "9"])
        #expect(steps("30", "49", "5") == ["30", "35", "40", "45"])
        #expect(steps("0.1", "0.35", "0.05") == ["0.1", "0.15", "0.2", "0.25", "0.3", "0.35"])
        #expect(steps("-1", "1", "0.5") == ["-1", "-0.5", "0", "0.5", "1"])
        #expect(steps("7", "7", "3") == ["7"])
        #expect(steps("7", "6", "1") == nil)
        #expect(steps("7", "8", "0") == nil)
        #expect(steps("0", "100000000000000000000", "1") == nil)
    }

    @Test func combinationsAreNumberedWithTheFirstParameterSlowest() throws {
        let fixture = try SweepFixture()
        let space = fixture.sweep(.grid).space
        #expect(space.count == 96)
        #expect(space.levels(of: 0) == [0, 0] && space.levels(of: 1) == [0, 1])
        #expect(space.levels(of: 8) == [1, 0] && space.levels(of: 95) == [11, 7])
        let settings = space.variation(13).parameters
        #expect(settings.map(\.name) == ["fast", "slow"])
        #expect(settings.map(\.value) == [.number(ExactDecimal(3)), .number(ExactDecimal(26))])
        // fast 6, slow 6.
        #expect(space.problems(of: 32).map(\.name) == ["fast"])
        #expect(!space.isRefused)
        let refused = fixture.sweep(.grid, axes: [SweepFixture.axis("fast", 20, 25)]).space
        #expect(refused.isRefused && refused.problems(of: 5).count == 1)
    }

    @Test func aPlanThatIsTooLargeAsksForABudget() {
        func plan(_ counts: [Int], _ search: SweepSearch? = nil, _ budget: Int? = nil) -> SweepPlan {
            SweepPlan(
                axes: counts.map { SweepFixture.axis("x\($0)", 1, $0) }, search: search, budget: budget)
        }
        #expect(plan([1_000, 10_000]).problem?.remedy.contains("budget") == true)
        #expect(plan([1_000, 1_000]).problem == nil && plan([1_000, 1_000]).size == 1_000_000)
        #expect(plan([1_000, 10_000], nil, 50).problem == nil)
        #expect(plan([1_000, 10_000], nil, 50).search == .random)
        #expect(plan([10, 10], nil, 100).search == .grid)
        #expect(plan([10, 10], .grid, 99).problem != nil)
        #expect(plan([10, 10], .model, 99_999).problem == nil && plan([10, 10], .model, 99_999).size == 100)
        #expect(plan([1_000, 10_000], .model, 99_999).problem != nil)
        #expect(plan([1_000, 10_000], .model).size == SweepPlan.usualBudget)
        let huge = [Int](repeating: 1_000_000, count: 4)
        #expect(plan(huge, .random, 10).problem?.message.contains("numbered") == true)
    }
}
