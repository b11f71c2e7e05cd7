/// Why a secret could not be had. It names secrets, paths and variables, never a value.
public struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Sendable, CaseIterable {
        /// No source has the secret.
        case missing
        /// A source does not answer, or cannot be read: asking again later may help.
        case unavailable
        /// A source refused us: wrong token, no permission.
        case refused
        /// What a source holds cannot be used: no JSON, too large, a wrong type, an empty value.
        case malformed
        /// A source is described wrongly: an unknown adapter, a path that is none.
        case misconfigured
    }

    /// What kind of failure it is.
    public let code: Code
    /// The secret, when it is about one.
    public let secret: SecretReference?
    /// The source, as in `vault secret/data/binance`, when it is about one.
    public let source: String?
    /// What was wrong, as a clause without a final point.
    public let message: String
    /// What to do about it, as a clause in the imperative.
    public let remedy: String

    /// A failure. Neither `message` nor `remedy` may hold a value.
    public init(
        _ code: Code, secret: SecretReference? = nil, source: String? = nil, message: String, remedy: String
    ) {
        self.code = code
        self.secret = secret
        self.source = source
        self.message = message
        self.remedy = remedy
    }

    /// Whether the same question may succeed later without anybody changing anything.
    public var isTransient: Bool { code == .unavailable }

    public var description: String {
        let place = source.map { "\($0): " } ?? secret.map { "\($0): " } ?? ""
        return "\(place)\(message); \(remedy)"
    }
}
