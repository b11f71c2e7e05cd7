internal import Settings
internal import Units

/// Keys that AWS lends for a while.
struct AWSSession: Sendable {
    let credentials: AWSCredentials
    /// When they end, by the wall clock; nil for keys without an end.
    let endsAt: Instant?

    /// They are replaced this long before their end.
    private static let margin: Int64 = 300_000_000_000

    /// Whether new ones should be asked for.
    func isDue(at now: Instant) -> Bool {
        endsAt.map { $0.since(now).nanoseconds <= Self.margin } ?? false
    }

    func isOver(at now: Instant) -> Bool { endsAt.map { $0 <= now } ?? false }
}

/// A place where AWS lends keys.
protocol AWSSessionSource: Sendable {
    /// Asks for keys.
    func session(_ transport: any SecretTransport) async throws(SecretError) -> AWSSession
}

extension AWSSessionSource {
    /// The session of four texts; throws when one that must be there is absent or empty.
    func session(
        id: String?, secret: String?, token: String?, end: String?, source: String
    ) throws(SecretError) -> AWSSession {
        guard let id, !id.isEmpty, let secret, !secret.isEmpty, let token, !token.isEmpty else {
            throw SecretError(
                .malformed, source: source, message: "gave an answer without keys",
                remedy: "see that its address is that of AWS")
        }
        return AWSSession(
            credentials: AWSCredentials(
                accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: Secret(token)),
            endsAt: end.flatMap { Instant(iso8601: $0) })
    }
}
