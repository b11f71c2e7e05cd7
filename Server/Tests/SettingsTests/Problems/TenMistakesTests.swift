import Settings
import Testing

@Suite struct TenMistakesTests {
    /// A settings file with ten different mistakes.
    static let yaml = """
        api:
          prot: 8001
          host: "0.0.0.0:8000"
          port: 70000
          token: abcdefghijklmnop
          port: 8001
        database:
          url: mysql://desk@db/tradewind
        logging:
          level: loud
        health:
          interval: 30
        events: {lag-warning: 20000}
        venues:
          use: [binance, mtgox]
        supervisor:
          services: [api, api]
        """

    static let expected: [(line: Int, code: String, text: String)] = [
        (2, "unknown-setting", "api.prot"), (3, "invalid-setting", "api.host"),
        (4, "invalid-setting", "api.port"),
        (5, "exposed-secret", "api.token"), (6, "duplicate-setting", "first on line 4"),
        (8, "invalid-setting", "database.url"), (10, "invalid-setting", "one of trace, debug"),
        (12, "invalid-setting", "health.interval"), (13, "contradicting-settings", "events.lag-warning"),
        (15, "invalid-setting", "venues.use"), (17, "contradicting-settings", "supervisor.services"),
    ]

    @Test func eachMistakeIsOneItemWithFileAndLine() throws {
        let problems = Fixture.local.with { $0.yaml = Self.yaml }.problems
        #expect(problems.count == Self.expected.count)
        for (problem, expected) in zip(problems, Self.expected) {
            #expect(problem.file == "tradewind.yaml")
            #expect(problem.line == expected.line)
            #expect(problem.code.rawValue == expected.code)
            #expect(problem.description.contains(expected.text), "\(problem)")
            #expect(!problem.remedy.isEmpty)
        }
        let message = try #require(Fixture.local.with { $0.yaml = Self.yaml }.survey.problems).description
        #expect(message.split(separator: "\n").count == Self.expected.count)
        #expect(!message.contains("abcdefghijklmnop"))
    }

    @Test func eachItemSaysWhatWasFoundWhatIsAllowedAndWhatToDo() {
        let problems = Fixture.local.with { $0.yaml = Self.yaml }.problems.map(\.description)
        #expect(problems[0] == "tradewind.yaml:2: api.prot is no setting; did you mean api.port?")
        #expect(
            problems[2] == "tradewind.yaml:4: api.port: \"70000\" is not a whole number from 1 to 65535; "
                + "correct it; see config explain api.port")
        #expect(
            problems[7]
                == "tradewind.yaml:12: health.interval: \"30\" is not a time with its unit (ms, s, m, h, d) "
                + "from 1s to 1h; correct it; see config explain health.interval")
        let variable = Fixture.local.with { $0["api.port"] = "x" }.problems.map(\.description)
        #expect(
            variable == [
                "api.port: \"x\" is not a whole number from 1 to 65535 (environment variable "
                    + "TRADEWIND_API__PORT); "
                    + "correct it; see config explain api.port"
            ])
    }

    @Test func productionWithoutSettingsNamesAllThatIsMissing() {
        var fixture = Fixture.production
        fixture.environment = ["TRADEWIND_ENVIRONMENT": "production"]
        #expect(
            Set(fixture.problems.map(\.mark)) == [
                "missing-setting execution.mode", "missing-setting api.token",
                "missing-setting api.cors-origins",
                "missing-setting auth.signing-keys", "missing-setting auth.audit-key",
                "missing-setting database.url",
            ])
        #expect(Fixture.production.problems == [])
        #expect(Fixture.live.problems == [])
        #expect(Fixture.ci.problems == [])
        let ci = Fixture.ci.with { $0.environment = ["TRADEWIND_ENVIRONMENT": "ci"] }
        #expect(
            Set(ci.problems.map(\.mark)) == [
                "missing-setting api.token", "missing-setting auth.signing-keys",
            ])
    }
}
