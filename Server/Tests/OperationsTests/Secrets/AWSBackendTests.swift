import Crypto
import Foundation
import Operations
import Settings
import TestServers
import Testing
import Units

/// Against moto, which speaks as AWS does.
@Suite(.enabled(if: ServerTools.path(of: "moto_server") != nil, Comment(rawValue: ServerTools.absence)))
struct AWSBackendTests {
    private func service(_ server: ServerProcess, _ name: String) -> AWSService {
        AWSService(
            name: name, region: "eu-west-1", endpoint: server.address,
            credentials: { () throws(SecretError) in
                AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("secret-access-key-value"))
            },
            transport: HTTPSecretTransport(
                client: directClient, policy: RetryPolicy(timeout: .seconds(20)), time: .system,
                jitter: Jitter(SplitMix64(seed: 1))),
            time: .system)
    }

    @discardableResult
    private func api(_ server: ServerProcess, _ action: String, _ body: [String: String]) async throws
        -> [String: Any]
    {
        let service = action.hasPrefix("Trent") ? "kms" : "secretsmanager"
        let (data, _) = try await HTTPQuestion.send(
            "POST", server.address + "/",
            headers: [
                "X-Amz-Target": action, "Content-Type": "application/x-amz-json-1.1",
                "Authorization":
                    "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/\(service)/aws4_request, "
                    + "SignedHeaders=host, Signature=0",
            ], body: String(decoding: JSONSerialization.data(withJSONObject: body), as: UTF8.self))
        return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    }

    private func texts(_ payload: SecretPayload) -> [String: String] {
        payload.fields.mapValues { $0.withText { $0 } }
    }

    @Test func secretsAreReadWithTheVersionThatIsCurrent() async throws {
        let server = try #require(try await ServerProcess.moto())
        defer { server.stop() }
        let backend = SecretsManagerBackend(service: service(server, "secretsmanager"))
        let made = try await api(
            server, "secretsmanager.CreateSecret",
            ["Name": "trading/binance", "SecretString": #"{"api-key": "a"}"#])
        let first = try await backend.fetch(path: "trading/binance")
        #expect(texts(first) == ["api-key": "a"])
        #expect(first.version.text == made["VersionId"] as? String)
        let age = SystemClocks.now().since(try #require(first.storedAt))
        #expect(age.nanoseconds.magnitude < 60_000_000_000)
        let put = try await api(
            server, "secretsmanager.PutSecretValue",
            ["SecretId": "trading/binance", "SecretString": #"{"api-key": "b"}"#])
        let second = try await backend.fetch(path: "trading/binance")
        #expect(texts(second) == ["api-key": "b"])
        #expect(second.version.text == put["VersionId"] as? String)
        #expect(second.version != first.version)
        let absent = await #expect(throws: SecretError.self) { try await backend.fetch(path: "nothing") }
        #expect(absent?.code == .missing)
        try await api(
            server, "secretsmanager.CreateSecret", ["Name": "text", "SecretString": "plain-text-secret"])
        let text = await #expect(throws: SecretError.self) { try await backend.fetch(path: "text") }
        #expect(text?.code == .malformed)
        #expect(text.map { "\($0)".contains("plain-text-secret") } == false)
    }

    @Test func filesAreOpenedByKMSDirectlyAndAsEnvelopes() async throws {
        let server = try #require(try await ServerProcess.moto())
        defer { server.stop() }
        let made = try await api(server, "TrentService.CreateKey", [:])
        let key = try #require((made["KeyMetadata"] as? [String: Any])?["KeyId"] as? String)
        let backend = KMSBackend(service: service(server, "kms"))
        let fields = Data(#"{"api-key": "a", "api-secret": "b"}"#.utf8)
        func encrypted(_ plain: Data) async throws -> String {
            let answer = try await api(
                server, "TrentService.Encrypt", ["KeyId": key, "Plaintext": plain.base64EncodedString()])
            return try #require(answer["CiphertextBlob"] as? String)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "kms-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ members: [String: String]) throws -> String {
            let path = folder.appending(path: name)
            try JSONSerialization.data(withJSONObject: members).write(to: path)
            return path.path
        }
        let direct = try await write("direct.json", ["ciphertext": encrypted(fields)])
        #expect(try await texts(backend.fetch(path: direct)) == ["api-key": "a", "api-secret": "b"])
        #expect(try backend.mark(path: direct) != nil)

        let dataKey = SymmetricKey(size: .bits256)
        let box = try AES.GCM.seal(fields, using: dataKey)
        let members = [
            "encrypted-key": try await encrypted(dataKey.withUnsafeBytes { Data($0) }),
            "nonce": Data(box.nonce).base64EncodedString(),
            "ciphertext": box.ciphertext.base64EncodedString(),
            "tag": box.tag.base64EncodedString(),
        ]
        let envelope = try write("envelope.json", members)
        #expect(try await texts(backend.fetch(path: envelope)) == ["api-key": "a", "api-secret": "b"])

        for (name, value) in [
            ("tag", Data(count: 16).base64EncodedString()), ("nonce", "%%%"), ("ciphertext", ""),
        ] {
            let broken = try write("broken.json", members.merging([name: value]) { $1 })
            let error = await #expect(throws: SecretError.self) { try await backend.fetch(path: broken) }
            #expect(error?.code == .malformed, "\(name)")
        }
    }
}
