import Testing

@Suite struct TidySampleTests {
    @Test(arguments: TidySample.all) func theRuleFiresOnBadSnippetsOnly(_ sample: TidySample) throws {
        let rule = try #require(TidyRule.all.first { $0.name == sample.rule })
        for snippet in sample.bad {
            let found = rule.problems(in: SourceText(path: sample.path, text: snippet))
            #expect(!found.isEmpty, "\(rule.name) is silent on:\n\(snippet)")
        }
        for snippet in sample.good {
            let found = rule.problems(in: SourceText(path: sample.path, text: snippet))
            #expect(found.isEmpty, "\(rule.name) fires on:\n\(snippet)")
        }
    }

    @Test func everyRuleHasSamples() {
        #expect(Set(TidyRule.all.map(\.name)) == Set(TidySample.all.map(\.rule)))
        #expect(TidySample.all.allSatisfy { !$0.bad.isEmpty && !$0.good.isEmpty })
    }

    @Test func commandsMayTouchTheOutsideWorldAndLibrariesMayNot() throws {
        let rule = try #require(TidyRule.all.first { $0.name == "ambient-clock" })
        let text = "let clock = ContinuousClock()"
        let library = SourceText(path: "Sources/Research/A.swift", text: text)
        let command = SourceText(path: "Sources/TradewindCommands/A.swift", text: text)
        #expect(rule.problems(in: library).count == 1)
        #expect(rule.problems(in: command).isEmpty)
    }

    @Test func aFindingNamesFileLineRuleAndAdvice() throws {
        let rule = try #require(TidyRule.all.first { $0.name == "swallowed-error" })
        let source = SourceText(path: "Sources/Units/A.swift", text: "let a = 1\nlet b = try? c()\n")
        #expect(
            rule.problems(in: source) == [
                "Sources/Units/A.swift:2: swallowed-error: handle the error or let it pass"
            ])
    }
}
