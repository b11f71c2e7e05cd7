import Settings
import Testing

@Suite struct EnvironmentTemplateTests {
    private func fill(
        _ existing: String?, _ environment: [String: String] = [:]
    ) throws -> EnvironmentTemplate.Filled {
        try EnvironmentTemplate.fill(existing.map { Array($0.utf8) }, path: ".env", from: environment)
    }

    @Test func withoutAnythingItIsTheTemplateAndGivesNothing() throws {
        let filled = try fill(nil)
        #expect(filled.text == EnvironmentTemplate.text())
        #expect(filled.given == [])
        #expect(DotenvFile(Array(filled.text.utf8)).entries == [])
        #expect(filled.added.contains("TRADEWIND_VENUES__BINANCE__API_SECRET"))
        #expect(!filled.added.contains("TRADEWIND_ENVIRONMENT"))
    }

    @Test func valuesComeFromTheEnvironmentAndReadBackTheSame() throws {
        let values = [
            "TRADEWIND_API__PORT": "8123",
            "TRADEWIND_API__TOKEN": "a \"quoted\" $token\\with\neverything # in it'",
            "TRADEWIND_DATABASE__URL": "postgres://u:p%40@h:5/d?sslmode=require", "HOME": "/root",
            "TRADEWIND_API__HOST": "",
        ]
        let filled = try fill(nil, values)
        #expect(filled.given == ["TRADEWIND_API__PORT", "TRADEWIND_API__TOKEN", "TRADEWIND_DATABASE__URL"])
        let file = DotenvFile(Array(filled.text.utf8))
        #expect(file.faults == [])
        for entry in file.entries { #expect(entry.value == values[entry.name], "\(entry.name)") }
        #expect(file.entries.count == 3)
    }

    @Test func twiceIsOnce() throws {
        let values = ["TRADEWIND_API__PORT": "8123", "TRADEWIND_API__TOKEN": "sixteen bytes or more"]
        let once = try fill(nil, values)
        #expect(try fill(once.text, values).text == once.text)
        #expect(try fill(once.text, values).added == [])
        #expect(try fill(once.text, [:]).text == once.text)
    }

    @Test func whatIsThereStaysAndNewSettingsAreAdded() throws {
        let existing =
            "# mine\nTRADEWIND_API__PORT=8001 # kept\nOTHER='x'\nexport "
            + "TRADEWIND_API__HOST=\"::1\"\nTRADEWIND_API__TOKEN=\n"
        let filled = try fill(
            existing, ["TRADEWIND_API__PORT": "9999", "TRADEWIND_API__TOKEN": "given-by-the-host"])
        #expect(
            filled.text.hasPrefix(
                "# mine\nTRADEWIND_API__PORT=8001 # kept\nOTHER='x'\nexport TRADEWIND_API__HOST=\"::1\"\n"
                    + "TRADEWIND_API__TOKEN=given-by-the-host\n"))
        #expect(filled.given == ["TRADEWIND_API__TOKEN"])
        #expect(
            !filled.added.contains("TRADEWIND_API__PORT") && filled.added.contains("TRADEWIND_METRICS__PORT"))
        #expect(filled.text.contains("#TRADEWIND_METRICS__PORT=\n"))
    }

    @Test func aFileThatCannotBeReadIsLeftAlone() {
        #expect(throws: SettingsProblems.self) { try fill("TRADEWIND_API__PORT\n") }
    }
}
