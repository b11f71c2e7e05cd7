import Settings
import Testing

@Suite struct CatalogueTests {
    private let declarations = SettingsCatalogue.current.declarations

    @Test func everyBuiltInValueIsAllowed() {
        for setting in declarations where setting.key != "environment" && setting.section != "files" {
            guard let fallback = setting.fallback else { continue }
            let fixture = Fixture.local.with { $0[setting.key] = fallback }
            #expect(fixture.survey.problems?.problems.map(\.description) ?? [] == [], "\(setting.key)")
            #expect(fixture.survey.settings.provenance[setting.key]?.origin != .builtIn)
        }
    }

    @Test func keysAndVariablesMapOneToOne() {
        #expect(Set(declarations.map(\.key)).count == declarations.count)
        #expect(Set(declarations.map(\.environmentVariable)).count == declarations.count)
        #expect(
            SettingKey.environmentVariable(for: "venues.binance.api-key")
                == "TRADEWIND_VENUES__BINANCE__API_KEY")
        #expect(SettingKey.environmentVariable(for: "environment") == "TRADEWIND_ENVIRONMENT")
        for setting in declarations {
            let isKebab = setting.key.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D || $0 == 0x2E
            }
            #expect(isKebab && !setting.key.contains("--") && !setting.key.contains(".."), "\(setting.key)")
        }
    }

    @Test func everySettingIsDocumentedAndRead() {
        for setting in declarations {
            #expect(setting.summary.hasSuffix("."), "\(setting.key): \(setting.summary)")
            #expect(!setting.services.isEmpty, "\(setting.key)")
            #expect(!setting.shape.allowed.isEmpty)
        }
        let sections = Set(declarations.map(\.section)).subtracting([""])
        let named = Set(SettingsCatalogue.current.sections.map(\.name))
        #expect(sections.subtracting(named) == [])
    }

    @Test func noSecretHasABuiltInValueAndNothingNeededOutsideLocalIsASecretInDisguise() {
        for setting in declarations where setting.shape.isSecret {
            #expect(setting.fallback == nil, "\(setting.key)")
        }
        let names = ["token", "secret", "password", "passphrase", "private-key", "signing-keys"]
        for setting in declarations {
            let name = setting.key.split(separator: ".").last.map(String.init) ?? ""
            if names.contains(name) { #expect(setting.shape.isSecret, "\(setting.key)") }
        }
    }

    @Test func valuesAtTheEdgesOfTheirRanges() {
        for setting in declarations {
            let bounds: [(String, Bool)]
            switch setting.shape {
            case .integer(let range):
                bounds = [
                    ("\(range.lowerBound)", true), ("\(range.upperBound)", true),
                    ("\(range.upperBound + 1)", false),
                    ("\(range.lowerBound - 1)", false), ("1.5", false), ("+1", false), ("0x1", false),
                    (" 1", false),
                ]
            case .duration(let range):
                bounds = [
                    ("\(range.lowerBound)ms", true), ("\(range.upperBound)ms", true),
                    ("\(range.upperBound + 1)ms", false),
                    ("-1s", false), ("1", false), ("1.5s", false), ("99999999999999999999d", false),
                    ("9223372036854775807d", false),
                ]
            case .size(let range):
                bounds = [
                    ("\(range.lowerBound)", true), ("\(range.upperBound)", true),
                    ("\(range.upperBound + 1)", false),
                    ("1KB", false), ("9223372036854775807GiB", false), ("-1", false),
                ]
            case .decimal(let minimum, let maximum):
                bounds = [
                    (minimum, true), (maximum, true), (maximum + "1", false), ("-1", false), ("nan", false),
                    ("1e999", false),
                ]
            case .boolean:
                bounds = [("true", true), ("false", true), ("yes", false), ("1", false), ("TRUE", false)]
            default: continue
            }
            for (text, isAllowed) in bounds {
                let problems = Fixture.local.with { $0[setting.key] = text }.problems
                let isInvalid = problems.contains { $0.mark == "invalid-setting \(setting.key)" }
                #expect(isInvalid == !isAllowed, "\(setting.key)=\(text)")
            }
        }
    }

    @Test func explanationsSayEverything() throws {
        let loaded = try Fixture.local.with { $0["api.port"] = "8123" }.load()
        let text = try #require(SettingsExplanation(of: "TRADEWIND_API__PORT", in: loaded)).text
        for part in [
            "api.port", "TRADEWIND_API__PORT", "a whole number from 1 to 65535", "8000", "\"8123\"",
            "environment variable TRADEWIND_API__PORT", "metrics.port",
        ] { #expect(text.contains(part), "\(part) in \(text)") }
        #expect(SettingsExplanation(of: "api.prt", in: loaded) == nil)
    }
}
