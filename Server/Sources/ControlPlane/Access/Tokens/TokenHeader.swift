internal import Events

/// What the header of a token says, looked at before anything is computed: the algorithm is the key's, never
/// the token's choice, and a key is taken by its name alone.
struct TokenHeader: Hashable, Sendable {
    let algorithm: String
    let keyID: String

    /// Longest token that is looked at.
    static let maximumBytes = 8_192

    /// Whether a text has the form of a token: three parts of base64 with points between.
    static func hasForm(_ token: String) -> Bool {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 3
            && parts.allSatisfy { part in
                part.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x3D: true
                    default: false
                    }
                }
            }
    }

    /// Reads the header of a token.
    init(of token: String) throws(TokenProblem) {
        guard token.utf8.count <= Self.maximumBytes else { throw .malformed }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty, let bytes = Base64Text.decode(parts[0]),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .malformed }
        let header: JSONText
        do throws(JSONError) { header = try JSONText(parsing: text) } catch { throw .malformed }
        // An extension that must be understood is not (RFC 7515, 4.1.11).
        guard let members = header.members, Set(members.map(\.key)).count == members.count,
            header["crit"] == nil, let algorithm = header["alg"]?.text
        else { throw .malformed }
        guard let keyID = header["kid"]?.text, (1...256).contains(keyID.utf8.count) else { throw .unknownKey }
        (self.algorithm, self.keyID) = (algorithm, keyID)
    }
}

/// Why a token is refused. Clients hear that it is, the log why.
enum TokenProblem: String, Error, Hashable, Sendable {
    case malformed
    case unknownKey = "unknown_key"
    case wrongAlgorithm = "wrong_algorithm"
    case wrongSignature = "wrong_signature"
    case missingClaim = "missing_claim"
    case wrongIssuer = "wrong_issuer"
    case wrongAudience = "wrong_audience"
    case expired
    case notYetValid = "not_yet_valid"
    case revoked
    case wrongToken = "wrong_token"
}
