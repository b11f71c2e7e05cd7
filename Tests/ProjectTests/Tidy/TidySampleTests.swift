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

    @Test func servicesMayTouchTheOutsideWorldYetFollowTheOtherRules() throws {
        let clock = try #require(TidyRule.all.first { $0.name == "ambient-clock" })
        let foundation = try #require(TidyRule.all.first { $0.name == "foundation" })
        let crash = try #require(TidyRule.all.first { $0.name == "crash" })
        let undocumented = try #require(TidyRule.all.first { $0.name == "undocumented" })
        let text = "import Foundation\npublic let a = Date()\nfatalError()"
        let service = SourceText(path: "Server/Sources/Operations/Health/A.swift", text: text)
        #expect(service.target == "Operations" && service.isOfServer && !service.isTest)
        #expect(clock.problems(in: service).isEmpty && foundation.problems(in: service).isEmpty)
        #expect(crash.problems(in: service).count == 1 && undocumented.problems(in: service).count == 1)
        let command = SourceText(path: "Server/Sources/tradewind-server/A.swift", text: text)
        #expect(crash.problems(in: command).count == 1 && undocumented.problems(in: command).isEmpty)
        let test = SourceText(path: "Server/Tests/OperationsTests/A.swift", text: text)
        #expect(test.isTest && crash.problems(in: test).isEmpty)
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
