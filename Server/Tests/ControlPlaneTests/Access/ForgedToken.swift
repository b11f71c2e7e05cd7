import Crypto
import Foundation

/// A token made by hand, piece by piece, to be wrong in one way.
struct ForgedToken {
    var header: [String: Any] = ["alg": "EdDSA", "kid": "2026a", "typ": "at+jwt"]
    var claims: [String: Any]

    /// What the token of a service says.
    init(claims: [String: Any]) { self.claims = claims }

    /// The claims of a token that a service handed out.
    init(copying token: String) throws {
        let parts = token.split(separator: ".")
        guard parts.count == 3, let bytes = Self.decoded(String(parts[1])),
            let claims = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        else { throw LoginFailed(text: token) }
        self.claims = claims
    }

    func with(_ name: String, _ value: Any?) -> ForgedToken {
        var copy = self
        copy.claims[name] = value
        return copy
    }

    func with(header name: String, _ value: Any?) -> ForgedToken {
        var copy = self
        copy.header[name] = value
        return copy
    }

    /// Header and claims.
    var head: String {
        get throws {
            let header = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
            let body = try JSONSerialization.data(withJSONObject: claims, options: .sortedKeys)
            return Self.encoded(header) + "." + Self.encoded(body)
        }
    }

    /// Signed by an Ed25519 key.
    func signed(_ seed: [UInt8] = AccessDesk.seedA) throws -> String {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        let head = try head
        return head + "." + Self.encoded(try key.signature(for: Data(head.utf8)))
    }

    /// Signed by a shared secret.
    func signed(secret: [UInt8]) throws -> String {
        let head = try head
        let code = HMAC<SHA256>.authenticationCode(for: Data(head.utf8), using: SymmetricKey(data: secret))
        return head + "." + Self.encoded(Data(code))
    }

    /// Signed by a P-256 key.
    func signed(_ key: P256.Signing.PrivateKey) throws -> String {
        let head = try head
        return head + "." + Self.encoded(try key.signature(for: Data(head.utf8)).rawRepresentation)
    }

    static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    static func decoded(_ text: String) -> Data? {
        var common = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while common.count % 4 != 0 { common += "=" }
        return Data(base64Encoded: common)
    }
}
