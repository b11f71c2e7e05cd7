import Testing

@Suite(.leftToRelease)
struct TidyTests {
    @Test(arguments: TidyRule.all) func theTreeKeepsTheRule(_ rule: TidyRule) {
        let files = ProjectTree.everything
        #expect(ProjectTree.sources.count > 20 && ProjectTree.serverSources.count > 20)
        let problems = files.flatMap(rule.problems)
        #expect(problems.isEmpty, "\n\(problems.joined(separator: "\n"))")
    }

    @Test func everyExceptionIsStillNeeded() {
        let files = ProjectTree.everything
        for exception in TidyException.all {
            let rule = TidyRule.all.first { $0.name == exception.rule }
            let file = files.first { $0.path == exception.path }
            let findings = file.flatMap { rule?.find($0) } ?? []
            #expect(!findings.isEmpty, "\(exception.rule) holds in \(exception.path) without an exception")
            #expect(exception.reason.count > 10)
        }
    }

    @Test func switchedOffConcurrencyChecksAreCounted() {
        var found: [String: Int] = [:]
        for source in ProjectTree.sources + ProjectTree.serverSources {
            let count = TidyRule.unsafeLines(in: source).count
            if count > 0 { found[source.path] = count }
        }
        #expect(found == TidyException.uncheckedConcurrency)
    }
}
