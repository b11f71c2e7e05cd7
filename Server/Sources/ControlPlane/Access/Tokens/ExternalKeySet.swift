internal import Events
internal import JWTKit
public import Operations
internal import Settings

/// The keys of another issuer of tokens, as it publishes them, kept for a while.
///
/// They are asked for again after ten minutes, and when a token names a key that is not among them, but then
/// once a minute at most, whatever tokens come. While the issuer does not answer, what is known goes on for a
/// day. Questions at the same time share one answer.
public actor ExternalKeySet {
    /// A key, with the one algorithm that it is for.
    struct Key: Sendable {
        let algorithm: String
        let collection: JWTKeyCollection
    }

    private let url: String
    private let transport: any SecretTransport
    private let uptime: @Sendable () -> Duration
    private var keys: [String: Key] = [:]
    private var readAt: Duration?
    private var askedAt: Duration?
    private var asking: Task<Void, Never>?

    static let freshness = Duration.seconds(600)
    static let pause = Duration.seconds(60)
    static let longest = Duration.seconds(86_400)
    static let maximumKeys = 50

    /// - Parameters:
    ///   - url: where the keys are.
    ///   - transport: asks for them; limits time and size.
    ///   - uptime: a clock that never goes back.
    public init(url: String, transport: any SecretTransport, uptime: @escaping @Sendable () -> Duration) {
        (self.url, self.transport, self.uptime) = (url, transport, uptime)
    }

    /// The key of a name; nil when the issuer has none.
    func key(_ id: String) async -> Key? {
        let now = uptime()
        let isFresh = readAt.map { now - $0 < Self.freshness } ?? false
        if !isFresh || keys[id] == nil, askedAt.map({ now - $0 >= Self.pause }) ?? true || asking != nil {
            await ask()
        }
        guard let readAt, uptime() - readAt < Self.longest else { return nil }
        return keys[id]
    }

    private func ask() async {
        if let asking {
            await asking.value
            return
        }
        askedAt = uptime()
        let task = Task { await self.read() }
        asking = task
        await task.value
        asking = nil
    }

    private func read() async {
        do throws(SecretError) {
            let answer = try await transport.send(
                SecretHTTPRequest(method: "GET", url: url, headers: [("Accept", "application/json")]),
                source: "auth.key-set-url")
            guard answer.status == 200 else { return }
            let found = await Self.keys(in: answer.body.withText { $0 })
            guard !found.isEmpty else { return }
            (keys, readAt) = (found, uptime())
        } catch {
            // What is known goes on; a token whose key is not known is refused.
            return
        }
    }

    /// The keys of a set (RFC 7517) that verify with an algorithm known here; others are passed over.
    static func keys(in text: String) async -> [String: Key] {
        let set: JSONText
        do throws(JSONError) { set = try JSONText(parsing: text) } catch { return [:] }
        var found: [String: Key] = [:]
        for item in (set["keys"]?.items ?? []).prefix(maximumKeys) {
            guard let id = item["kid"]?.text, let algorithm = algorithm(of: item), found[id] == nil else {
                continue
            }
            do {
                let collection = JWTKeyCollection()
                var key = try JWK(json: item.compact)
                key.algorithm = JWK.Algorithm(rawValue: algorithm)
                try await collection.add(jwk: key)
                _ = try await collection.getKey(for: JWKIdentifier(string: id), alg: algorithm)
                found[id] = Key(algorithm: algorithm, collection: collection)
            } catch {
                continue
            }
        }
        return found
    }

    /// The one algorithm that a key is for: by its type, which its `alg` must not contradict. Keys that are
    /// shared secrets are never taken.
    private static func algorithm(of key: JSONText) -> String? {
        guard key["use"]?.text ?? "sig" == "sig" else { return nil }
        let byType: String? =
            switch (key["kty"]?.text, key["crv"]?.text) {
            case ("OKP", "Ed25519"): "EdDSA"
            case ("EC", "P-256"): "ES256"
            case ("RSA", _): "RS256"
            default: nil
            }
        guard let byType, key["alg"]?.text ?? byType == byType else { return nil }
        return byType
    }
}
