/// Which edition of a secret this is, in the words of where it came from: the version number of Vault, the
/// version id of AWS, the count of changes of a file. It is never made from the value.
public struct SecretVersion: Hashable, Sendable, CustomStringConvertible {
    /// The version as its source writes it.
    public let text: String

    /// The version that its source writes as `text`.
    public init(_ text: String) {
        self.text = text
    }

    public var description: String { text }
}
