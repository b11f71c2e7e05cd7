import Foundation
import TestServers
import Testing

/// The secrets of a running service: the real executable over files and over a real OpenBao.
@Suite(.timeLimit(.minutes(3)), .serialized) struct ServeSecretsTests {
    private static let settings = """
        venues:
          use: [binance]
          binance: {secret-backend: vault, secret-path: trading/binance}
        api: {secret-backend: file, secret-path: api.json}
        """

    private func put(_ server: ServerProcess, _ word: String) async throws {
        let (_, status) = try await HTTPQuestion.send(
            "POST", "\(server.address)/v1/secret/data/trading/binance", headers: ["X-Vault-Token": "root"],
            body: "{\"data\": {\"api-key\": \"\(word)-key-value\", \"api-secret\": \"\(word)-secret-value\"}}"
        )
        try #require(status == 200)
    }

    @Test func aFileIsTakenUpWithoutARequestAndItsLossIsTold() async throws {
        let desk = try ServedFolder()
        try desk.write(
            "tradewind.yaml",
            """
            venues:
              use: [binance, okx]
              binance: {secret-backend: file, secret-path: keys.json}
            """)
        try desk.write("keys.json", #"{"api-key": "first-key-value", "api-secret": "first-secret-value"}"#)
        let variables = ["TRADEWIND_API__TOKEN": "the-token-value-of-the-api"]
        try await desk.serve(variables)
        #expect(try await desk.reason("binance") == nil)
        #expect(try await desk.facts("api")["sources"] as? [String] == ["environment TRADEWIND_API__TOKEN"])
        let first = try #require(try await desk.facts("binance")["version"] as? String)
        // Nobody has keys for this venue, and in local nobody must: it is not shown.
        #expect(try await desk.page("/ready")["checks"].map { "\($0)".contains("okx") } == false)
        try desk.write("keys.json", #"{"api-key": "second-key-value", "api-secret": "second-secret-value"}"#)
        try await desk.wait(.seconds(5), "the new file was not taken up") {
            try await desk.facts("binance")["edition"] as? Int == 2
        }
        #expect(try await desk.facts("binance")["version"] as? String != first)
        try desk.write("keys.json", #"{"api-key": "third-key-val"#)
        try await desk.wait(.seconds(5), "nobody noticed the broken file") {
            try await desk.reason("binance")?.contains("does not hold a JSON object") == true
        }
        try FileManager.default.removeItem(at: desk.folder.appendingPathComponent("keys.json"))
        try await desk.wait(.seconds(5), "nobody noticed that the file is gone") {
            try await desk.reason("binance")?.contains("No such file") == true
        }
        #expect(try await desk.reason("binance")?.contains("goes on") == true)
        #expect(try await desk.facts("binance")["usable"] as? Bool == true)
        try desk.write("keys.json", #"{"api-key": "fourth-key-value", "api-secret": "fourth-secret-value"}"#)
        try await desk.wait(.seconds(5), "the file that came back was not taken up") {
            try await desk.reason("binance") == nil
        }
        #expect(desk.stop() == 0)
        #expect(desk.said.contains("the secrets of binance are rotated"))
        #expect(try !(desk.said + desk.state()).contains(/(key|secret|token)-val/))
        #expect(try desk.state().contains("kept_last_good"))
    }

    @Test(.enabled(if: ServerTools.path(of: "bao") != nil, Comment(rawValue: ServerTools.absence)))
    func aServiceFollowsOpenBaoThroughRotationLossAndReturn() async throws {
        let desk = try ServedFolder()
        try desk.write("tradewind.yaml", Self.settings)
        try desk.write("api.json", #"{"token": "the-token-value-of-the-api"}"#)
        let port = ServerProcess.freePort()
        let variables = [
            "TRADEWIND_SECRETS__VAULT__ADDRESS": "http://127.0.0.1:\(port)",
            "TRADEWIND_SECRETS__VAULT__TOKEN": "root", "TRADEWIND_SECRETS__REFRESH_INTERVAL": "300ms",
        ]
        // Local starts without the source, says so, and takes the secrets up when they come.
        try await desk.serve(variables)
        #expect(try await desk.reason("binance")?.contains("there is no value to go on with") == true)
        #expect(try await desk.reason("api") == nil)
        #expect(desk.log.contains("the service starts without them and goes on trying"))
        var server = try #require(try await ServerProcess.openBao(port: port))
        defer { server.stop() }
        try await put(server, "first")
        try await desk.wait(.seconds(10), "the secrets were not taken up") {
            try await desk.reason("binance") == nil
        }
        #expect(try await desk.facts("binance")["version"] as? String == "1")
        try await put(server, "second")
        // Within the interval that was set; the built-in one is much longer.
        try await desk.wait(.seconds(4), "secrets.refresh-interval is not gone by") {
            try await desk.facts("binance")["version"] as? String == "2"
        }
        server.stop()
        try await desk.wait(.seconds(10), "nobody noticed that the source is gone") {
            try await desk.reason("binance") != nil
        }
        let reason = try #require(try await desk.reason("binance"))
        #expect(reason.contains("vault trading/binance") && reason.contains("version 2 of 20"), "\(reason)")
        #expect(reason.hasSuffix("goes on"), "\(reason)")
        let facts = try await desk.facts("binance")
        #expect(facts["usable"] as? Bool == true && facts["age_seconds"] as? Int != nil)
        #expect(try await desk.page("/ready")["status"] as? String == "not_ready")
        server = try #require(try await ServerProcess.openBao(port: port))
        try await put(server, "third")
        try await desk.wait(.seconds(10), "the source that came back was not taken up") {
            let isReady = try await desk.reason("binance") == nil
            return try await desk.facts("binance")["edition"] as? Int == 3 && isReady
        }
        #expect(desk.stop() == 0)
        #expect(try !(desk.said + desk.state()).contains(/(key|secret|token)-value/))
    }

    @Test(.enabled(if: ServerTools.path(of: "bao") != nil, Comment(rawValue: ServerTools.absence)))
    func theCommandRotateReachesTheRunningService() async throws {
        let server = try #require(try await ServerProcess.openBao())
        defer { server.stop() }
        try await put(server, "first")
        let desk = try ServedFolder()
        try desk.write("tradewind.yaml", Self.settings)
        try desk.write("api.json", #"{"token": "the-token-value-of-the-api"}"#)
        let variables = [
            "TRADEWIND_SECRETS__VAULT__ADDRESS": server.address, "TRADEWIND_SECRETS__VAULT__TOKEN": "root",
            "TRADEWIND_SECRETS__REFRESH_INTERVAL": "1h",
        ]
        try await desk.serve(variables)
        #expect(try await desk.facts("binance")["version"] as? String == "1")
        try await put(server, "second")
        try await Task.sleep(for: .seconds(2))
        #expect(try await desk.facts("binance")["version"] as? String == "1", "nobody asked for it yet")
        let rotated = try desk.run(["secrets", "rotate"], variables)
        #expect(
            rotated.status == 0 && rotated.text.contains("binance/api-key has changed"), "\(rotated.text)")
        try await desk.wait(.seconds(5), "the service did not read its secrets again") {
            try await desk.facts("binance")["version"] as? String == "2"
        }
        #expect(desk.stop() == 0)
        #expect(try !(desk.said + desk.state()).contains(/(key|secret|token)-value/))
    }

    @Test(.enabled(if: ServerTools.path(of: "bao") != nil, Comment(rawValue: ServerTools.absence)))
    func theMountOfAppRoleIsThatOfTheSettings() async throws {
        let server = try #require(try await ServerProcess.openBao())
        defer { server.stop() }
        try await put(server, "first")
        func api(_ method: String, _ path: String, _ body: String? = nil) async throws -> [String: Any] {
            let (data, _) = try await HTTPQuestion.send(
                method, "\(server.address)/v1/\(path)", headers: ["X-Vault-Token": "root"], body: body)
            return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
        }
        _ = try await api("POST", "sys/auth/desk-roles", #"{"type": "approle"}"#)
        _ = try await api(
            "PUT", "sys/policies/acl/trading",
            #"{"policy": "path \"secret/data/trading/*\" { capabilities = [\"read\"] }"}"#)
        _ = try await api("POST", "auth/desk-roles/role/bot", #"{"token_policies": "trading"}"#)
        let role = try await api("GET", "auth/desk-roles/role/bot/role-id")
        let made = try await api("POST", "auth/desk-roles/role/bot/secret-id", "{}")
        let roleID = try #require((role["data"] as? [String: Any])?["role_id"] as? String)
        let secretID = try #require((made["data"] as? [String: Any])?["secret_id"] as? String)
        let desk = try ServedFolder()
        try desk.write("tradewind.yaml", Self.settings)
        try desk.write("api.json", #"{"token": "the-token-value-of-the-api"}"#)
        try desk.write("secret-id", secretID)
        let variables = [
            "TRADEWIND_SECRETS__VAULT__ADDRESS": server.address,
            "TRADEWIND_SECRETS__VAULT__ROLE_ID": roleID,
            "TRADEWIND_SECRETS__VAULT__SECRET_ID_FILE": "secret-id",
        ]
        let wrong = try desk.run(["secrets", "check"], variables)
        #expect(wrong.status == 78 && wrong.text.contains("AppRole login at approle"), "\(wrong.text)")
        let right = try desk.run(
            ["secrets", "check", "--set", "secrets.vault.approle-mount=desk-roles"], variables)
        #expect(right.status == 0 && right.text.contains("vault trading/binance"), "\(right.text)")
        #expect(!desk.said.contains(secretID))
    }

    @Test func outsideLocalAStartWithoutItsSecretsFailsAndNamesThem() throws {
        let desk = try ServedFolder()
        try desk.write("tradewind.yaml", Self.settings)
        try desk.write("api.json", #"{"token": "the-token-value-of-the-api"}"#)
        var variables = [
            "TRADEWIND_ENVIRONMENT": "ci", "TRADEWIND_API__CORS_ORIGINS": "https://desk.example.org",
            "TRADEWIND_EXECUTION__MODE": "backtest", "TRADEWIND_DATABASE__URL": "sqlite:///ci.db",
            "TRADEWIND_AUTH__SIGNING_KEYS": "a:b2Zhc3RlcmlvbmRldmVudG9zdXJtYXJlcXVpZXRvMDE=",
            "TRADEWIND_SECRETS__VAULT__TOKEN": "a-token-value-of-vault",
            "TRADEWIND_SECRETS__VAULT__ADDRESS": "http://127.0.0.1:\(ServerProcess.freePort())",
        ]
        let serve = ["serve", "--set", "api.port=\(desk.port)"]
        let down = try desk.run(serve, variables)
        #expect(down.status == 69, "\(down.text)")
        #expect(down.text.contains("the start failed at step 4 of 5, components (secrets)"), "\(down.text)")
        #expect(down.text.contains("the secrets of binance cannot be read: vault trading/binance"))
        #expect(!down.text.contains("the secrets of api cannot"))
        // A source that answers with something else is a mistake rather than an outage.
        variables["TRADEWIND_VENUES__BINANCE__API_KEY"] = "given-key-value"
        variables["TRADEWIND_VENUES__BINANCE__API_SECRET"] = "given-secret-value"
        try desk.write("api.json", #"{"tokn": "the-token-value-of-the-api"}"#)
        let wrong = try desk.run(serve, variables)
        #expect(wrong.status == 78, "\(wrong.text)")
        #expect(wrong.text.contains("the secrets of api cannot be read: file api.json has no field token"))
        #expect(!desk.said.contains(/(key|secret|token)-value/))
    }
}
