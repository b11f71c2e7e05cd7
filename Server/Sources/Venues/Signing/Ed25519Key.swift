internal import Crypto
internal import Settings

/// An Ed25519 private key as a venue's users keep it: PKCS #8 in PEM, as `openssl genpkey -algorithm ed25519`
/// writes it.
///
/// Source: RFC 8410, section 7 (the structure and its object identifier, 1.3.101.112), and RFC 7468, section
/// 10 (the text around it). Keys that are encrypted, or of another kind, are refused.
struct Ed25519Key {
    private let key: Curve25519.Signing.PrivateKey

    private static let header = Array("-----BEGIN PRIVATE KEY-----".utf8)
    private static let footer = Array("-----END PRIVATE KEY-----".utf8)
    private static let dashes = Array("-----BEGIN ".utf8)
    /// INTEGER 0 or 1, SEQUENCE { OID 1.3.101.112 }: version and kind.
    private static let kind: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70]

    /// Whether a secret is some key in PEM rather than a secret for a keyed hash.
    static func isPEM(_ secret: Secret) -> Bool {
        secret.withBytes { bytes in bytes.drop(while: isBlank).starts(with: dashes) }
    }

    /// Reads the key. Throws ``Settings/SecretError/Code/malformed`` for everything else; no message holds
    /// any of it.
    init(_ secret: Secret, owner: String) throws(SecretError) {
        guard var der = Self.decoded(secret) else {
            throw Self.malformed(owner, "is a key in PEM, but not an unencrypted one in PKCS #8")
        }
        defer { der.withUnsafeMutableBytes { SecretStorage.overwrite($0) } }
        guard let seed = Self.seed(in: der[...]) else {
            throw Self.malformed(owner, "is a private key, but not an Ed25519 one")
        }
        do {
            key = try der[seed].withUnsafeBytes { try Curve25519.Signing.PrivateKey(rawRepresentation: $0) }
        } catch {
            throw Self.malformed(owner, "holds an Ed25519 key that cannot be used")
        }
    }

    /// The signature of a text, in base64 with padding.
    func base64Signature(of text: String) throws(SecretError) -> String {
        do {
            return Base64.text(Array(try key.signature(for: Array(text.utf8))))
        } catch {
            throw SecretError(
                .malformed, message: "the Ed25519 key does not sign", remedy: "make a new key at the venue")
        }
    }

    private static func decoded(_ secret: Secret) -> [UInt8]? {
        secret.withBytes { bytes in
            var text = bytes[...].drop(while: isBlank)
            guard text.starts(with: header) else { return nil }
            text = text.dropFirst(header.count)
            while let last = text.last, isBlank(last) { text = text.dropLast() }
            guard text.suffix(footer.count).elementsEqual(footer) else { return nil }
            // Variables and JSON often lose the ends of lines, or hold them as blanks.
            return Base64.bytes(text.dropLast(footer.count).filter { !isBlank($0) })
        }
    }

    /// Where the 32 bytes of the seed lie: in an octet string within an octet string, behind version and
    /// kind, within a sequence.
    private static func seed(in der: ArraySlice<UInt8>) -> Range<Int>? {
        var rest = der
        guard let length = rest.popHeader(0x30), length == rest.count, let version = rest.popHeader(0x02),
            version == 1, let number = rest.popFirst(), number <= 1, rest.starts(with: kind)
        else { return nil }
        rest = rest.dropFirst(kind.count)
        guard let outer = rest.popHeader(0x04), outer == 34, let inner = rest.popHeader(0x04), inner == 32,
            rest.count >= 32
        else { return nil }
        return rest.startIndex..<(rest.startIndex + 32)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func malformed(_ owner: String, _ what: String) -> SecretError {
        SecretError(
            .malformed, secret: SecretReference(owner: owner, name: VenueSecret.apiSecret),
            message: what,
            remedy: "store what openssl genpkey -algorithm ed25519 writes, or the secret of an HMAC key")
    }
}

extension ArraySlice<UInt8> {
    /// Takes the tag and the length, of one byte, off the front; nil when the tag is another.
    fileprivate mutating func popHeader(_ tag: UInt8) -> Int? {
        guard count >= 2, popFirst() == tag, let length = popFirst(), length < 0x80 else { return nil }
        return Int(length)
    }
}
