/// The backends of secrets.
public struct SecretsSettings: Sendable {
    /// Within what time a change is seen at a source that has to be asked.
    public let refreshInterval: Duration
    /// How long before its end a lease is renewed.
    public let leaseMargin: Duration
    /// Vault or OpenBao.
    public let vault: VaultSettings
    /// AWS.
    public let aws: AWSSettings

    init(_ reader: SettingsReader) {
        let reader = reader.section("secrets", "The backends of secrets.")
        refreshInterval = reader.value(
            "refresh-interval", .duration(.milliseconds(100)...(.seconds(3600))), "15s",
            """
            Within what time a change is seen at a source that has to be asked, as Vault and AWS. Files are \
            looked at before each use.
            """
        )
        leaseMargin = reader.value(
            "lease-margin", .duration(.seconds(1)...(.seconds(3600))), "30s",
            """
            How long before its end a lease or a token of Vault is renewed; after two thirds of its time, if \
            that is earlier.
            """
        )
        vault = VaultSettings(reader)
        aws = AWSSettings(reader)
    }
}

/// HashiCorp Vault or OpenBao: the key-value store, version 2.
public struct VaultSettings: Sendable {
    /// Where it is; nil when it is not used.
    public let address: ServiceURL?
    /// The mount of the key-value store.
    public let mount: String
    /// The namespace; nil without one.
    public let namespace: String?
    /// The file with the token, as an agent writes it; nil without one.
    public let tokenFile: String?
    /// The mount of the AppRole login.
    public let appRoleMount: String
    /// The role of AppRole; nil without one.
    public let roleID: String?
    /// The file with AppRole's secret id; nil without one.
    public let secretIDFile: String?
    /// The token, when it is given by the environment.
    public let token: Secret?
    /// The secret id of AppRole, when it is given by the environment.
    public let secretID: Secret?
    /// The certificate authority of its server; nil: those of the system.
    public let caFile: String?

    init(_ reader: SettingsReader) {
        let reader = reader.section("vault", "HashiCorp Vault or OpenBao, key-value store version 2.")
        address = reader.optional("address", .url("https", "http"), "Where it is.")
        mount = reader.value("mount", .text, "secret", "The mount of the key-value store.")
        namespace = reader.optional("namespace", .text, "The namespace, where the server has several.")
        tokenFile = reader.optional("token-file", .path, "The file with the token, as an agent writes it.")
        appRoleMount = reader.value("approle-mount", .text, "approle", "The mount of the AppRole login.")
        roleID = reader.optional("role-id", .text, "The role id, to log in by AppRole.")
        secretIDFile = reader.optional("secret-id-file", .path, "The file with the secret id of AppRole.")
        token = reader.secret(
            "token", minimumBytes: 1, required: .never, isElsewhere: false,
            "The token, in the place of a file.")
        secretID = reader.secret(
            "secret-id", minimumBytes: 1, required: .never, isElsewhere: false,
            "The secret id of AppRole, in the place of a file.")
        caFile = reader.optional("ca-file", .path, "The certificate authority of its server (PEM).")
    }
}

/// AWS Secrets Manager and KMS.
public struct AWSSettings: Sendable {
    /// The region; nil when AWS is not used.
    public let region: String?
    /// The address of the service, when it is not AWS's own.
    public let endpoint: ServiceURL?
    /// The id of the access key; nil without one.
    public let accessKeyID: String?
    /// The secret access key.
    public let secretAccessKey: Secret?
    /// The token of a session.
    public let sessionToken: Secret?

    init(_ reader: SettingsReader) {
        let reader = reader.section("aws", "AWS Secrets Manager and KMS.")
        region = reader.optional("region", .text, "The region, as eu-central-1.")
        endpoint = reader.optional(
            "endpoint", .url("https", "http"), "The address of the service, when it is not AWS's own.")
        accessKeyID = reader.optional("access-key-id", .text, "The id of the access key.")
        secretAccessKey = reader.secret(
            "secret-access-key", minimumBytes: 1, required: .never, isElsewhere: false,
            "The secret access key.")
        sessionToken = reader.secret(
            "session-token", minimumBytes: 1, required: .never, isElsewhere: false, "The token of a session.")
    }
}
