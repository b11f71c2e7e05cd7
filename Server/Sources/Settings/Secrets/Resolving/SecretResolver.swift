public import Units

/// Finds the secrets that a credential needs.
public protocol SecretResolver: Sendable {
    /// All secrets of `description`, read now. `request` holds those that came with a request, by name; they
    /// win.
    ///
    /// Throws a ``SecretError``, which names what is missing or which source failed and never holds a value.
    func resolve(
        _ description: CredentialDescription, request: [String: Secret]
    ) async throws(SecretError) -> Credential

    /// A mark that differs whenever ``resolve(_:request:)`` may find something else, got without asking over
    /// a network; `nil` when only resolving can tell. Throws when the source cannot be looked at.
    func mark(_ description: CredentialDescription) throws(SecretError) -> String?

    /// Whether anything of the credential can change while the process runs: not when all of it comes from
    /// the environment.
    func mayChange(_ description: CredentialDescription) -> Bool

    /// Asks the backend to prolong the lease of the credential; `nil` when it does not.
    func renew(
        _ lease: SecretLease, of description: CredentialDescription
    ) async throws(SecretError) -> SecretLease?
}

/// A place where secrets are kept and that hands out all fields stored at a path.
public protocol SecretBackend: Sendable {
    /// The kind, as a settings file names it: `file`, `vault`, `aws-secrets-manager`, `aws-kms`.
    var kind: String { get }

    /// Reads what is stored at `path` now. Throws a ``SecretError`` without any value in it.
    func fetch(path: String) async throws(SecretError) -> SecretPayload

    /// A mark that differs whenever the content at `path` may differ, got without asking over a network;
    /// `nil` when only ``fetch(path:)`` can tell. Throws when the source cannot be looked at.
    func mark(path: String) throws(SecretError) -> String?

    /// Prolongs the lease; `nil` when the backend knows no leases or prolongs them no further.
    func renew(_ lease: SecretLease) async throws(SecretError) -> SecretLease?
}

extension SecretBackend {
    public func mark(path: String) throws(SecretError) -> String? { nil }

    public func renew(_ lease: SecretLease) async throws(SecretError) -> SecretLease? { nil }
}

/// What a backend stores at one path.
public struct SecretPayload: Sendable {
    /// The fields by the names the backend has for them; nested ones joined by a point, as in `data.api-key`.
    public let fields: [String: Secret]
    /// Which edition it is.
    public let version: SecretVersion
    /// How long the values may be used, when the backend limits that.
    public let lease: SecretLease?
    /// When this edition was stored, when the backend says so.
    public let storedAt: Instant?

    /// A payload of these fields.
    public init(
        fields: [String: Secret], version: SecretVersion, lease: SecretLease? = nil, storedAt: Instant? = nil
    ) {
        self.fields = fields
        self.version = version
        self.lease = lease
        self.storedAt = storedAt
    }
}

/// For how long a backend lets its values be used.
public struct SecretLease: Hashable, Sendable {
    /// The backend's name for the lease; it is no secret, but of use to nobody else.
    public let id: String
    /// How long it lasts from the moment it was given.
    public let duration: Duration
    /// Whether the backend prolongs it on request.
    public let isRenewable: Bool

    /// The lease `id` of a duration.
    public init(id: String, duration: Duration, isRenewable: Bool) {
        self.id = id
        self.duration = duration
        self.isRenewable = isRenewable
    }
}
