import Foundation
import TestServers
import Testing

/// The files in `Deploy/Environments` lead to a service that starts, once what they ask for is given.
@Suite(.timeLimit(.minutes(2)), .serialized) struct EnvironmentStartTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What the comment at the head of the file says must be given.
    private func given(_ environment: String, _ desk: ServedFolder) throws -> [String: String] {
        for name in ["ca.pem", "client.crt", "client.key"] { try desk.write(name, "PEM") }
        try desk.write("binance.json", #"{"api-key": "venue-key-value", "api-secret": "venue-secret-value"}"#)
        let path = desk.folder.path
        return [
            "TRADEWIND_ENVIRONMENT": environment,
            "TRADEWIND_FILES__ENVIRONMENTS": Self.project.appending(path: "Deploy/Environments").path,
            "TRADEWIND_EXECUTION__MODE": "paper",
            "TRADEWIND_DATABASE__URL": "postgres://trader@db.internal:5432/tradewind?sslmode=verify-full",
            "TRADEWIND_DATABASE__CA_FILE": path + "/ca.pem",
            "TRADEWIND_DATABASE__CERTIFICATE_FILE": path + "/client.crt",
            "TRADEWIND_DATABASE__KEY_FILE": path + "/client.key",
            "TRADEWIND_API__CORS_ORIGINS": "https://desk.tradewind.internal",
            "TRADEWIND_API__TOKEN": "a-token-value-that-nobody-guesses",
            "TRADEWIND_AUTH__SIGNING_KEYS": "a:b2Zhc3RlcmlvbmRldmVudG9zdXJtYXJlcXVpZXRvMDE=",
            "TRADEWIND_AUTH__AUDIT_KEY": "the-audit-key-value-of-our-desk",
            "TRADEWIND_VENUES__USE": "binance", "TRADEWIND_VENUES__BINANCE__SECRET_BACKEND": "file",
            "TRADEWIND_VENUES__BINANCE__SECRET_PATH": path + "/binance.json",
            // A venue's clock cannot be asked from here.
            "TRADEWIND_VENUES__BINANCE__URL": "http://127.0.0.1:9",
        ]
    }

    @Test(arguments: ["staging", "production"]) func aServiceStartsWhenAllIsGiven(_ environment: String)
        async throws
    {
        let desk = try ServedFolder()
        var variables = try given(environment, desk)
        variables["TRADEWIND_DATABASE__URL"] = "sqlite:///\(desk.folder.path)/tradewind.db"
        let check = try desk.run(["config", "check"], variables)
        #expect(check.status == 0, "\(check.text)")
        // Nobody changes the schema here but by the command.
        let early = try desk.run(["serve", "--set", "api.port=\(desk.port)"], variables)
        #expect(early.status != 0 && early.text.contains("migrate up"), "\(early.text)")
        let migration = try desk.run(["migrate", "up"], variables)
        #expect(migration.status == 0, "\(migration.text)")
        try await desk.serve(variables)
        #expect(try await desk.page("/health")["environment"] as? String == environment)
        #expect(try await desk.facts("binance")["usable"] as? Bool == true)
        #expect(try await desk.facts("auth")["usable"] as? Bool == true)
        #expect(desk.stop() == 0)
        #expect(try !(desk.said + desk.state()).contains(/(key|secret|token)-value/))
    }

    /// Each of them is needed: without it the start fails at the settings, in a moment, and names it.
    @Test(arguments: ["staging", "production"]) func eachOfThemIsNeeded(_ environment: String) throws {
        let desk = try ServedFolder()
        let all = try given(environment, desk)
        for name in [
            "EXECUTION__MODE", "DATABASE__URL", "DATABASE__CA_FILE", "API__CORS_ORIGINS", "API__TOKEN",
            "AUTH__SIGNING_KEYS", "AUTH__AUDIT_KEY",
        ] {
            var variables = all
            variables["TRADEWIND_" + name] = nil
            let outcome = try desk.run(["serve", "--set", "api.port=\(desk.port)"], variables)
            #expect(outcome.status == 78, "\(name): \(outcome.text)")
            let key = name.lowercased().replacing("__", with: ".").replacing("_", with: "-")
            #expect(outcome.text.contains("error: \(key):"), "\(name): \(outcome.text)")
        }
        // Files with secrets that others may read are refused.
        for name in ["client.key", "binance.json"] {
            let file = desk.folder.appendingPathComponent(name).path
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            let outcome = try desk.run(["serve", "--set", "api.port=\(desk.port)"], all)
            #expect(outcome.status == 78 && outcome.text.contains(name), "\(name): \(outcome.text)")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
    }
}
