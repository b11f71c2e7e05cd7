public import Units

/// The secrets of one owner that belong together: they were read at the same time and change together.
public struct Credential: Sendable {
    /// One secret and where it was found.
    public struct Entry: Sendable {
        /// The value.
        public let secret: Secret
        /// Where it was found.
        public let origin: SecretOrigin

        /// A value found at `origin`.
        public init(secret: Secret, origin: SecretOrigin) {
            self.secret = secret
            self.origin = origin
        }
    }

    /// Whose they are.
    public let owner: String
    /// The secrets by name.
    public let entries: [String: Entry]
    /// Which edition it is: the backend's version, or `environment` or `request` when nothing came from a
    /// backend.
    public let version: SecretVersion
    /// The lease on what came from the backend.
    public let lease: SecretLease?
    /// When the backend says that this edition was stored.
    public let storedAt: Instant?

    /// A credential of these secrets.
    public init(
        owner: String, entries: [String: Entry], version: SecretVersion, lease: SecretLease? = nil,
        storedAt: Instant? = nil
    ) {
        self.owner = owner
        self.entries = entries
        self.version = version
        self.lease = lease
        self.storedAt = storedAt
    }

    /// The secret of a name. Throws when the credential has none, which says so by name.
    public func secret(_ name: String) throws(SecretError) -> Secret {
        guard let entry = entries[name] else {
            throw SecretError(
                .missing, secret: SecretReference(owner: owner, name: name),
                message: "the credential of \(owner) has no \(name)",
                remedy: "add \(name) to the secrets that \(owner) requires")
        }
        return entry.secret
    }
}
