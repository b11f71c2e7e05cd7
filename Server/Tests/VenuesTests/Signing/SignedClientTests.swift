import Operations
import Settings
import Synchronization
import TestServers
import Testing
import Units
import Venues

@Suite struct SignedClientTests {
    /// Hands out one credential, and another one after a refusal.
    private final class TwoKeys: CredentialProvider {
        let first: ActiveCredential
        let second: ActiveCredential?
        let refusals = Mutex<[Int]>([])

        init(_ first: String, _ second: String?) {
            self.first = ActiveCredential(credential: Self.credential(first), edition: 1)
            self.second = second.map { ActiveCredential(credential: Self.credential($0), edition: 2) }
        }

        /// A key whose secret is base64 and whose phrase is made from it, so that it suits every venue.
        static func credential(_ key: String) -> Credential {
            let secrets = ["api-key": key, "api-secret": secret(key), "passphrase": "phrase-of-\(key)"]
            return Credential(
                owner: "venue", entries: secrets.mapValues { .init(secret: Secret($0), origin: .request) },
                version: SecretVersion(key))
        }

        static func secret(_ key: String) -> String { "c2VjcmV0" + key + "0000" }

        func current() async throws(SecretError) -> ActiveCredential { first }

        func replacement(for refused: ActiveCredential) async -> ActiveCredential? {
            refusals.withLock { $0.append(refused.edition) }
            return refused.edition == 1 ? second : nil
        }
    }

    private func signer(_ scheme: VerifyingVenue.Scheme) -> any RequestSigner {
        switch scheme {
        case .binance: BinanceSigner()
        case .bybit: BybitSigner()
        case .okx: OKXSigner()
        case .kraken: KrakenSigner()
        }
    }

    private func withVenue(
        _ scheme: VerifyingVenue.Scheme, keys: TwoKeys,
        _ body: (VerifyingVenue, SignedClient) async throws -> Void
    ) async throws {
        let venue = VerifyingVenue(scheme: scheme)
        let server = try await LoopbackServer.start { venue.answer(to: $0) }
        let client = SignedClient(
            signer: signer(scheme), credentials: keys,
            transport: HTTPVenueTransport(client: directClient, address: server.address),
            now: SystemClocks.now)
        try await body(venue, client)
        try await server.stop()
    }

    private let request = VenueRequest(
        method: "POST", path: "/v1/order", query: [.init("n", "7"), .init("note", "a b&c=ä+/")],
        body: Array("{}".utf8))

    @Test(arguments: VerifyingVenue.Scheme.allCases)
    func aVenueThatVerifiesEachSignatureTakesIt(_ scheme: VerifyingVenue.Scheme) async throws {
        try await withVenue(scheme, keys: TwoKeys("KEYA", nil)) { venue, client in
            venue.accept(["KEYA": TwoKeys.secret("KEYA")])
            let query = [VenueRequest.Parameter("n", "7"), .init("note", "a b&c=ä+/")]
            let isForm = scheme == .kraken
            for method in isForm ? ["POST"] : ["GET", "POST", "DELETE"] {
                let body = method == "POST" && !isForm ? Array("{\"a\": \"ä\"}".utf8) : []
                let answer = try await client.send(
                    VenueRequest(method: method, path: "/v1/order", query: query, body: body))
                #expect(answer.status == 200, "\(method)")
                #expect(String(decoding: answer.body, as: UTF8.self) == "{\"n\": 7}")
            }
            venue.accept(["KEYA": TwoKeys.secret("KEYB")])
            #expect(try await client.send(request).status == 401, "a wrong signature is seen by the receiver")
        }
    }

    @Test func aRefusedRequestIsSentOnceMoreWithTheOtherKey() async throws {
        let keys = TwoKeys("KEYA", "KEYB")
        try await withVenue(.binance, keys: keys) { venue, client in
            venue.accept(["KEYB": TwoKeys.secret("KEYB")])
            let status = try await client.send(request).status
            #expect(status == 200)
            #expect(venue.visits.map(\.key) == ["KEYA", "KEYB"])
            #expect(keys.refusals.withLock { $0 } == [1])
        }
    }

    @Test func aSecondRefusalIsTheAnswer() async throws {
        let keys = TwoKeys("KEYA", "KEYB")
        try await withVenue(.binance, keys: keys) { venue, client in
            let status = try await client.send(request).status
            #expect(status == 401)
            #expect(venue.visits.map(\.key) == ["KEYA", "KEYB"])
            #expect(keys.refusals.withLock { $0 } == [1, 2])
        }
    }

    @Test func withoutAnotherKeyTheRefusalIsTheAnswer() async throws {
        try await withVenue(.binance, keys: TwoKeys("KEYA", nil)) { venue, client in
            let status = try await client.send(request).status
            #expect(status == 401)
            #expect(venue.visits.count == 1)
        }
    }

    @Test(arguments: [400, 404, 418, 429, 500, 503])
    func noOtherStatusIsAnsweredBySendingAgain(_ status: Int) async throws {
        try await withVenue(.binance, keys: TwoKeys("KEYA", "KEYB")) { venue, client in
            venue.accept(["KEYA": TwoKeys.secret("KEYA")])
            venue.answer(status)
            let answered = try await client.send(request).status
            #expect(answered == status)
            #expect(venue.visits.count == 1)
        }
    }

    @Test func aForbiddenRequestIsSentOnceMoreToo() async throws {
        try await withVenue(.binance, keys: TwoKeys("KEYA", "KEYB")) { venue, client in
            venue.accept(["KEYA": TwoKeys.secret("KEYA"), "KEYB": TwoKeys.secret("KEYB")])
            venue.answer(403)
            let status = try await client.send(request).status
            #expect(status == 403)
            #expect(venue.visits.map(\.key) == ["KEYA", "KEYB"])
        }
    }

    @Test func whatNeverLeftIsToldApartFromWhatMayHaveArrived() async throws {
        func effect(_ address: String, timeout: Duration) async -> VenueTransportError.Effect? {
            let client = SignedClient(
                signer: BinanceSigner(), credentials: TwoKeys("KEYA", nil),
                transport: HTTPVenueTransport(client: directClient, address: address, timeout: timeout),
                now: SystemClocks.now)
            do throws(SignedClient.Failure) {
                _ = try await client.send(request)
                return nil
            } catch {
                if case .transport(let error) = error { return error.effect }
                return nil
            }
        }
        let nobody = "http://127.0.0.1:\(ServerProcess.freePort())"
        #expect(await effect(nobody, timeout: .seconds(1)) == .notSent)
        let silent = try await LoopbackServer.start { _ in
            try? await Task.sleep(for: .seconds(3))
            return .init(status: 200)
        }
        #expect(await effect(silent.address, timeout: .milliseconds(200)) == .outcomeUnknown)
        try await silent.stop()
    }

    /// The venue knows the public half alone.
    @Test func aVenueVerifiesWhatAnEd25519KeySigned() async throws {
        let credential = Credential(
            owner: "binance",
            entries: [
                "api-key": .init(secret: Secret("KEYE"), origin: .request),
                "api-secret": .init(secret: Secret(SignerTests.ed25519), origin: .request),
            ], version: SecretVersion("1"))
        let venue = VerifyingVenue(scheme: .binance)
        venue.accept(["KEYE": "ed25519:" + SignerTests.ed25519Public])
        let server = try await LoopbackServer.start { venue.answer(to: $0) }
        let client = SignedClient(
            signer: BinanceSigner(), credentials: OneKey(credential: credential),
            transport: HTTPVenueTransport(client: directClient, address: server.address),
            now: SystemClocks.now)
        let get = VenueRequest(method: "GET", path: "/api/v3/account", query: [.init("note", "a b+c/ü")])
        #expect(try await client.send(get).status == 200)
        let post = VenueRequest(method: "POST", path: "/api/v3/order", body: Array("symbol=BTCUSDT".utf8))
        #expect(try await client.send(post).status == 200)
        // The public half of another key.
        venue.accept(["KEYE": "ed25519:d4rczv+REpgBXZx2HOtRPfgz2SDamsEfyRlCNFbQsIk="])
        #expect(try await client.send(get).status == 401)
        try await server.stop()
    }

    private struct OneKey: CredentialProvider {
        let credential: Credential
        func current() async throws(SecretError) -> ActiveCredential {
            ActiveCredential(credential: credential, edition: 1)
        }
        func replacement(for refused: ActiveCredential) async -> ActiveCredential? { nil }
    }
}
