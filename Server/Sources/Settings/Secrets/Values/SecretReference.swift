/// The name of a secret: whose it is and which of theirs, as in `binance/api-key`. It says nothing about the
/// value.
public struct SecretReference: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Whose secret it is: a venue, or a part of the service such as `database`. Kebab-case.
    public let owner: String
    /// Which of the owner's secrets, as in `api-secret`. Kebab-case.
    public let name: String

    /// Names the secret `name` of `owner`.
    public init(owner: String, name: String) {
        self.owner = owner
        self.name = name
    }

    public var description: String { "\(owner)/\(name)" }

    public static func < (left: SecretReference, right: SecretReference) -> Bool {
        (left.owner, left.name) < (right.owner, right.name)
    }
}
