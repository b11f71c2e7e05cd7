internal import JWTKit

/// What an access token says (RFC 7519). All of it is read as optional, so that what is missing is refused
/// by name and not by chance.
struct AccessClaims: JWTPayload, Hashable {
    var iss: String?
    var aud: Audience?
    var sub: String?
    var exp: Double?
    var iat: Double?
    var nbf: Double?
    var jti: String?
    var roles: [String]?
    var scopes: [String]?
    /// As other issuers write scopes: with blanks between.
    var scope: String?
    /// The version of the user.
    var ver: Int?
    /// The session.
    var sid: String?
    var name: String?

    /// One text or several.
    struct Audience: Hashable, Codable {
        let names: [String]

        init(_ names: [String]) { self.names = names }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do { names = try container.decode([String].self) } catch {
                names = [try container.decode(String.self)]
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if names.count == 1 { try container.encode(names[0]) } else { try container.encode(names) }
        }
    }

    /// The claims are looked at by ``TokenReader``, with its own clock.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
