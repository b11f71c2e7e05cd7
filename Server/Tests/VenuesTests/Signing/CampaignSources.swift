import Foundation
import Operations
import Settings
import TestServers
import Units

/// A key of the campaign and the secret that belongs to it.
struct CampaignKey: Sendable {
    let key: String
    let secret: String

    init(_ number: Int) {
        key = "KEY-NUMBER-\(number)-ABCDEF"
        secret = "secret-of-key-\(number)-0123456789"
    }

    var json: String { "{\"api-key\": \"\(key)\", \"api-secret\": \"\(secret)\"}" }
}

/// A source of secrets that the campaign writes to and takes away.
protocol CampaignSource: Sendable {
    var backend: any SecretBackend { get }
    var path: String { get }
    func publish(_ key: CampaignKey) async throws
    /// Makes it vanish.
    func vanish() throws
}

private func transport() -> HTTPSecretTransport {
    HTTPSecretTransport(
        client: directClient,
        policy: RetryPolicy(attempts: 2, timeout: .seconds(5), firstWait: .milliseconds(20)),
        time: .system, jitter: Jitter(SplitMix64(seed: 3)))
}

/// OpenBao, reached as Vault is.
final class OpenBaoSource: CampaignSource {
    private let server: ServerProcess
    let backend: any SecretBackend
    let path = "trading/binance"

    init?(redactor: Redactor) async throws {
        guard let server = try await ServerProcess.openBao() else { return nil }
        self.server = server
        backend = VaultBackend(
            configuration: VaultConfiguration(address: server.address, login: .token(Secret("root"))),
            transport: transport(), time: .system, redactor: redactor)
    }

    deinit { server.stop() }

    func publish(_ key: CampaignKey) async throws {
        try await HTTPQuestion.send(
            "POST", "\(server.address)/v1/secret/data/\(path)", headers: ["X-Vault-Token": "root"],
            body: "{\"data\": \(key.json)}")
    }

    func vanish() throws { server.stop() }
}

/// moto, reached as AWS Secrets Manager is.
final class MotoSource: CampaignSource {
    private let server: ServerProcess
    let backend: any SecretBackend
    let path = "trading/binance"

    init?() async throws {
        guard let server = try await ServerProcess.moto() else { return nil }
        self.server = server
        let service = AWSService(
            name: "secretsmanager", region: "eu-west-1", endpoint: server.address,
            credentials: { () throws(SecretError) in
                AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("secret-access-key-value"))
            }, transport: transport(), time: .system)
        backend = SecretsManagerBackend(service: service)
    }

    deinit { server.stop() }

    func publish(_ key: CampaignKey) async throws {
        let (_, status) = try await ask("PutSecretValue", "SecretId", key)
        if status != 200 { _ = try await ask("CreateSecret", "Name", key) }
    }

    private func ask(_ action: String, _ id: String, _ key: CampaignKey) async throws -> (
        body: Data, status: Int
    ) {
        let body = try JSONSerialization.data(withJSONObject: [id: path, "SecretString": key.json])
        return try await HTTPQuestion.send(
            "POST", server.address + "/",
            headers: [
                "X-Amz-Target": "secretsmanager.\(action)", "Content-Type": "application/x-amz-json-1.1",
                "Authorization":
                    "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/secretsmanager/aws4_request, "
                    + "SignedHeaders=host, Signature=0",
            ], body: String(decoding: body, as: UTF8.self))
    }

    func vanish() throws { server.stop() }
}

/// A file that an agent replaces.
final class FileSource: CampaignSource {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "campaign-\(UUID())")
    let backend: any SecretBackend = FileSecretBackend(mustBePrivate: true)
    var path: String { folder.appending(path: "binance.json").path }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func publish(_ key: CampaignKey) async throws {
        let next = path + ".next"
        try Data(key.json.utf8).write(to: URL(filePath: next))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: next)
        rename(next, path)
    }

    func vanish() throws { try FileManager.default.removeItem(atPath: path) }
}
