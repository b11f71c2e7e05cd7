import Settings
import Testing

@Suite struct CredentialTests {
    @Test func aSectionNamesWhereItsSecretsAre() throws {
        let fixture = Fixture.local.with {
            $0.yaml = """
                venues:
                  kraken:
                    secret-backend: vault
                    secret-path-env: KRAKEN_VAULT_PATH
                    secret-key: credentials
                secrets:
                  vault: {address: "https://vault.internal:8200", token-file: .vault-token}
                """
            $0.environment["KRAKEN_VAULT_PATH"] = "secret/desk/kraken"
            $0["venues.kraken.api-key"] = "from the environment"
        }
        let credential = try #require(try fixture.load().settings.venues[.kraken]).credential
        #expect(credential.description.owner == "kraken")
        #expect(credential.description.required == ["api-key", "api-secret"])
        #expect(credential.description.variable(for: "api-secret") == "TRADEWIND_VENUES__KRAKEN__API_SECRET")
        #expect(
            credential.description.backend
                == BackendReference(adapter: "vault", path: "secret/desk/kraken", key: "credentials"))
        #expect(credential.given.keys.sorted() == ["api-key"])
        #expect(credential.isLocated("api-key") && credential.isLocated("api-secret"))
    }

    @Test func whatIsNeededIsWhatIsGivenWhatABackendHasAndWhatTheEnvironmentAsksFor() throws {
        func needed(_ fixture: Fixture) throws -> [String: [String]] {
            Dictionary(
                uniqueKeysWithValues: fixture.survey.settings.settings.neededCredentials.map {
                    ($0.owner.description, $0.credential.description.required)
                })
        }
        #expect(try needed(.local) == [:])
        #expect(
            try needed(Fixture.local.with { $0["api.token"] = "a-token-of-the-desk" }) == ["api": ["token"]])
        #expect(
            try needed(Fixture.local.with { $0["auth.signing-keys"] = Fixture.signingKeys })
                == ["auth": ["signing-keys"]])
        let backed = Fixture.local.with {
            $0["database.secret-backend"] = "file"
            $0["database.secret-path"] = "db.json"
            $0["venues.use"] = "okx"
        }
        #expect(
            try needed(backed) == [
                "database": ["password"], "okx": ["api-key", "api-secret", "passphrase"],
            ])
        #expect(
            try needed(.production) == [
                "api": ["token"], "auth": ["signing-keys", "audit-key"], "database": ["password"],
                "binance": ["api-key", "api-secret"],
            ])
    }

    @Test func aBackendSatisfiesWhatMustBeGiven() {
        let fixture = Fixture.production.with {
            $0["auth.signing-keys"] = nil
            $0["auth.audit-key"] = nil
            $0["auth.secret-backend"] = "file"
            $0["auth.secret-path"] = "/run/secrets/auth.json"
            $0.files["/run/secrets/auth.json"] = "{}"
            $0.files.modes["/run/secrets/auth.json"] = 0o440
        }
        #expect(fixture.problems == [])
    }

    @Test func halfADescriptionIsAProblem() {
        func marks(_ change: (inout Fixture) -> Void) -> [String] {
            Fixture.local.with(change).problems.map(\.mark)
        }
        #expect(marks { $0["venues.okx.secret-path"] = "x" } == ["missing-setting venues.okx.secret-backend"])
        #expect(
            marks { $0["venues.okx.secret-backend"] = "file" } == ["missing-setting venues.okx.secret-path"])
        #expect(
            marks {
                $0["venues.okx.secret-backend"] = "file"
                $0["venues.okx.secret-path-env"] = "NOWHERE"
            } == ["missing-setting venues.okx.secret-path-env"])
        #expect(
            marks {
                $0["venues.okx.secret-backend"] = "file"
                $0["venues.okx.secret-path"] = "x"
                $0["venues.okx.secret-path-env"] = "X"
                $0.environment["X"] = "y"
            } == ["contradicting-settings venues.okx.secret-path"])
        #expect(
            marks {
                $0["venues.okx.secret-backend"] = "file"
                $0["venues.okx.secret-path"] = "x"
                $0["venues.okx.field-mapping"] = "api-kay=k"
            } == ["unknown-setting venues.okx.field-mapping"])
        #expect(
            marks { $0["venues.okx.secret-backend"] = "paper" } == [
                "invalid-setting venues.okx.secret-backend"
            ])
    }

    @Test func theChainTakesKeysWithAndWithoutPrefix() throws {
        let digits = String(repeating: "0aF9", count: 16)
        for key in [digits, "0x" + digits] {
            #expect(Fixture.local.with { $0["chain.private-key"] = key }.problems == [])
        }
        for key in [digits + "0", "0y" + digits, String(digits.dropLast()) + "g"] {
            #expect(!Fixture.local.with { $0["chain.private-key"] = key }.problems.isEmpty)
        }
        #expect(Fixture.local.with { $0["chain.wallet-address"] = "0x" + digits.prefix(40) }.problems == [])
        #expect(
            !Fixture.local.with { $0["chain.wallet-address"] = String(digits.prefix(40)) }.problems.isEmpty)
    }
}
