import Events
import Operations
import Settings
import Testing
import Units

@Suite struct ServiceCredentialsTests {
    private let clock = ManualTime()
    private let audit = MemoryAudit()
    private let redactor = Redactor()

    private func credential(_ owner: SecretOwner, _ source: ScriptedSource) -> (
        SecretOwner, RotatingCredential
    ) {
        (
            owner,
            RotatingCredential(
                description: CredentialDescription(
                    owner: owner.description, required: ["api-key", "api-secret"],
                    backend: BackendReference(adapter: "vault", path: "trading/\(owner)")),
                resolver: source, time: clock.time, jitter: Jitter(SplitMix64(seed: 1)), audit: audit,
                redactor: redactor)
        )
    }

    @Test func theyAreFoundByTheirOwner() async throws {
        let (binance, okx) = (ScriptedSource(), ScriptedSource())
        okx.set { $0.key = "key-of-okx-value" }
        let all = ServiceCredentials([
            credential(.venue(.binance), binance), credential(.venue(.okx), okx), credential(.api, binance),
        ])
        #expect(all.owners == [.venue(.binance), .venue(.okx), .api])
        #expect(all[.database] == nil && all[.venue(.kraken)] == nil)
        let key = try await all[.venue(.okx)]?.current().credential.secret("api-key")
        #expect(key?.withText { $0 } == "key-of-okx-value")
        #expect(
            all.checks.map(\.name.text).sorted() == [
                "secrets-source-api", "secrets-source-binance", "secrets-source-okx",
            ])
    }

    @Test func theFirstReadingTellsOfEverySourceThatIsDown() async {
        let (good, bad) = (ScriptedSource(), ScriptedSource())
        bad.set { $0.error = ScriptedSource.down }
        let all = ServiceCredentials([
            credential(.api, bad), credential(.venue(.binance), good), credential(.venue(.okx), bad),
        ])
        let lacking = await all.readAll()
        #expect(lacking.map(\.owner) == [.api, .venue(.okx)])
        let text = SecretShortfall(items: lacking).description
        #expect(text.contains("the secrets of api cannot be read: vault trading/binance does not answer"))
        #expect(text.contains("start it"))
        #expect(audit.records.contains { $0.secret.owner == "binance" && $0.outcome == .read })
    }

    @Test func factsTellVersionAgeAndLeaseAndNoValue() async throws {
        let source = ScriptedSource()
        source.set { $0.lease = SecretLease(id: "l", duration: .seconds(600), isRenewable: true) }
        let all = ServiceCredentials([credential(.venue(.binance), source)])
        #expect(all.facts(at: clock.time.now()).compact.contains(#""usable":false,"version":null"#))
        _ = await all.readAll()
        clock.advance(.seconds(45))
        let text = all.facts(at: clock.time.now()).compact
        for part in [
            #""binance":{"usable":true,"version":"1","edition":1,"sources":["vault trading/binance"]"#,
            #""confirmed_seconds_ago":45"#,
            #""lease":{"seconds":600,"remaining_seconds":555,"renewable":true}"#,
        ] { #expect(text.contains(part), "\(part) in \(text)") }
        #expect(!text.contains("key-value"))
    }

    @Test func aSourceThatWasLostIsToldWithTheVersionAndTheLeaseThatGoOn() async throws {
        let source = ScriptedSource()
        source.set { $0.lease = SecretLease(id: "l", duration: .seconds(600), isRenewable: false) }
        let all = ServiceCredentials([credential(.venue(.binance), source)])
        _ = await all.readAll()
        source.set { $0.error = ScriptedSource.down }
        clock.advance(.seconds(20))
        let rotating = try #require(all[.venue(.binance)])
        _ = try await rotating.current()
        let reason = try #require(rotating.status.readiness.reason)
        #expect(reason.contains("version 1, last confirmed 2026-"), "\(reason)")
        #expect(reason.contains("with a lease of 600 s from 2026-"), "\(reason)")
        #expect(reason.hasSuffix("goes on"), "\(reason)")
    }
}
