import Foundation
import TestServers
import Testing

/// `tradewind kill-switch`, as the real executable does it.
@Suite(.timeLimit(.minutes(2)), .serialized) struct KillSwitchCommandTests {
    private let engage = ["kill-switch", "engage", "--reason", "the prices are wrong"]
    private let release = ["kill-switch", "release", "--reason", "the prices are right"]

    @Test func itLatchesAndSaysSo() throws {
        let desk = try ServedFolder()
        #expect(try desk.run(["kill-switch", "status"]).status == 0)
        #expect(try desk.run(engage).status == 0)
        let again = try desk.run(engage)
        #expect(again.status == 0 && again.text.contains("as before: engaged"), "\(again.text)")
        let status = try desk.run(["kill-switch", "status", "--json"])
        #expect(status.status == 1 && status.text.contains(#""reason":"the prices are wrong""#))
        #expect(try desk.run(release).status == 0)
        #expect(try desk.run(["kill-switch", "status"]).status == 0)
    }

    /// Trading is stopped even when the key of the audit is out of reach; it goes on only with the key.
    @Test func engagingWaitsForNoKey() throws {
        let desk = try ServedFolder()
        try desk.write("auth.json", #"{"audit-key": "an-audit-key-of-this-desk"}"#)
        var variables = [
            "TRADEWIND_ENVIRONMENT": "ci", "TRADEWIND_API__TOKEN": "a-token-that-nobody-guesses",
            "TRADEWIND_DATABASE__URL": "sqlite:///tradewind.db",
            "TRADEWIND_API__CORS_ORIGINS": "https://desk.tradewind.internal",
            "TRADEWIND_AUTH__SECRET_BACKEND": "file",
            "TRADEWIND_AUTH__SECRET_PATH": desk.folder.appendingPathComponent("auth.json").path,
            "TRADEWIND_AUTH__SIGNING_KEYS": "a:b2Zhc3RlcmlvbmRldmVudG9zdXJtYXJlcXVpZXRvMDE=",
        ]
        let signed = try desk.run(engage, variables)
        #expect(signed.status == 0 && !signed.text.contains("without a signature"), "\(signed.text)")
        #expect(try desk.run(release, variables).status == 0)
        variables["TRADEWIND_AUTH__SECRET_PATH"] = desk.folder.appendingPathComponent("gone.json").path
        let unsigned = try desk.run(engage, variables)
        #expect(unsigned.status == 0 && unsigned.text.contains("without a signature"), "\(unsigned.text)")
        let status = try desk.run(["kill-switch", "status"], variables)
        #expect(status.status == 1 && !status.text.contains("without a signature"), "\(status.text)")
        #expect(try desk.run(release, variables).status == 78)
        try desk.write("gone.json", #"{"another-key": "which-signs-nothing-here"}"#)
        let refused = try desk.run(release, variables)
        #expect(refused.status == 69 && refused.text.contains("key of the audit"), "\(refused.text)")
        #expect(try desk.run(["kill-switch", "status"], variables).status == 1)
    }

    /// Wrong settings do not keep anybody from stopping the trading, unless they hide where that is written.
    @Test func engagingWaitsForNoSettingButThatOfStorage() throws {
        let desk = try ServedFolder()
        let careless = try desk.run(engage + ["--set", "api.port=none"])
        #expect(careless.status == 0 && careless.text.contains("warning: api.port"), "\(careless.text)")
        #expect(try desk.run(release + ["--set", "api.port=none"]).status == 78)
        for doubt in ["database.url=oracle", "databse.url=sqlite:///other.db", "environment=prod"] {
            #expect(try desk.run(engage + ["--set", doubt]).status == 78, "\(doubt)")
        }
    }
}
