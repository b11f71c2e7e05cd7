import ControlPlane
import Crypto
import Foundation
import Operations
import Synchronization
import TestServers
import Testing

/// Tokens of another issuer, whose keys are asked for over a real socket.
@Suite(.timeLimit(.minutes(1))) struct ExternalIssuerTests {
    private static let me = "/api/v1/auth/me"

    /// An issuer that publishes keys and counts who asks.
    private final class Issuer: Sendable {
        let key = P256.Signing.PrivateKey()
        let edwards = Curve25519.Signing.PrivateKey()
        private let state = Mutex((asked: 0, extra: "", isUp: true))

        var asked: Int { state.withLock { $0.asked } }
        func add(_ key: String) { state.withLock { $0.extra += "," + key } }
        func setUp(_ isUp: Bool) { state.withLock { $0.isUp = isUp } }

        var published: String {
            let raw = key.publicKey.rawRepresentation
            let (x, y) = (ForgedToken.encoded(raw.prefix(32)), ForgedToken.encoded(raw.suffix(32)))
            let point = ForgedToken.encoded(edwards.publicKey.rawRepresentation)
            // With keys that must not be taken: a shared secret, one for encryption, and rubbish.
            return """
                {"keys":[{"kty":"EC","crv":"P-256","use":"sig","kid":"ext-1","x":"\(x)","y":"\(y)"},
                {"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"ext-2","x":"\(point)"},
                {"kty":"oct","kid":"ext-3","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTAx","alg":"HS256"},
                {"kty":"EC","crv":"P-256","use":"enc","kid":"ext-4","x":"\(x)","y":"\(y)"},
                {"kty":"RSA","kid":"ext-5"},{"kid":7},"x"\(state.withLock { $0.extra })]}
                """
        }

        func answer() -> LoopbackServer.Response {
            let isUp = state.withLock { state in
                state.asked += 1
                return state.isUp
            }
            return isUp ? .init(status: 200, body: published) : .init(status: 500)
        }
    }

    private func run(_ body: (AccessDesk, Issuer, ForgedToken) async throws -> Void) async throws {
        let issuer = Issuer()
        let server = try await LoopbackServer.start { _ in issuer.answer() }
        let client = DirectHTTPClient()
        var setup = AccessSetup()
        (setup.keySetURL, setup.keySetClient) = (server.address + "/keys", client)
        try await AccessDesk.run(setup) { desk in
            var token = ForgedToken(claims: [
                "iss": "https://issuer.example", "aud": ["desk"], "sub": "u-17",
                "roles": ["trader", "other"],
                "exp": desk.clock.seconds + 600, "scope": "read trade openid", "name": "Eve",
            ])
            token.header = ["alg": "ES256", "kid": "ext-1", "typ": "JWT"]
            try await body(desk, issuer, token)
        }
        try await client.shutdown()
        try await server.stop()
    }

    @Test func tokensOfAnotherIssuerAreGoodForTheRolesTheyName() async throws {
        try await run { desk, issuer, token in
            let answer = await desk.call("GET", Self.me, token: try token.signed(issuer.key))
            #expect(answer.status == 200, "\(answer.text)")
            #expect(
                answer.json?["id"] as? String == "external:u-17"
                    && answer.json?["role"] as? String == "trader")
            #expect(answer.json?["permissions"] as? [String] == ["read", "trade"])
            let edwards = try token.with(header: "alg", "EdDSA").with(header: "kid", "ext-2")
                .signed(Array(issuer.edwards.rawRepresentation))
            #expect(await desk.call("GET", Self.me, token: edwards).status == 200)
            let nobody = try token.with("roles", nil).signed(issuer.key)
            #expect(await desk.call("GET", Self.me, token: nobody).status == 403)
            #expect(issuer.asked == 1)
            // The service's own tokens go on.
            try await desk.add("ada", .viewer)
            let own = try await desk.login("ada").access
            #expect(await desk.call("GET", Self.me, token: own).status == 200)
        }
    }

    @Test func wrongTokensOfAnotherIssuerAreRefused() async throws {
        try await run { desk, issuer, token in
            let secret = Array("secret-secret-secret-secret-01".utf8)
            let wrong: [(String, String)] = [
                ("another key", try token.signed(P256.Signing.PrivateKey())),
                ("this service as issuer", try token.with("iss", "tradewind").signed(issuer.key)),
                ("another audience", try token.with("aud", "x").signed(issuer.key)),
                ("expired", try token.with("exp", desk.clock.seconds).signed(issuer.key)),
                ("good for weeks", try token.with("exp", desk.clock.seconds + 90_000).signed(issuer.key)),
                ("not yet valid", try token.with("nbf", desk.clock.seconds + 60).signed(issuer.key)),
                ("another algorithm", try token.with(header: "alg", "EdDSA").signed(issuer.key)),
                ("alg none", try token.with(header: "alg", "none").head + ".AAAA"),
                (
                    "a shared secret",
                    try token.with(header: "kid", "ext-3").with(header: "alg", "HS256").signed(secret: secret)
                ),
                ("a key for encryption", try token.with(header: "kid", "ext-4").signed(issuer.key)),
                ("a key that is none", try token.with(header: "kid", "ext-5").signed(issuer.key)),
                ("this service's key", try token.with(header: "kid", "2026a").signed(issuer.key)),
            ]
            for (fault, text) in wrong {
                let answer = await desk.call("GET", Self.me, token: text)
                #expect(answer.status == 401, "\(fault): \(answer.text)")
            }
            // The other issuer's key does not sign tokens of this service.
            try await desk.add("ada", .admin)
            var own = try ForgedToken(copying: try await desk.login("ada").access)
            own.header = token.header
            #expect(await desk.call("GET", Self.me, token: try own.signed(issuer.key)).status == 401)
        }
    }

    @Test func keysAreAskedForSeldomWhateverTokensCome() async throws {
        try await run { desk, issuer, token in
            let good = try token.signed(issuer.key)
            for _ in 0..<5 { #expect(await desk.call("GET", Self.me, token: good).status == 200) }
            for number in 0..<20 {
                let unknown = try token.with(header: "kid", "made-up-\(number)").signed(issuer.key)
                #expect(await desk.call("GET", Self.me, token: unknown).status == 401)
            }
            #expect(issuer.asked == 1)
            // A key that is new at the issuer is found when a token names it, after a minute.
            let new = Curve25519.Signing.PrivateKey()
            let point = ForgedToken.encoded(new.publicKey.rawRepresentation)
            issuer.add("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"new\",\"x\":\"\(point)\"}")
            let rotated = try token.with(header: "kid", "new").with(header: "alg", "EdDSA")
                .signed(Array(new.rawRepresentation))
            #expect(await desk.call("GET", Self.me, token: rotated).status == 401)
            desk.clock.advance(60)
            #expect(await desk.call("GET", Self.me, token: rotated).status == 200)
            #expect(issuer.asked == 2)
            // While the issuer is away, what is known goes on; for a day.
            issuer.setUp(false)
            desk.clock.advance(700)
            let later = try token.with("exp", desk.clock.seconds + 86_000).signed(issuer.key)
            #expect(await desk.call("GET", Self.me, token: later).status == 200)
            #expect(issuer.asked == 3)
            desk.clock.advance(85_900)
            #expect(await desk.call("GET", Self.me, token: later).status == 401)
        }
    }
}
