internal import Crypto
internal import Events
internal import FoundationEssentials
internal import JWTKit
internal import Settings

/// The keys that sign access tokens: the first signs, all verify.
struct SigningRing: Sendable {
    /// One key.
    struct Key: Sendable {
        /// Its name, in the header of tokens.
        let id: String
        /// The public half, 32 bytes.
        let publicBytes: [UInt8]
        /// Holds this key alone: a collection of several would fall back to another key than a token names.
        let collection: JWTKeyCollection
    }

    /// The newest first.
    let keys: [Key]

    /// Reads `kid:base64` with commas between; each the 32 bytes of an Ed25519 private key.
    ///
    /// - Throws: ``SecretError`` for another form, without any of it.
    init(_ ring: Secret) async throws {
        let entries = ring.withText { text in
            text.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            }
        }
        var keys: [Key] = []
        for entry in entries {
            guard entry.count == 2, !entry[0].isEmpty, let seed = Base64Text.decode(entry[1]),
                seed.count == 32, !keys.contains(where: { $0.id == entry[0] })
            else {
                throw SecretError(
                    .malformed, secret: SecretReference(owner: "auth", name: "signing-keys"),
                    message: "the value (hidden) is no ring of keys: kid:base64 of 32 bytes each",
                    remedy: "write kid:base64 with commas between, as 2026a:$(openssl rand -base64 32)")
            }
            keys.append(try await Self.key(entry[0], seed))
        }
        self.keys = keys
    }

    private init(keys: [Key]) { self.keys = keys }

    /// A ring of one key that is made now.
    static func ephemeral() async throws -> SigningRing {
        let seed = Curve25519.Signing.PrivateKey().rawRepresentation
        return SigningRing(keys: [try await key("ephemeral-" + RandomHexadecimal.text(bytes: 4), Array(seed))]
        )
    }

    private static func key(_ id: String, _ seed: [UInt8]) async throws -> Key {
        let secret = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        let collection = JWTKeyCollection()
        await collection.add(eddsa: EdDSA.PrivateKey(backing: secret), kid: JWKIdentifier(string: id))
        return Key(
            id: id, publicBytes: Array(secret.publicKey.rawRepresentation), collection: collection)
    }

    /// The key of a name; nil when there is none.
    subscript(_ id: String) -> Key? { keys.first { $0.id == id } }

    /// The public halves as a JSON Web Key Set (RFC 7517, RFC 8037).
    var published: JSONText {
        .object([
            JSONMember(
                "keys",
                .list(
                    keys.map { key in
                        .object([
                            JSONMember("kty", .string("OKP")), JSONMember("crv", .string("Ed25519")),
                            JSONMember("use", .string("sig")), JSONMember("alg", .string("EdDSA")),
                            JSONMember("kid", .string(key.id)),
                            JSONMember("x", .string(Base64Text.encodeURL(key.publicBytes))),
                        ])
                    }))
        ])
    }
}
