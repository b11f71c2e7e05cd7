internal import Crypto
internal import FoundationEssentials
public import Settings

/// Secrets in a file that AWS KMS opens. The path is that of a JSON file in one of two shapes; all texts are
/// base64.
///
/// - `{"ciphertext": ...}`: the fields as one JSON object of at most 4 KiB, encrypted by KMS itself.
/// - `{"encrypted-key": ..., "nonce": ..., "ciphertext": ..., "tag": ...}`: an envelope; KMS opens the key of
///   256 bits, and the key opens the fields by AES-GCM here.
///
/// A change is seen by the file, as with ``FileSecretBackend``; its version is the file's.
public struct KMSBackend: SecretBackend {
    private let service: AWSService
    private let files: FileSecretBackend

    /// A backend that asks `service`, which is named `kms`. What lies in the file is encrypted: others may
    /// read it.
    public init(service: AWSService) {
        self.service = service
        files = FileSecretBackend(mustBePrivate: false)
    }

    public var kind: String { "aws-kms" }

    public func mark(path: String) throws(SecretError) -> String? { try files.mark(path: path) }

    public func fetch(path: String) async throws(SecretError) -> SecretPayload {
        let source = "aws-kms \(path)"
        let envelope = try await files.fetch(path: path)
        guard let ciphertext = envelope.fields["ciphertext"] else {
            throw malformed(source, "has no field ciphertext")
        }
        let content: Secret
        if let encryptedKey = envelope.fields["encrypted-key"] {
            let key = try await decrypt(encryptedKey, source: source)
            content = try open(ciphertext, key: key, envelope.fields, source: source)
        } else {
            content = try await decrypt(ciphertext, source: source)
        }
        let fields = try content.withBytes { bytes throws(SecretError) in
            try SecretFields.decode(json: bytes, source: source)
        }
        return SecretPayload(fields: fields, version: envelope.version, storedAt: envelope.storedAt)
    }

    private struct Answer: Decodable {
        let plaintext: String

        enum CodingKeys: String, CodingKey {
            case plaintext = "Plaintext"
        }
    }

    private func decrypt(_ ciphertext: Secret, source: String) async throws(SecretError) -> Secret {
        let blob = try decoded(ciphertext, "ciphertext", source)
        let body = try await service.ask(
            "TrentService.Decrypt", body: Secret("{\"CiphertextBlob\": \"\(blob.base64EncodedString())\"}"),
            source: source)
        do {
            let answer = try body.withBytes { try JSONDecoder().decode(Answer.self, from: Data($0)) }
            if let plain = Data(base64Encoded: answer.plaintext) { return Secret(bytes: plain) }
        } catch {
            throw malformed(source, "got an answer that is not that of KMS")
        }
        throw malformed(source, "got an answer that is not that of KMS")
    }

    private func open(
        _ ciphertext: Secret, key: Secret, _ fields: [String: Secret], source: String
    ) throws(SecretError) -> Secret {
        guard let nonce = fields["nonce"], let tag = fields["tag"] else {
            throw malformed(source, "has an encrypted key, but no nonce or no tag")
        }
        guard key.byteCount == 32 else { throw malformed(source, "has a key that is not of 256 bits") }
        let parts = (
            try decoded(nonce, "nonce", source), try decoded(ciphertext, "ciphertext", source),
            try decoded(tag, "tag", source)
        )
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: parts.0), ciphertext: parts.1, tag: parts.2)
            return Secret(bytes: try AES.GCM.open(box, using: key.withBytes { SymmetricKey(data: $0) }))
        } catch {
            throw malformed(source, "does not open with its key")
        }
    }

    private func decoded(_ text: Secret, _ name: String, _ source: String) throws(SecretError) -> Data {
        guard let data = text.withText({ Data(base64Encoded: $0) }), !data.isEmpty else {
            throw malformed(source, "has a field \(name) that is not base64")
        }
        return data
    }

    private func malformed(_ source: String, _ message: String) -> SecretError {
        SecretError(.malformed, source: source, message: message, remedy: "encrypt the fields anew")
    }
}
