internal import Events
internal import FoundationEssentials
public import Settings
internal import Units

/// Secrets in AWS Secrets Manager: the id of a secret is the path, its JSON text holds the fields, and the
/// version is the version id that bears the stage `AWSCURRENT`.
public struct SecretsManagerBackend: SecretBackend {
    private let service: AWSService

    /// A backend that asks `service`, which is named `secretsmanager`.
    public init(service: AWSService) {
        self.service = service
    }

    public var kind: String { "aws-secrets-manager" }

    private struct Answer: Decodable {
        let text: String?
        let binary: String?
        let version: String?
        let storedAt: Double?

        enum CodingKeys: String, CodingKey {
            case text = "SecretString"
            case binary = "SecretBinary"
            case version = "VersionId"
            case storedAt = "CreatedDate"
        }
    }

    public func fetch(path: String) async throws(SecretError) -> SecretPayload {
        let source = "aws-secrets-manager \(path)"
        let question = JSONText.object([
            JSONMember("SecretId", .string(path)), JSONMember("VersionStage", .string("AWSCURRENT")),
        ])
        let body = try await service.ask(
            "secretsmanager.GetSecretValue", body: Secret(bytes: question.bytes), source: source)
        let answer: Answer
        do {
            answer = try body.withBytes { try JSONDecoder().decode(Answer.self, from: Data($0)) }
        } catch {
            throw malformed(source, "gave an answer that is not AWS's")
        }
        let content: Secret
        if let text = answer.text {
            content = Secret(text)
        } else if let binary = answer.binary.flatMap({ Data(base64Encoded: $0) }) {
            content = Secret(bytes: binary)
        } else {
            throw malformed(source, "holds neither a text nor bytes")
        }
        let fields = try content.withBytes { bytes throws(SecretError) in
            try SecretFields.decode(json: bytes, source: source)
        }
        return SecretPayload(
            fields: fields, version: SecretVersion(answer.version ?? "unversioned"),
            storedAt: answer.storedAt.flatMap(Self.instant))
    }

    /// The moment of a number of seconds since 1970; `nil` for one that is out of all bounds.
    private static func instant(_ seconds: Double) -> Instant? {
        guard seconds.isFinite, seconds.magnitude < 9e9 else { return nil }
        return Instant(nanoseconds: Int64(seconds * 1000) * 1_000_000)
    }

    private func malformed(_ source: String, _ message: String) -> SecretError {
        SecretError(
            .malformed, source: source, message: message,
            remedy: "store one JSON object whose fields are texts")
    }
}
