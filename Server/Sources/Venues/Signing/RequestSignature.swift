internal import Crypto
public import Settings

/// The ways in which venues write a keyed hash.
public enum RequestSignature {
    /// HMAC-SHA-256 of a text, in lower-case hexadecimal digits.
    public static func hexadecimalSHA256(of text: String, key: Secret) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let code = code(SHA256.self, Array(text.utf8), key)
        return String(decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// HMAC-SHA-256 of a text, in base64 with padding.
    public static func base64SHA256(of text: String, key: Secret) -> String {
        Base64.text(code(SHA256.self, Array(text.utf8), key))
    }

    /// HMAC of bytes by a hash function.
    static func code<Function: HashFunction>(
        _ function: Function.Type, _ bytes: [UInt8], _ key: Secret
    ) -> [UInt8] {
        let symmetric = key.withBytes { SymmetricKey(data: $0) }
        return Array(HMAC<Function>.authenticationCode(for: bytes, using: symmetric))
    }
}
