/// What a venue, or another owner, needs to be spoken to, and where its secrets may be found.
public struct CredentialDescription: Hashable, Sendable {
    /// Whose secrets they are, as in `binance`. Kebab-case.
    public let owner: String
    /// The names of the secrets that must all be there, as in `api-key` and `api-secret`. Kebab-case.
    public let required: [String]
    /// The beginning of the names of its variables in the process environment, without the last underscore.
    public let environmentPrefix: String
    /// Where they are kept, when not only in the environment.
    public let backend: BackendReference?

    /// Describes the secrets `required` of `owner`. Without a prefix the variables are those of the settings:
    /// `TRADEWIND_VENUES__BINANCE__API_KEY` for `api-key` of `binance`.
    public init(
        owner: String, required: [String], environmentPrefix: String? = nil, backend: BackendReference? = nil
    ) {
        self.owner = owner
        self.required = required
        self.environmentPrefix =
            environmentPrefix ?? "TRADEWIND_VENUES__\(Self.variablePart(of: owner))_"
        self.backend = backend
    }

    /// The names of all its secrets.
    public var references: [SecretReference] {
        required.map { SecretReference(owner: owner, name: $0) }
    }

    /// The variable that holds the secret `name`.
    public func variable(for name: String) -> String {
        "\(environmentPrefix)_\(Self.variablePart(of: name))"
    }

    /// Kebab-case as variables are written: `api-key` is `API_KEY`.
    static func variablePart(of name: String) -> String {
        String(name.map { $0 == "-" || $0 == "." ? "_" : Character($0.uppercased()) })
    }
}

/// Which backend keeps the secrets of an owner, and where in it.
public struct BackendReference: Hashable, Sendable {
    /// The kind of backend: `file`, `vault`, `aws-secrets-manager` or `aws-kms`.
    public let adapter: String
    /// Where in the backend: the path of a file, of a Vault secret, the id of a secret of AWS.
    public let path: String
    /// The field of the payload under which the fields stand, when they are nested.
    public let key: String?
    /// The payload's name for each secret that it does not call by the secret's own name: `api-key` ->
    /// `apiKey`.
    public let fieldMapping: [String: String]

    /// The secrets at `path` of the backend `adapter`.
    public init(adapter: String, path: String, key: String? = nil, fieldMapping: [String: String] = [:]) {
        self.adapter = adapter
        self.path = path
        self.key = key
        self.fieldMapping = fieldMapping
    }
}
