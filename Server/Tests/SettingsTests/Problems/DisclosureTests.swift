import Settings
import Testing

@Suite struct DisclosureTests {
    @Test func aSecretInTheWrongPlaceIsNotShown() {
        let token = "sk9f8a7b6c5d4e3f2a1b0c9d"
        let fixtures = [
            Fixture.local.with { $0["api.port"] = token },
            Fixture.local.with { $0["logging.level"] = "x=\(token)" },
            Fixture.local.with { $0.environment["TRADEWIND_\(token.uppercased())"] = "1" },
            Fixture.local.with { $0.environment["TRADEWIND_API__TOKN"] = token },
            Fixture.local.with { $0.yaml = "\(token): 1" },
            Fixture.local.with { $0.yaml = "api: {cors-origins: [\(token)]}" },
            Fixture.local.with { $0.yaml = "api:\n  \(token)" },
            Fixture.local.with { $0.dotenv = "\(token)\n" },
            Fixture.local.with { $0.dotenv = "TRADEWIND_API__TOKEN='\(token)" },
            Fixture.local.with { $0.arguments = [token] },
            Fixture.local.with { $0.arguments = ["\(token)=1"] },
            Fixture.local.with { $0.arguments = ["files.settings=\(token)"] },
            Fixture.local.with { $0["database.url"] = "postgres://u:\(token)@h" },
            Fixture.local.with { $0["secrets.vault.address"] = "ftp://u:\(token)@h" },
        ]
        for (index, fixture) in fixtures.enumerated() {
            let text = fixture.problems.map(\.description).joined(separator: "\n")
            #expect(!text.isEmpty, "case \(index)")
            #expect(!text.lowercased().contains(token), "case \(index): \(text)")
        }
    }

    @Test func aKnownSecretIsNotShownElsewhereEither() {
        let fixture = Fixture.local.with {
            $0["api.token"] = "correct horse battery"
            $0["logging.level"] = "correct horse battery"
        }
        let text = fixture.problems.map(\.description).joined()
        #expect(text.contains("logging.level"))
        #expect(!text.contains("horse"))
    }

    /// A line of a secret that ran into the one before it, under a name that is written wrongly.
    @Test func aLineThatRanIntoAnotherIsNotShown() {
        let fixture = Fixture.local.with {
            $0.dotenv = "TRADEWIND_LIVE__ENABLED=falseTRADAWIND_VENUES__DELTA__API_SECRET = \"s3 cr et\"\n"
        }
        let text = fixture.problems.map(\.description).joined()
        #expect(text.contains("live.enabled") && !text.contains("s3 cr et"), "\(text)")
    }

    @Test func whatIsShownHasNoControlCharactersAndAnEnd() {
        let fixture = Fixture.local.with {
            $0["logging.level"] = "a\u{1B}[31m\nb\u{202E}" + String(repeating: "z", count: 500)
        }
        let text = fixture.problems.map(\.description).joined()
        #expect(text.contains("\\u{1b}") && text.contains("\\u{202e}") && text.contains("..."))
        #expect(!text.contains("\u{1B}"))
        #expect(text.count < 400)
    }

    @Test func passwordsOfAddressesAreLeftOut() throws {
        let loaded = try Fixture.local.with {
            $0["database.url"] = "postgresql+asyncpg://desk:p%40ss@db.internal/tradewind?sslmode=prefer"
            $0["redis.url"] = "rediss://:hunter2@cache.internal:6380/0"
        }.load()
        #expect(
            loaded.provenance["database.url"]?.shown
                == "\"postgres://desk:<secret>@db.internal:5432/tradewind?sslmode=prefer\"")
        #expect(loaded.provenance["redis.url"]?.shown == "\"rediss://:<secret>@cache.internal:6380/0\"")
        #expect(loaded.settings.database.url.password?.secret.matches(Secret("p@ss")) == true)
        #expect(loaded.settings.redis.url?.password?.secret.matches(Secret("hunter2")) == true)
        var known: [String] = []
        for secret in loaded.knownSecrets { secret.withText { known.append($0) } }
        #expect(known.sorted() == ["hunter2", "p%40ss", "p@ss"])
    }

    @Test func secretsAreNeverInProvenance() throws {
        let loaded = try Fixture.production.load()
        #expect(loaded.provenance["api.token"]?.shown == "(hidden)")
        let all = loaded.provenance.values.compactMap(\.shown).joined(separator: "\n")
        for key in ["api.token", "auth.signing-keys", "auth.audit-key", "database.password"] {
            let value = try #require(Fixture.production[key])
            #expect(!all.contains(value))
        }
    }
}
