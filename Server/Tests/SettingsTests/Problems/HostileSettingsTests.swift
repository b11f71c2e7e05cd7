import Foundation
import Settings
import Testing
import Units

/// Random settings with secrets planted everywhere: nothing crashes, and no output holds a secret.
@Suite struct HostileSettingsTests {
    #if DEBUG
    private static let rounds = 300
    #else
    private static let isLong = ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"
    private static let rounds = isLong ? 10_000 : 2_000
    #endif

    @Test func noSecretIsInAnyOutput() {
        var wrong = 0
        var right = 0
        for round in 0..<Self.rounds {
            var source = HostileSource(seed: 0x5E77_1265 &+ UInt64(round))
            let fixture = source.fixture()
            let survey = fixture.survey
            let output = HostileOutput.all(survey, isDumped: round % 16 == 0)
            if survey.problems == nil { right += 1 } else { wrong += 1 }
            for secret in source.secrets where output.contains(secret) {
                let line = output.split(separator: "\n").first { $0.contains(secret) } ?? ""
                Issue.record("round \(round): \(secret) is in the output: \(line.prefix(300))")
                return
            }
        }
        // Both kinds must be met, or the test shows nothing.
        #expect(wrong > Self.rounds / 10)
        #expect(right > Self.rounds / 100)
    }

    @Test func randomBytesAreSurvived() {
        var random = SplitMix64(seed: 77)
        for _ in 0..<Self.rounds / 4 {
            var fixture = Fixture.local
            func bytes(_ count: Int) -> [UInt8] {
                (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            }
            fixture.files.contents["tradewind.yaml"] = .bytes(bytes(Int(random.next() % 200)))
            fixture.files.contents[".env"] = .bytes(bytes(Int(random.next() % 200)))
            fixture.arguments = [String(decoding: bytes(12), as: UTF8.self)]
            _ = HostileOutput.all(fixture.survey, isDumped: false)
        }
    }
}

/// Everything that a person or a program can get to see.
enum HostileOutput {
    static func all(_ survey: SettingsSurvey, isDumped: Bool) -> String {
        var texts =
            survey.problems.map { problems in
                [problems.description, "\(problems)", String(reflecting: problems)]
                    + problems.problems.flatMap { [$0.sentence, $0.remedy, $0.file ?? "", $0.description] }
            } ?? []
        texts += survey.settings.notes
        for provenance in survey.settings.provenance.values where provenance.origin != .builtIn {
            texts.append("\(provenance)")
            texts += provenance.overridden.map { "\($0.origin) \($0.shown)" }
        }
        for key in ["api.port", "api.token", "database.url", "logging.level"] {
            texts.append(SettingsExplanation(of: key, in: survey.settings)?.text ?? "")
        }
        // Also what a careless print of typed settings would show.
        guard isDumped else { return texts.joined(separator: "\n") }
        var dumped = ""
        let settings = survey.settings.settings
        dump(settings.database.url, to: &dumped)
        dump(settings.redis.url, to: &dumped)
        dump(settings.secrets.vault.address, to: &dumped)
        for given in [
            settings.api.credential.given, settings.database.credential.given,
            settings.chain.credential.given,
        ] {
            dump(given, to: &dumped)
        }
        for venue in settings.venues.all.values { dump(venue.credential.given, to: &dumped) }
        return (texts + [dumped, "\(survey.settings.knownSecrets)"]).joined(separator: "\n")
    }
}
