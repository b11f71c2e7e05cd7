import Foundation
import Settings
import Testing

@Suite struct ReferenceTests {
    /// Set to write the pages anew: `TRADEWIND_TEST_WRITE_REFERENCE=1 swift test --filter ReferenceTests`.
    private static let writes = ProcessInfo.processInfo.environment["TRADEWIND_TEST_WRITE_REFERENCE"] != nil

    private func compare(_ path: String, _ text: String) throws {
        if Self.writes {
            try text.write(
                to: ProjectFile.root.appendingPathComponent(path), atomically: true, encoding: .utf8)
        }
        let isSame = try ProjectFile.text(path) == text
        #expect(
            isSame,
            "\(path) is not what the settings declare; TRADEWIND_TEST_WRITE_REFERENCE=1 writes it anew")
    }

    @Test func thePageOfAllSettingsIsTrue() throws {
        try compare("Documentation/settings.md", SettingsReference.page())
    }

    @Test func theTemplateOfVariablesIsTrue() throws {
        try compare(".env.template", EnvironmentTemplate.text())
    }

    @Test func everySettingAndRuleIsOnThePage() {
        let page = SettingsReference.page()
        for setting in SettingsCatalogue.current.declarations {
            #expect(
                page.contains("| `\(setting.key)` | `\(setting.environmentVariable)` |"), "\(setting.key)")
        }
        for rule in SettingsRule.all { #expect(page.contains("| `\(rule.name)` |"), "\(rule.name)") }
    }

    @Test func thePageOfEarlierSystemsNamesOnlySettingsThatExist() throws {
        let page = try ProjectFile.text("Documentation/from-earlier-systems.md")
        let sections = Set(SettingsCatalogue.current.sections.map { $0.name.prefix { $0 != "." } })
        let words = page.split { character in
            !(character.isASCII && (character.isLowercase || character.isNumber || ".-".contains(character)))
        }
        let keys = words.filter {
            $0.contains(".") && !$0.hasSuffix(".") && !$0.hasSuffix(".log")
                && sections.contains($0.prefix { $0 != "." })
        }
        #expect(keys.count > 80)
        for key in keys { #expect(SettingsCatalogue.current[String(key)] != nil, "\(key)") }
    }
}
