import Foundation
import Operations
import Settings
import TestServers
import Testing
import Units

/// Against a real OpenBao.
@Suite(.enabled(if: ServerTools.path(of: "bao") != nil, Comment(rawValue: ServerTools.absence)))
struct VaultBackendTests {
    private let redactor = Redactor()

    private func backend(_ server: ServerProcess, _ login: VaultConfiguration.Login, namespace: String? = nil)
        -> VaultBackend
    {
        VaultBackend(
            configuration: VaultConfiguration(
                address: server.address + "/", namespace: namespace, login: login),
            transport: HTTPSecretTransport(
                client: directClient, policy: RetryPolicy(attempts: 2, firstWait: .milliseconds(10)),
                time: .system,
                jitter: Jitter(SplitMix64(seed: 1))),
            time: .system, redactor: redactor)
    }

    private func withServer(_ body: (ServerProcess) async throws -> Void) async throws {
        let server = try #require(try await ServerProcess.openBao())
        defer { server.stop() }
        try await body(server)
    }

    @discardableResult
    private func api(
        _ server: ServerProcess, _ method: String, _ path: String, _ body: String? = nil,
        token: String = "root"
    ) async throws -> [String: Any] {
        let (data, _) = try await HTTPQuestion.send(
            method, "\(server.address)/v1/\(path)", headers: ["X-Vault-Token": token], body: body)
        return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    }

    private func texts(_ payload: SecretPayload) -> [String: String] {
        payload.fields.mapValues { $0.withText { $0 } }
    }

    @Test func aSecretAndItsVersionAreRead() async throws {
        try await withServer { server in
            let backend = backend(server, .token(Secret("root")))
            try await api(
                server, "POST", "secret/data/trading/binance", #"{"data": {"api-key": "a", "n": {"x": 7}}}"#)
            let first = try await backend.fetch(path: "trading/binance")
            #expect(texts(first) == ["api-key": "a", "n.x": "7"])
            #expect(first.version == SecretVersion("1"))
            #expect(first.lease == nil)
            let age = SystemClocks.now().since(try #require(first.storedAt))
            #expect(age.nanoseconds.magnitude < 60_000_000_000)
            try await api(server, "POST", "secret/data/trading/binance", #"{"data": {"api-key": "b"}}"#)
            let second = try await backend.fetch(path: "trading/binance")
            #expect(texts(second) == ["api-key": "b"])
            #expect(second.version == SecretVersion("2"))
        }
    }

    @Test func whatIsAbsentDeletedOrForbiddenIsToldApart() async throws {
        try await withServer { server in
            let backend = backend(server, .token(Secret("root")))
            func code(_ backend: VaultBackend, _ path: String) async -> SecretError.Code? {
                do throws(SecretError) {
                    _ = try await backend.fetch(path: path)
                    return nil
                } catch { return error.code }
            }
            #expect(await code(backend, "no/such") == .missing)
            try await api(server, "POST", "secret/data/gone", #"{"data": {"a": "b"}}"#)
            try await api(server, "DELETE", "secret/data/gone")
            #expect(await code(backend, "gone") == .missing)
            #expect(await code(backend, "a/../b") == .misconfigured)
            let stranger = self.backend(server, .token(Secret("s.wrong-token-value")))
            #expect(await code(stranger, "gone") == .refused)
        }
    }

    @Test func anAppRoleLogsInAndLogsInAgainWhenItsTokenIsRevoked() async throws {
        try await withServer { server in
            try await api(server, "POST", "secret/data/trading/okx", #"{"data": {"api-key": "k"}}"#)
            let policy = #"{"policy": "path \"secret/data/trading/*\" { capabilities = [\"read\"] }"}"#
            try await api(server, "PUT", "sys/policies/acl/trading", policy)
            try await api(server, "POST", "sys/auth/approle", #"{"type": "approle"}"#)
            try await api(
                server, "POST", "auth/approle/role/engine",
                #"{"token_policies": "trading", "token_ttl": "1h", "token_max_ttl": "4h"}"#)
            let role = try await api(server, "GET", "auth/approle/role/engine/role-id")
            let secret = try await api(server, "POST", "auth/approle/role/engine/secret-id", "{}")
            let roleID = try #require((role["data"] as? [String: Any])?["role_id"] as? String)
            let secretID = try #require((secret["data"] as? [String: Any])?["secret_id"] as? String)
            let login = VaultConfiguration.Login.appRole(
                mount: "approle", roleID: Secret(roleID), secretID: Secret(secretID))
            let backend = backend(server, login)
            #expect(try await texts(backend.fetch(path: "trading/okx")) == ["api-key": "k"])
            #expect(redactor.redact(secretID) == Redactor.replacement)
            try await api(server, "POST", "sys/leases/revoke-prefix/auth/approle", "{}")
            #expect(try await texts(backend.fetch(path: "trading/okx")) == ["api-key": "k"])
            let error = await #expect(throws: SecretError.self) { try await backend.fetch(path: "elsewhere") }
            #expect(error?.code == .refused)
        }
    }

    @Test func anAppRoleMountedElsewhereIsFoundAndItsSecretIDIsReadForEachLogin() async throws {
        try await withServer { server in
            try await api(server, "POST", "secret/data/trading/okx", #"{"data": {"api-key": "k"}}"#)
            try await api(server, "POST", "sys/auth/desks/roles", #"{"type": "approle"}"#)
            try await api(
                server, "PUT", "sys/policies/acl/trading",
                #"{"policy": "path \"secret/data/trading/*\" { capabilities = [\"read\"] }"}"#)
            try await api(
                server, "POST", "auth/desks/roles/role/bot", #"{"token_policies": "trading"}"#)
            let role = try await api(server, "GET", "auth/desks/roles/role/bot/role-id")
            let roleID = try #require((role["data"] as? [String: Any])?["role_id"] as? String)
            func secretID() async throws -> String {
                let made = try await api(server, "POST", "auth/desks/roles/role/bot/secret-id", "{}")
                return try #require((made["data"] as? [String: Any])?["secret_id"] as? String)
            }
            let path = FileManager.default.temporaryDirectory.appending(path: "secret-id-\(UUID())")
            defer { try? FileManager.default.removeItem(at: path) }
            let first = try await secretID()
            try Data((first + "\n").utf8).write(to: path)
            func login(_ mount: String) -> VaultConfiguration.Login {
                .appRoleFile(mount: mount, roleID: Secret(roleID), path: path.path)
            }
            let backend = backend(server, login("desks/roles"))
            #expect(try await texts(backend.fetch(path: "trading/okx")) == ["api-key": "k"])
            try await api(
                server, "POST", "auth/desks/roles/role/bot/secret-id/destroy", "{\"secret_id\": \"\(first)\"}"
            )
            try await api(server, "POST", "sys/leases/revoke-prefix/auth/desks/roles", "{}")
            try await Data(secretID().utf8).write(to: path)
            #expect(try await texts(backend.fetch(path: "trading/okx")) == ["api-key": "k"])
            let elsewhere = self.backend(server, login("approle"))
            let error = await #expect(throws: SecretError.self) {
                try await elsewhere.fetch(path: "trading/okx")
            }
            #expect(error?.message.contains("AppRole login at approle") == true, "\(error as Any)")
        }
    }

    @Test func aTokenIsRenewedBeforeItEnds() async throws {
        try await withServer { server in
            try await api(server, "POST", "secret/data/x", #"{"data": {"a": "b"}}"#)
            let made = try await api(
                server, "POST", "auth/token/create", #"{"ttl": "60s", "renewable": true}"#)
            let token = try #require((made["auth"] as? [String: Any])?["client_token"] as? String)
            let clock = ManualTime(sleepsAtOnce: true)
            let backend = VaultBackend(
                configuration: VaultConfiguration(address: server.address, login: .token(Secret(token))),
                transport: HTTPSecretTransport(
                    client: directClient, time: .system, jitter: Jitter(SplitMix64(seed: 1))),
                time: clock.time, redactor: redactor)
            _ = try await backend.fetch(path: "x")
            func lastRenewal() async throws -> Int? {
                let found = try await api(server, "GET", "auth/token/lookup-self", token: token)
                return (found["data"] as? [String: Any])?["last_renewal_time"] as? Int
            }
            #expect(try await lastRenewal() == nil)
            clock.advance(.seconds(41))
            _ = try await backend.fetch(path: "x")
            #expect(try await lastRenewal() != nil)
        }
    }

    @Test func aTokenFileIsReadAgainWhenItsTokenIsRefused() async throws {
        try await withServer { server in
            try await api(server, "POST", "secret/data/x", #"{"data": {"a": "b"}}"#)
            let path = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID())")
            defer { try? FileManager.default.removeItem(at: path) }
            func token() async throws -> String {
                let made = try await api(server, "POST", "auth/token/create", #"{"ttl": "1h"}"#)
                return try #require((made["auth"] as? [String: Any])?["client_token"] as? String)
            }
            let first = try await token()
            try Data((first + "\n").utf8).write(to: path)
            let backend = backend(server, .tokenFile(path: path.path))
            _ = try await backend.fetch(path: "x")
            try await api(server, "POST", "auth/token/revoke", "{\"token\": \"\(first)\"}")
            try await Data(token().utf8).write(to: path)
            #expect(try await texts(backend.fetch(path: "x")) == ["a": "b"])
        }
    }

    @Test func aNamespaceIsSentAlong() async throws {
        let server = try await LoopbackServer.start { request in
            guard request.headers["x-vault-namespace"] == "desk/a" else { return .init(status: 400) }
            if request.path.hasSuffix("lookup-self") {
                return .init(status: 200, body: #"{"data": {"ttl": 0}}"#)
            }
            return .init(
                status: 200,
                body:
                    #"{"lease_id": "l/1", "lease_duration": 60, "renewable": true, "data": {"user": "u"}, "#
                    + #""warnings": ["w"]}"#
            )
        }
        let backend = VaultBackend(
            configuration: VaultConfiguration(
                address: server.address, namespace: "desk/a", login: .token(Secret("token-value"))),
            transport: HTTPSecretTransport(
                client: directClient, time: .system, jitter: Jitter(SplitMix64(seed: 1))),
            time: .system, redactor: redactor)
        let payload = try await backend.fetch(path: "/database/creds/trading")
        #expect(texts(payload) == ["user": "u"])
        #expect(payload.lease == SecretLease(id: "l/1", duration: .seconds(60), isRenewable: true))
        let lease = try #require(payload.lease)
        #expect(try await backend.renew(lease) == lease)
        try await server.stop()
    }
}
