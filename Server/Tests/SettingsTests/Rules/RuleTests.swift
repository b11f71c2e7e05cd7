import Settings
import Testing

@Suite struct RuleTests {
    @Test func everyRuleIsBrokenBySomeCase() {
        let covered = Set(RuleCases.all.map(\.rule))
        #expect(SettingsRule.all.map(\.name).filter { !covered.contains($0) } == [])
        #expect(Set(SettingsRule.all.map(\.name)).count == SettingsRule.all.count)
    }

    @Test func aBrokenRuleIsReportedOnceWithAllThatFollowsFromIt() {
        for mistake in RuleCases.all {
            let found = mistake.fixture.problems.map(\.mark)
            #expect(
                found.sorted() == mistake.expected.sorted(), "\(mistake.rule): \(mistake.fixture.problems)")
        }
    }

    @Test func everyProblemNamesARemedyAndAPlaceWhereThereIsOne() {
        for problem in RuleCases.all.flatMap(\.fixture.problems) {
            #expect(!problem.remedy.isEmpty)
            if problem.code != .missing && problem.code != .file {
                #expect(problem.origin != nil, "\(problem)")
            }
        }
    }

    @Test func rulesAreSentencesAboutSettingsThatExist() {
        let names = Set(SettingsCatalogue.current.sections.map { $0.name.split(separator: ".")[0] })
        for rule in SettingsRule.all {
            #expect(rule.sentence.hasSuffix("."), "\(rule.name)")
            for word in rule.sentence.split(whereSeparator: { !($0.isLetter || $0 == "." || $0 == "-") }) {
                let key = word.hasSuffix(".") ? word.dropLast() : word
                guard key.contains("."), names.contains(key.split(separator: ".")[0]) else { continue }
                #expect(SettingsCatalogue.current[String(key)] != nil, "\(rule.name) names \(key)")
            }
        }
    }

    @Test func aRunMayAskForLessButNotForMore() throws {
        let paper = try Fixture.production.load()
        try paper.admit(.backtest)
        try paper.admit(.paper)
        #expect(throws: SettingsProblems.self) { try paper.admit(.live) }
        let live = try Fixture.live.load()
        try live.admit(.live)
        // A forced backtest stays one, whatever the settings file says about live trading.
        let forced = try Fixture.live.with { $0.arguments = ["execution.mode=backtest"] }.load()
        #expect(forced.settings.execution.mode == .backtest)
        #expect(throws: SettingsProblems.self) { try forced.admit(.live) }
    }
}
