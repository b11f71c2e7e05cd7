internal import FoundationEssentials
internal import Settings

/// The parts of Vault's answers that are used. Values are read with ``SecretFields`` instead, never with
/// these.
enum VaultAnswer {
    /// Answer of a login and of the renewal of a token.
    struct Login: Decodable {
        struct Authorisation: Decodable {
            let token: String
            let duration: Int64
            let renewable: Bool

            enum CodingKeys: String, CodingKey {
                case token = "client_token"
                case duration = "lease_duration"
                case renewable
            }
        }
        let auth: Authorisation
    }

    /// Answer to the question about our own token.
    struct TokenLookup: Decodable {
        struct Token: Decodable {
            let ttl: Int64
            let renewable: Bool?
        }
        let data: Token
    }

    /// Lease and version beside the values.
    struct Envelope: Decodable {
        struct Payload: Decodable {
            struct Metadata: Decodable {
                let version: Int64?
                let storedAt: String?

                enum CodingKeys: String, CodingKey {
                    case version
                    case storedAt = "created_time"
                }
            }
            let metadata: Metadata?
        }
        let lease: String?
        let duration: Int64?
        let renewable: Bool?
        let data: Payload?

        enum CodingKeys: String, CodingKey {
            case lease = "lease_id"
            case duration = "lease_duration"
            case renewable, data
        }
    }

    /// What Vault says when it refuses.
    struct Problems: Decodable {
        let errors: [String]
    }

    static func decode<Answer: Decodable>(
        _ type: Answer.Type, _ body: Secret, source: String
    ) throws(SecretError) -> Answer {
        do {
            return try body.withBytes { try JSONDecoder().decode(type, from: Data($0)) }
        } catch {
            throw SecretError(
                .malformed, source: source, message: "gave an answer that is not Vault's",
                remedy: "see that the address is that of a Vault server")
        }
    }

    /// Vault's own words, shortened; nothing when the body is not its own.
    static func problems(_ body: Secret) -> String {
        do {
            let problems = try body.withBytes { try JSONDecoder().decode(Problems.self, from: Data($0)) }
            let words = problems.errors.joined(separator: "; ").split(whereSeparator: \.isNewline)
            return words.isEmpty ? "" : ": " + String(words.joined(separator: " ").prefix(200))
        } catch {
            return ""
        }
    }
}
