import ControlPlane
import Crypto
import Foundation
import Storage
import Testing

/// Tokens over real sockets: what is good, and everything that is wrong with others.
@Suite(.timeLimit(.minutes(1))) struct TokenTests {
    private static let me = "/api/v1/auth/me"

    @Test func whoBringsNothingIsToldWhatToBring() async throws {
        try await AccessDesk.run { desk in
            let answer = await desk.call("GET", Self.me)
            #expect(answer.status == 401 && answer.code == "authentication.required")
            #expect(answer.header("WWW-Authenticate") == "Bearer realm=\"tradewind\"")
            let basic = await desk.call("GET", Self.me, headers: ["Authorization: Basic YTpi"])
            #expect(basic.status == 401 && basic.code == "authentication.required")
            // Two of them: nobody can tell which is meant.
            let both = await desk.call(
                "GET", Self.me, token: AccessDesk.staticToken,
                headers: ["X-API-Key: \(AccessDesk.staticToken)"])
            #expect(both.status == 400)
        }
    }

    @Test func theStaticTokenIsAnAdministratorAndFollowsItsSource() async throws {
        try await AccessDesk.run { desk in
            let bearer = await desk.call("GET", Self.me, token: AccessDesk.staticToken)
            #expect(bearer.status == 200 && bearer.json?["role"] as? String == "admin")
            let key = await desk.call("GET", Self.me, headers: ["X-API-Key: \(AccessDesk.staticToken)"])
            #expect(key.status == 200 && key.json?["kind"] as? String == "token")
            for wrong in [
                "static-token-012345678", AccessDesk.staticToken + "x", "x", "static-token-0123456780",
            ] {
                let answer = await desk.call("GET", Self.me, token: wrong)
                #expect(answer.status == 401 && answer.code == "authentication.failed", "\(wrong)")
            }
            desk.api.replace(["token": "another-token-9876543210"])
            #expect(await desk.call("GET", Self.me, token: AccessDesk.staticToken).status == 401)
            #expect(await desk.call("GET", Self.me, token: "another-token-9876543210").status == 200)
        }
    }

    @Test func whileTheStaticTokenIsReplacedTheOldAndTheNewOneAreGood() async throws {
        try await AccessDesk.run { desk in
            let (old, new) = (AccessDesk.staticToken, "another-token-9876543210")
            func statuses(_ tokens: [String]) async -> [Int] {
                var found: [Int] = []
                for token in tokens {
                    found.append(await desk.call("GET", Self.me, token: token).status)
                }
                return found
            }
            desk.api.replace(["token": "\(old), \(new)"])
            #expect(await statuses([old, new, "\(old),\(new)", "", ","]) == [200, 200, 401, 401, 401])
            desk.api.replace(["token": new])
            #expect(await statuses([old, new]) == [401, 200])
            // What is cut short by a comma too many is no token.
            desk.api.replace(["token": "short,,\(new),"])
            #expect(await statuses(["short", new, old]) == [401, 200, 401])
        }
    }

    @Test func aTokenSaysWhatItMustAndIsGoodUntilItsTime() async throws {
        try await AccessDesk.run { desk in
            let user = try await desk.add("ada", .trader)
            let login = try await desk.login("Ada")
            let header = try #require(login.access.split(separator: ".").first.map(String.init))
            let fields = try JSONSerialization.jsonObject(with: #require(ForgedToken.decoded(header)))
            #expect((fields as? [String: String])?["kid"] == "2026a")
            #expect((fields as? [String: String])?["alg"] == "EdDSA")
            let claims = try ForgedToken(copying: login.access).claims
            #expect(claims["iss"] as? String == "tradewind" && claims["aud"] as? String == "desk")
            #expect(claims["sub"] as? String == user.id && claims["roles"] as? [String] == ["trader"])
            #expect(claims["scopes"] as? [String] == ["read", "trade"] && claims["ver"] as? Int == 1)
            #expect(claims["exp"] as? Int == desk.clock.seconds + 900 && claims["jti"] is String)
            #expect(
                claims["iat"] as? Int == desk.clock.seconds && claims["nbf"] as? Int == desk.clock.seconds)
            #expect(await desk.call("GET", Self.me, token: login.access).json?["id"] as? String == user.id)
            desk.clock.advance(899)
            #expect(await desk.call("GET", Self.me, token: login.access).status == 200)
            desk.clock.advance(1)
            let late = await desk.call("GET", Self.me, token: login.access)
            #expect(late.status == 401 && late.text.contains("expired"))
            #expect(late.header("WWW-Authenticate")?.contains("invalid_token") == true)
        }
    }

    @Test func tokensThatAreWrongInAnyWayAreRefused() async throws {
        try await AccessDesk.run { desk in
            try await desk.add("ada", .trader)
            let good = try ForgedToken(copying: try await desk.login("ada").access)
            let now = desk.clock.seconds
            // Made by hand with the right key it is good: what follows is refused for its one fault.
            #expect(await desk.call("GET", Self.me, token: try good.signed()).status == 200)
            let publicKey = try Curve25519.Signing.PrivateKey(rawRepresentation: AccessDesk.seedA).publicKey
                .rawRepresentation
            let unsigned = try good.with(header: "alg", "none").head
            let right = try good.signed()
            let wrong: [(String, String)] = [
                ("another key", try good.signed(AccessDesk.seedB)),
                ("unknown kid", try good.with(header: "kid", "2025z").signed()),
                ("no kid", try good.with(header: "kid", nil).signed()),
                ("empty kid", try good.with(header: "kid", "").signed()),
                ("kid of a path", try good.with(header: "kid", "../../dev/null").signed()),
                ("alg none", unsigned + "."), ("alg none, signed", unsigned + ".AAAA"),
                ("alg None", try good.with(header: "alg", "None").signed()),
                ("alg HS256", try good.with(header: "alg", "HS256").signed(secret: Array(publicKey))),
                ("alg HS256, seed", try good.with(header: "alg", "HS256").signed(secret: AccessDesk.seedA)),
                ("alg EdDSA over HMAC", try good.signed(secret: Array(publicKey))),
                ("alg ES256", try good.with(header: "alg", "ES256").signed()),
                ("alg RS256", try good.with(header: "alg", "RS256").signed()),
                ("critical extension", try good.with(header: "crit", ["exp"]).signed()),
                ("expired", try good.with("exp", now).signed()),
                ("expired for long", try good.with("exp", now - 100_000).signed()),
                ("no expiry", try good.with("exp", nil).signed()),
                ("expiry as text", try good.with("exp", "\(now + 100)").signed()),
                ("not yet valid", try good.with("nbf", now + 60).signed()),
                ("issued in the future", try good.with("iat", now + 60).signed()),
                ("no issuer", try good.with("iss", nil).signed()),
                ("another issuer", try good.with("iss", "tradewinds").signed()),
                ("another audience", try good.with("aud", "other").signed()),
                ("other audiences", try good.with("aud", ["a", "b"]).signed()),
                ("no audience", try good.with("aud", nil).signed()),
                ("no subject", try good.with("sub", nil).signed()),
                ("an unknown subject", try good.with("sub", "user-0").signed()),
                ("another version", try good.with("ver", 2).signed()),
                ("no version", try good.with("ver", nil).signed()),
                ("a role that the user has not", try good.with("roles", ["admin"]).signed()),
                ("another session", try good.with("sid", "session-0").signed()),
                ("no session", try good.with("sid", nil).signed()),
                ("no id", try good.with("jti", nil).signed()),
                ("a claim changed", Self.changed(right)), ("cut off", String(right.dropLast(4))),
                ("two parts", right.split(separator: ".").prefix(2).joined(separator: ".")),
                ("four parts", right + ".AAAA"), ("points", ".."), ("no JSON", "e30.e30.AAAA"),
                ("long", String(repeating: "a", count: 9_000) + ".e30.AAAA"),
                ("deep", ForgedToken.encoded(Data(String(repeating: "[", count: 4_000).utf8)) + ".e30.AAAA"),
                ("key twice", Self.headerTwice(right)),
            ]
            for (fault, token) in wrong {
                let answer = await desk.call("GET", Self.me, token: token)
                #expect(answer.status == 401, "\(fault): \(answer.text.prefix(300))")
            }
            let audiences = try good.with("aud", ["x", "desk"]).signed()
            #expect(await desk.call("GET", Self.me, token: audiences).status == 200)
        }
    }

    /// The same signature over other claims.
    private static func changed(_ token: String) -> String {
        var parts = token.split(separator: ".").map(String.init)
        let text = String(decoding: ForgedToken.decoded(parts[1]) ?? Data(), as: UTF8.self)
        parts[1] = ForgedToken.encoded(Data(text.replacingOccurrences(of: "trader", with: "admins").utf8))
        return parts.joined(separator: ".")
    }

    /// A header that says two things, signed for the one that is read second by lenient parsers.
    private static func headerTwice(_ token: String) -> String {
        var parts = token.split(separator: ".").map(String.init)
        parts[0] = ForgedToken.encoded(Data("{\"alg\":\"EdDSA\",\"alg\":\"none\",\"kid\":\"2026a\"}".utf8))
        return parts.joined(separator: ".")
    }

    @Test func keysAreReplacedWhileTokensOfTheOldOneLiveOn() async throws {
        try await AccessDesk.run { desk in
            try await desk.add("ada", .viewer)
            let old = try await desk.login("ada").access
            desk.auth.replace([
                "signing-keys": "2026b:\(Data(AccessDesk.seedB).base64EncodedString()),\(AccessDesk.ring)",
                "audit-key": "the key of the audit",
            ])
            let new = try await desk.login("ada").access
            #expect(Self.keyID(new) == "2026b" && Self.keyID(old) == "2026a")
            #expect(await desk.call("GET", Self.me, token: old).status == 200)
            #expect(await desk.call("GET", Self.me, token: new).status == 200)
            let published = await desk.call("GET", "/.well-known/jwks.json")
            let keys = try #require(published.json?["keys"] as? [[String: String]])
            #expect(keys.map { $0["kid"] } == ["2026b", "2026a"])
            #expect(keys.allSatisfy { $0["d"] == nil && $0["k"] == nil && $0["alg"] == "EdDSA" })
            // What is published verifies a token, by another implementation than the one that signed.
            let x = try #require(ForgedToken.decoded(keys[0]["x"] ?? ""))
            let parts = new.split(separator: ".").map(String.init)
            let signature = try #require(ForgedToken.decoded(parts[2]))
            #expect(
                try Curve25519.Signing.PublicKey(rawRepresentation: x).isValidSignature(
                    signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
            desk.auth.replace([
                "signing-keys": "2026b:\(Data(AccessDesk.seedB).base64EncodedString())",
                "audit-key": "the key of the audit",
            ])
            #expect(await desk.call("GET", Self.me, token: old).status == 401)
            #expect(await desk.call("GET", Self.me, token: new).status == 200)
        }
    }

    private static func keyID(_ token: String) -> String? {
        let header = token.split(separator: ".").first.flatMap { ForgedToken.decoded(String($0)) }
        return header.flatMap { try? JSONSerialization.jsonObject(with: $0) as? [String: String] }?["kid"]
    }
}
