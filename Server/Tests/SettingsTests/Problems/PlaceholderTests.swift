import Settings
import Testing

@Suite struct PlaceholderTests {
    private func codes(_ base: Fixture, _ key: String, _ value: String) -> [String] {
        base.with { $0[key] = value }.problems.map(\.mark)
    }

    @Test func whatATemplateLeavesBehindIsRefusedOutsideLocal() {
        let left = [
            "changeme", "CHANGE_ME", "change-me", "changeme-please-1234", "your-api-key",
            "YOUR_TOKEN_HERE_1234",
            "<token-goes-here>", "${API_TOKEN}", "{{ token }}", "xxxxxxxxxxxxxxxx", "****************",
            "secret",
            "password", "TODO", "replace-with-token", "placeholder", "insert-token-here",
        ]
        for value in left {
            #expect(codes(.production, "api.token", value) == ["placeholder-setting api.token"], "\(value)")
            #expect(codes(.ci, "api.token", value) == ["placeholder-setting api.token"], "\(value)")
        }
        let text = Fixture.production.with { $0["api.token"] = "changeme" }.problems.map(\.description)
            .joined()
        #expect(text.contains("TRADEWIND_API__TOKEN") && !text.lowercased().contains("changeme"))
    }

    @Test func passwordsInAddressesAndTextsAreLookedAtToo() {
        #expect(
            codes(.ci, "database.url", "postgres://desk:changeme@db/tradewind") == [
                "placeholder-setting database.url"
            ])
        #expect(
            codes(.ci, "database.url", "postgres://desk:postgres@db/tradewind") == [
                "placeholder-setting database.url"
            ])
        #expect(codes(.production, "auth.issuer", "<issuer>") == ["placeholder-setting auth.issuer"])
        #expect(
            codes(.production, "api.cors-origins", "https://a.internal,changeme").first?.hasPrefix(
                "placeholder") == true)
    }

    @Test func namesThatOnlyLookPoorAreAllowed() {
        #expect(codes(.production, "secrets.vault.mount", "secret") == [])
        #expect(codes(.production, "auth.audience", "test") == [])
        #expect(codes(.production, "api.token", "the-secret-of-the-desk-4711") == [])
        #expect(codes(.local, "api.token", "changeme-changeme") == [])
    }

    @Test func shortSecretsAreRefusedEverywhere() {
        #expect(codes(.local, "api.token", "fifteen-bytes-x") == ["invalid-setting api.token"])
        #expect(codes(.local, "api.token", "sixteen-bytes-xy") == [])
        #expect(codes(.production, "auth.audit-key", "fifteen-bytes-x") == ["invalid-setting auth.audit-key"])
    }
}
